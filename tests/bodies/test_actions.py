"""Who may seat whom: each refusal, and rights that begin and end with the appointment."""

from datetime import date, timedelta

import pytest

from tongxin.accounts.models import User
from tongxin.bodies import actions, queries
from tongxin.bodies.models import Appointment
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Operator
from tongxin.core import clock
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus

DAY = date(2022, 3, 1)


def body(stage, **more):
    given = {"by": stage.users["clerk"], "kind": "law_team", "name": "普法队", "opened_on": DAY, **more}
    return actions.found_body(stage.village, **given)


def post(stage, **more):
    return actions.create_post(body(stage), by=stage.users["clerk"], **{"title": "队长", **more})


def test_an_appointment_gives_rights_on_its_day_and_takes_them_on_the_day_it_ends(stage):
    made = post(stage, role=Role.CLERK)
    person = stage.persons["苗小满"]
    actions.give_login(person, by=stage.users["clerk"], username="new.one")
    user = person.user
    assert not queries.held(user, stage.village.pk)
    row = actions.appoint(made, person, by=stage.users["clerk"], from_on=clock.today())
    queries.forget(user)
    assert queries.held(user, stage.village.pk).has(Role.CLERK)
    actions.end_appointment(row, by=stage.users["clerk"], to_on=clock.today(), because="任满")
    queries.forget(user)
    assert not queries.held(user, stage.village.pk)


def test_nobody_appoints_himself(stage):
    made = post(stage)
    clerk = Appointment.objects.filter(person__user=stage.users["clerk"]).first().person
    with pytest.raises(NotAllowed):
        actions.appoint(made, clerk, by=stage.users["clerk"], from_on=DAY)
    assert actions.appoint(made, clerk, by=stage.users["secretary"], from_on=DAY)


def test_a_full_post_names_who_sits_there(stage):
    made = post(stage)
    actions.appoint(made, stage.persons["苗小满"], by=stage.users["clerk"], from_on=DAY)
    with pytest.raises(DomainError) as refused:
        actions.appoint(made, stage.persons["苗冬来"], by=stage.users["clerk"], from_on=DAY)
    assert "苗小满" in str(refused.value.message)


def test_not_before_the_body_and_not_backwards(stage):
    made = post(stage)
    with pytest.raises(DomainError):
        actions.appoint(made, stage.persons["苗小满"], by=stage.users["clerk"], from_on=DAY - timedelta(days=1))
    row = actions.appoint(made, stage.persons["苗小满"], by=stage.users["clerk"], from_on=DAY)
    with pytest.raises(DomainError):
        actions.end_appointment(row, by=stage.users["clerk"], to_on=DAY - timedelta(days=1))
    actions.end_appointment(row, by=stage.users["clerk"], to_on=DAY + timedelta(days=9))
    with pytest.raises(WrongStatus):
        actions.end_appointment(row, by=stage.users["clerk"], to_on=DAY + timedelta(days=9))


def test_a_grid_worker_needs_a_grid_and_names_are_taken_once(stage):
    home = body(stage)
    with pytest.raises(DomainError):
        actions.create_post(home, by=stage.users["clerk"], title="网格员", role=Role.GRID_WORKER)
    with pytest.raises(DomainError):
        body(stage)


def test_partners_stand_in_for_each_other_and_a_former_one_is_set_free(stage):
    one, two = stage.posts["worker"], stage.posts["worker2"]
    third = actions.create_post(body(stage), by=stage.users["clerk"], title="第三", takes_matters=True)
    actions.pair_posts(one, third, by=stage.users["clerk"])
    for made in (one, two, third):
        made.refresh_from_db()
    assert (one.partner, third.partner, two.partner) == (third, one, None)


def test_leave_has_an_order_of_days(stage):
    row = stage.appointments[0]
    with pytest.raises(DomainError):
        actions.set_leave(row, by=stage.users["clerk"], away_from=DAY, away_to=DAY)
    actions.set_leave(row, by=stage.users["clerk"], away_from=DAY, away_to=DAY + timedelta(days=3))
    row.refresh_from_db()
    assert row.is_away(DAY) and not row.is_away(DAY + timedelta(days=3))


def test_a_body_with_somebody_in_it_does_not_end(stage):
    made = post(stage)
    actions.appoint(made, stage.persons["苗小满"], by=stage.users["clerk"], from_on=DAY)
    with pytest.raises(DomainError):
        actions.end_body(made.body, by=stage.users["clerk"], ended_on=clock.today())


def test_a_second_log_in_and_a_taken_name_are_refused(stage):
    person, clerk = stage.persons["苗小满"], stage.users["clerk"]
    with pytest.raises(DomainError):
        actions.give_login(person, by=clerk, username=f" {clerk.username.upper()} ")
    actions.give_login(person, by=clerk, username="x")
    assert not person.user.has_usable_password()
    with pytest.raises(DomainError):
        actions.give_login(person, by=clerk, username="y")
    assert not User.objects.filter(username="y").exists()


@pytest.mark.parametrize("who", ["supervisor", "council", "worker", "committee", "former"])
def test_others_enter_nothing(stage, who):
    with pytest.raises(NotAllowed):
        body(stage, by=stage.users[who])


def test_the_operator_seats_the_first_ones(stage):
    made = body(stage, by=Operator("first set-up"))
    seat = actions.create_post(made, by=Operator("first set-up"), title="队长")
    assert actions.appoint(seat, stage.persons["苗小满"], by=Operator("first set-up"), from_on=DAY)


def test_a_seat_is_free_on_every_day_of_the_time_or_not_at_all(stage):
    made, clerk = post(stage), stage.users["clerk"]
    first, second = stage.persons["苗小满"], stage.persons["苗冬来"]
    later = DAY + timedelta(days=100)
    actions.appoint(made, first, by=clerk, from_on=later)
    for until in (None, later + timedelta(days=1)):  # a last day is no way around a full post
        with pytest.raises(DomainError) as refused:
            actions.appoint(made, second, by=clerk, from_on=DAY, to_on=until)
        assert "苗小满" in str(refused.value.message)
    assert actions.appoint(made, second, by=clerk, from_on=DAY, to_on=later)


def test_two_seats_hold_two_and_a_third_waits(stage):
    made, clerk = post(stage, seats=2), stage.users["clerk"]
    for name in ("苗小满", "苗冬来"):
        actions.appoint(made, stage.persons[name], by=clerk, from_on=DAY)
    with pytest.raises(DomainError):
        actions.appoint(made, stage.persons["苗长有"], by=clerk, from_on=DAY)


def test_a_post_ends_when_nobody_holds_it_and_sets_its_partner_free(stage):
    made, clerk = stage.posts["worker"], stage.users["clerk"]
    with pytest.raises(DomainError) as refused:
        actions.end_post(made, by=clerk, ended_on=clock.today())
    assert stage.appointments[9].person.name in str(refused.value.message)
    row = Appointment.objects.get(post=made, to_on=None)
    actions.end_appointment(row, by=clerk, to_on=clock.today())
    actions.end_post(made, by=clerk, ended_on=clock.today())
    made.refresh_from_db()
    stage.posts["worker2"].refresh_from_db()
    assert made.ended_on == clock.today() and stage.posts["worker2"].partner is None
    with pytest.raises(WrongStatus):
        actions.end_post(made, by=clerk, ended_on=clock.today())
    with pytest.raises(DomainError):
        actions.appoint(made, row.person, by=clerk, from_on=clock.today())
    with pytest.raises(DomainError):  # its history keeps its name
        actions.create_post(made.body, by=clerk, title=made.title, grid=made.grid, role=Role.GRID_WORKER)
    with pytest.raises(NotAllowed):
        actions.end_post(stage.posts["helper"], by=stage.users["council"], ended_on=clock.today())


def test_a_body_does_not_end_before_it_began_and_gets_no_post_afterwards(stage):
    made = body(stage)
    with pytest.raises(DomainError):
        actions.end_body(made, by=stage.users["clerk"], ended_on=DAY - timedelta(days=1))
    actions.end_body(made, by=stage.users["clerk"], ended_on=clock.today())
    made.refresh_from_db()
    with pytest.raises(DomainError):
        actions.create_post(made, by=stage.users["clerk"], title="队长")
