"""Who holds what on which day, and who answers for whom."""

from datetime import timedelta

import pytest

from tests.factories import stage as stages
from tongxin.accounts.models import User
from tongxin.bodies import queries
from tongxin.bodies.models import Appointment
from tongxin.bodies.roles import Role
from tongxin.core import clock


def held(stage, who):
    user = User.objects.get(pk=stage.users[who].pk)  # without what an earlier question has remembered
    return queries.held(user, stage.village.pk)


def test_rights_follow_from_todays_appointments(stage):
    worker = held(stage, "worker")
    assert worker and worker.has(Role.GRID_WORKER) and not worker.has(Role.CLERK)
    assert worker.grids == {stage.grids[0].pk}
    assert worker.posts == {stage.posts["worker"].pk}
    assert worker.hands == {stage.posts["worker"].pk, stage.posts["worker2"].pk}
    assert worker.title == "网格员"


@pytest.mark.parametrize("change", [{"to_on": 0}, {"from_on": 1}])
def test_not_yet_or_no_longer_is_nothing(stage, change):
    field, days = next(iter(change.items()))
    Appointment.objects.filter(post=stage.posts["worker"]).update(**{field: clock.today() + timedelta(days=days)})
    assert not held(stage, "worker") and held(stage, "worker").person_id is None


def test_a_log_in_that_is_shut_and_another_village_hold_nothing(stage):
    neighbour = stages.settle(stages.village("shiping", "石坪村", 2))
    assert not queries.held(stage.users["clerk"], neighbour.village.pk)
    User.objects.filter(pk=stage.users["clerk"].pk).update(is_active=False)
    assert not held(stage, "clerk")
    assert not queries.held(None, stage.village.pk)


def test_what_is_held_is_asked_once_a_day_and_anew_the_next(stage, django_assert_num_queries):
    user = User.objects.get(pk=stage.users["clerk"].pk)
    with django_assert_num_queries(1):
        queries.held(user, stage.village.pk)
        queries.held(user, stage.village.pk)
    with clock.stopped_at(clock.now() + timedelta(days=1)), django_assert_num_queries(1):
        queries.held(user, stage.village.pk)


def test_a_grid_is_answered_for_by_worker_leader_and_open_door_in_this_order(stage):
    rows = queries.answering_for(stage.grids[0].pk, clock.today())
    assert [row.post.role for row in rows] == [Role.GRID_WORKER, Role.PARTY_GROUP, Role.PARTY_HOUSEHOLD]
    assert queries.answering_for(stage.grids[2].pk, clock.today()) == []


def test_workers_by_grid_and_holders(stage):
    found = queries.workers_by_grid(stage.village, clock.today())
    assert set(found) == {stage.grids[0].pk, stage.grids[1].pk}
    worker = Appointment.objects.select_related("person").get(post=stage.posts["worker"])
    assert found[stage.grids[0].pk] == f"{worker.person.name} {worker.phone}"
    posts = [stage.posts["worker"].pk, stage.posts["clerk"].pk]
    rows = queries.holders(posts, clock.today())
    assert [row.person.name for row in rows[posts[0]]] == [worker.person.name]
    assert "前文书" not in [row.person.name for row in rows[posts[1]]]


def test_villages_of_a_user_are_those_with_a_staff_post_today(stage):
    assert queries.villages_of(stage.users["clerk"]) == [stage.village.pk]
    assert queries.villages_of(stage.users["former"]) == []


def test_persons_called_finds_by_part_pinyin_and_initials_and_never_the_dead(stage):
    from tongxin.people import pinyin
    from tongxin.people.models import Person

    for person in Person.objects.filter(name__startswith="苗"):
        fields = {"name_key": pinyin.key(person.name), "name_initials": pinyin.initials(person.name)}
        Person.objects.filter(pk=person.pk).update(**fields)
    for text in ("小满", "苗小满", "mxm", "miao xiao"):
        assert "苗小满" in [p.name for p in queries.persons_called(stage.village, text)], text
    assert queries.persons_called(stage.village, "苗小满")[0].name == "苗小满"
    Person.objects.filter(name="苗小满").update(died_on=clock.today())
    assert queries.persons_called(stage.village, "小满") == []
    assert queries.persons_called(stage.village, "  ") == []
