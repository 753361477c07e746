"""A post lent for hours: open at 23 h 59, closed at 24 h, never to oneself, seen by the supervisors at once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.accounts.models import User
from tongxin.audit.models import AuditEntry
from tongxin.bodies import access, actions, queries
from tongxin.bodies.models import EmergencyAccess
from tongxin.bodies.roles import STAFF, Role
from tongxin.casework.actors import Operator
from tongxin.core import clock, outbox
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.people.models import Person
from tongxin.territory import scope

WHY = "文书住院，没人能收件"
DAY = timedelta(hours=24)


def of(stage, who) -> Person:
    return Person.objects.get(user=stage.users[who])


def lend(stage, post="clerk", to="helper", **more) -> EmergencyAccess:
    given = {"by": stage.users["secretary"], "hours": 24, "because": WHY, **more}
    return actions.lend_post(stage.posts[post], of(stage, to), **given)


def held(stage, who) -> queries.Holdings:
    return queries.held(User.objects.get(pk=stage.users[who].pk), stage.village.pk)


def logged_in(stage, who) -> Client:
    client = Client()
    assert client.login(username=stage.users[who].username, password=stages.PASSWORD)
    client.get(reverse("bodies:bodies"))
    return client


def acts(about) -> list[str]:
    return list(AuditEntry.objects.filter(subject_id=about.pk).order_by("seq").values_list("act", flat=True))


# --- when it holds -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("hours", [1, 24])
def test_open_until_the_minute_and_closed_at_it(stage, hours):
    now = clock.now()
    with clock.stopped_at(now):
        lend(stage, hours=hours)
    for passed, is_clerk in [
        (timedelta(0), True),
        (timedelta(hours=hours, minutes=-1), True),
        (timedelta(hours=hours), False),
        (timedelta(hours=hours, days=1), False),
    ]:
        with clock.stopped_at(now + passed):
            assert held(stage, "helper").has(Role.CLERK) is is_clerk, passed
            assert held(stage, "helper").has(Role.HELPER) and held(stage, "helper").title == "管水员"


def test_what_was_remembered_of_a_user_does_not_outlive_the_minute(stage):
    with clock.stopped_at(clock.at(clock.today(), 8)):
        lend(stage, hours=2)
        user = User.objects.get(pk=stage.users["helper"].pk)
        assert queries.held(user, stage.village.pk).has(Role.CLERK)
    with clock.stopped_at(clock.at(clock.today(), 9, 59)):
        assert queries.held(user, stage.village.pk).has(Role.CLERK)
    with clock.stopped_at(clock.at(clock.today(), 10)):
        assert not queries.held(user, stage.village.pk).has(Role.CLERK)


def test_whoever_holds_nothing_else_comes_in_for_those_hours(stage):
    former = stage.users["former"]
    now = clock.now()
    with clock.stopped_at(now):
        lend(stage, to="former")
        assert held(stage, "former") and queries.villages_of(former) == [stage.village.pk]
    with clock.stopped_at(now + DAY):
        assert not held(stage, "former")
        assert queries.villages_of(User.objects.get(pk=former.pk)) == []


def test_a_live_session_is_refused_at_the_next_click(stage):
    now, page = clock.now().replace(microsecond=0), reverse("bodies:body_new")
    with clock.stopped_at(now):
        lent = lend(stage)
    late = now + DAY - timedelta(minutes=1)
    with clock.stopped_at(late):
        helper = logged_in(stage, "helper")
        assert helper.get(page).status_code == 200
    with clock.stopped_at(now + DAY):
        answer = helper.get(page)
        assert answer.status_code == 302 and "/login/" in answer["Location"]
        again = logged_in(stage, "helper")
        assert again.get(page).status_code == 403
    assert EmergencyAccess.objects.get(pk=lent.pk).ended_at is None  # no worker has run: time alone has ended it


def test_taken_back_early_it_is_over_at_once_and_only_once(stage):
    lent = lend(stage)
    helper = logged_in(stage, "helper")
    actions.take_back(lent, by=stage.users["clerk"])
    assert not held(stage, "helper").has(Role.CLERK)
    assert helper.get(reverse("bodies:body_new")).status_code == 302
    with pytest.raises(WrongStatus):
        actions.take_back(lent, by=stage.users["clerk"])
    assert acts(lent) == ["bodies.lend_post", "bodies.take_back"]


def test_the_worker_notes_the_end_and_never_before_it(stage):
    now = clock.now()
    with clock.stopped_at(now):
        lent = lend(stage)
    actions.run_out({"id": str(lent.pk)})
    assert acts(lent) == ["bodies.lend_post"]
    with clock.stopped_at(now + DAY):
        while outbox.work_once():
            pass
        actions.run_out({"id": str(lent.pk)})  # twice is once
        with pytest.raises(WrongStatus):
            actions.take_back(lent, by=stage.users["clerk"])
    lent.refresh_from_db()
    assert lent.ended_at == lent.until and lent.ended_by is None
    assert acts(lent) == ["bodies.lend_post", "bodies.run_out"]


# --- to whom, by whom --------------------------------------------------------------------------------------------
def test_nobody_gives_it_to_himself_nor_lends_on_what_is_lent(stage):
    with pytest.raises(NotAllowed):
        lend(stage, to="secretary")
    lend(stage)
    assert held(stage, "helper").has(Role.CLERK) and not access.can_lend(stage.users["helper"], stage.village.pk)
    with pytest.raises(NotAllowed):
        lend(stage, to="mediator", by=stage.users["helper"])


OTHERS = ["township", "committee", "council", "supervisor", "worker", "helper", "former"]


@pytest.mark.parametrize("who", ["secretary", "clerk", *OTHERS])
def test_secretary_and_clerk_lend(stage, who):
    may = who in ("secretary", "clerk")
    assert access.can_lend(stage.users[who], stage.village.pk) is may
    if not may:
        with pytest.raises(NotAllowed):
            lend(stage, by=stage.users[who])


def test_whoever_watches_or_stands_above_is_not_lent(stage):
    lent = {post.role for post in stage.posts.values() if access.is_lent(post)}
    assert lent == STAFF - access.NEVER_LENT
    for post in ("supervisor", "township", "leader"):
        with pytest.raises(DomainError):
            lend(stage, post=post)


@pytest.mark.parametrize(
    "more",
    [{"hours": 0}, {"hours": 25}, {"because": "  "}, {"to": "clerk"}],
    ids=["none", "25 h", "no why", "holder"],
)
def test_what_is_refused(stage, more):
    with pytest.raises(DomainError):
        lend(stage, **more)
    assert not EmergencyAccess.objects.filter(because=WHY).exists()


def test_no_log_in_no_access_and_not_twice_at_a_time(stage):
    with pytest.raises(DomainError):
        actions.lend_post(
            stage.posts["clerk"], stage.persons["苗小满"], by=stage.users["secretary"], hours=1, because=WHY
        )
    now = clock.now()
    with clock.stopped_at(now):
        lend(stage, hours=1)
        with pytest.raises(DomainError):
            lend(stage, hours=1)
    with clock.stopped_at(now + timedelta(hours=1)):
        assert lend(stage, hours=1)


# --- pages -------------------------------------------------------------------------------------------------------
def test_by_form_and_the_supervisors_read_it_at_once(stage):
    clerk, eyes = logged_in(stage, "clerk"), logged_in(stage, "supervisor")
    post, home = stage.posts["committee"], reverse("bodies:body", args=[stage.posts["committee"].body_id])
    form = reverse("bodies:emergency", args=[post.pk])
    assert form in clerk.get(home).content.decode() and form not in eyes.get(home).content.decode()
    assert stage.users["clerk"].username not in clerk.get(form).content.decode().split("<form")[-1]
    assert clerk.post(form, {"person": of(stage, "helper").pk, "hours": 25, "because": WHY}).status_code == 422
    assert clerk.post(form, {"person": of(stage, "clerk").pk, "hours": 2, "because": WHY}).status_code == 422
    answer = clerk.post(form, {"person": of(stage, "helper").pk, "hours": 2, "because": WHY})
    assert answer.status_code == 303
    lent = EmergencyAccess.objects.get(because=WHY)
    end = reverse("bodies:emergency_end", args=[lent.pk])
    today = eyes.get(reverse("issues:today")).content.decode()
    assert "应急权限" in today and WHY in today and of(stage, "helper").name in today
    assert WHY in eyes.get(home).content.decode() and end not in eyes.get(home).content.decode()
    assert WHY not in logged_in(stage, "worker").get(reverse("issues:today")).content.decode()
    assert eyes.post(end).status_code == 403
    assert end in clerk.get(home).content.decode()
    assert clerk.post(end).status_code == 303
    after = eyes.get(home).content.decode()
    assert WHY in after and "收回" in after and end not in clerk.get(home).content.decode()
    assert "已经结束" in eyes.get(reverse("issues:today")).content.decode()


def test_another_village_is_not_there(stage):
    neighbour = stages.settle(stages.village("shiping", "石坪村", 2))
    with scope.village(neighbour.village.pk):
        lent = EmergencyAccess.objects.get()
        there = Person.objects.get(user=neighbour.users["helper"])
    clerk = logged_in(stage, "clerk")
    assert clerk.get(reverse("bodies:emergency", args=[neighbour.posts["clerk"].pk])).status_code == 404
    assert clerk.post(reverse("bodies:emergency_end", args=[lent.pk])).status_code == 404
    form = reverse("bodies:emergency", args=[stage.posts["committee"].pk])
    assert clerk.post(form, {"person": there.pk, "hours": 2, "because": WHY}).status_code == 422
    with pytest.raises(DomainError):
        actions.lend_post(stage.posts["committee"], there, by=stage.users["clerk"], hours=1, because=WHY)
    assert clerk.get(reverse("bodies:emergency", args=[stage.posts["supervisor"].pk])).status_code == 404


# --- the console -------------------------------------------------------------------------------------------------
def test_the_operator_lends_and_takes_back_by_command(stage):
    given = [stage.village.slug, stage.users["helper"].username, "文书"]
    said = StringIO()
    call_command("emergency", *given, "--hours", "3", "--because", WHY, stdout=said)
    assert "文书" in said.getvalue() and held(stage, "helper").has(Role.CLERK)
    call_command("emergency", *given, "--take-back", stdout=said)
    assert not held(stage, "helper").has(Role.CLERK)
    for wrong in (
        [*given, "--take-back"],
        [*given, "--because", WHY, "--hours", "25"],
        ["nowhere", *given[1:], "--because", WHY],
        [given[0], "nobody", "文书", "--because", WHY],
        [*given[:2], "网格员", "--because", WHY],
    ):
        with pytest.raises(CommandError):
            call_command("emergency", *wrong, stdout=said)
    by = Operator("emergency")
    assert actions.lend_post(stage.posts["clerk"], of(stage, "helper"), by=by, hours=1, because=WHY).given_by is None
