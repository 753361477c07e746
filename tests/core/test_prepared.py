"""A question put into SQL once gives what the query set gives."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import CharField, DateField, UUIDField
from django.test.utils import CaptureQueriesContext

from tests.factories import stage as stages
from tongxin.bodies import queries
from tongxin.bodies.models import EmergencyAccess
from tongxin.core import clock
from tongxin.core.db.prepared import Prepared
from tongxin.people.models import Person
from tongxin.territory import scope

pytestmark = pytest.mark.django_db


def test_the_same_rows_for_whoever_asks_and_whenever():
    stage = stages.settle(stages.village())
    neighbour = stages.settle(stages.village("shiping", "石坪村", 2))
    people = [stages.everybody(stage), *stage.users.values(), *neighbour.users.values()]
    lent = {"village": stage.village, "post": stage.posts["clerk"], "person": stage.persons["前文书"]}
    stages.row(EmergencyAccess, hours=24, given_at=clock.now() - timedelta(hours=1), because="住院", **lent)
    today, seen = clock.today(), 0
    for user in people:
        for day in (today - timedelta(days=200), today, today + timedelta(days=1)):
            asked = {"user": user.pk, "today": day, "recent": clock.now() - timedelta(hours=24)}
            rows = sorted(queries._HELD.ask(**asked), key=repr)
            assert rows == sorted(queries._held_by(**asked), key=repr)
            seen += len(rows)
    assert seen > len(people)


def test_it_is_one_statement_and_built_once_on_a_connection():
    stage, built = stages.settle(stages.village()), []

    def write(user):
        built.append(user)
        return Person._base_manager.filter(user_id=user).values_list("name", "user_id")

    question = Prepared(write, user=UUIDField())
    with CaptureQueriesContext(connection) as asked:
        found = [list(question.ask(user=user.pk)) for user in stage.users.values()]
    assert len(asked) == len(found) and len(built) == 1
    assert found == [[(user.name, user.pk)] for user in stage.users.values()]
    assert list(question.ask(user=stage.village.pk)) == []


def test_what_is_asked_for_in_vain_is_said_at_once():
    stage = stages.village()
    question = Prepared(
        lambda user, day: Person._base_manager.filter(user_id=user).values_list("name"),
        user=UUIDField(),
        day=DateField(),
    )
    with scope.village(stage.village.pk), pytest.raises(ValueError, match="day asked for"):
        question.ask(user=stage.village.pk, day=clock.today())


def test_a_kind_without_a_mark_is_refused():
    with pytest.raises(TypeError):
        Prepared(lambda name: Person._base_manager.filter(name=name).values_list("name"), name=CharField())
