"""What must be apart: each way in which it can be broken, planted once and found."""

from dataclasses import replace

import pytest
from django.core import checks as django_checks

from tests.factories import stage as stages
from tongxin.bodies import checks
from tongxin.bodies.models import Appointment
from tongxin.bodies.roles import Role
from tongxin.core import clock, health, matrix
from tongxin.core.health import State
from tongxin.territory import scope


def test_the_matrix_is_separated():
    assert list(checks.unseparated()) == []
    assert not [one for one in django_checks.run_checks(tags=["security"]) if one.id == "tongxin.E060"]


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("issues.see", {"complaint": {"supervisor", "clerk"}}, "issues.see, complaint: clerk have it"),
        ("issues.take", {"complaint_up": {"supervisor"}}, "issues.take, complaint_up: supervisor have it"),
        ("issues.dispatch", {"complaint_county": {"township"}}, "issues.dispatch, complaint_county: township have it"),
        ("bodies.keep", {matrix.ANY: {"supervisor"}}, "bodies.keep"),
        ("bodies.grant", {"above_village": {"clerk"}}, "bodies.grant, above_village: clerk have it"),
    ],
)
def test_a_right_in_the_wrong_hands_is_found_at_the_start(monkeypatch, name, change, words):
    right = matrix.right(name)
    broken = replace(right, by={**right.by, **{relation: frozenset(roles) for relation, roles in change.items()}})
    _plant(monkeypatch, name, broken)
    found = [one for one in django_checks.run_checks(tags=["security"]) if one.id == "tongxin.E060"]
    assert found and all(words in one.msg for one in found)


@pytest.mark.parametrize("who", ["asked", "same_body", "concerned"])
def test_an_envelope_that_one_body_could_open_is_found(monkeypatch, who):
    right = matrix.right("issues.unseal_agree")
    _plant(monkeypatch, right.name, replace(right, never=right.never - {who}))
    assert list(checks.unseparated()) == [f"issues.unseal_agree: one body is enough; not kept out: {who}."]


def _plant(monkeypatch, name, broken):
    real = matrix.right
    monkeypatch.setattr(checks.matrix, "right", lambda asked: broken if asked == name else real(asked))


def said() -> list[str]:
    return [one.words for one in checks.held_apart() if one.state is not State.OK]


def test_a_village_in_order_is_said_to_be(stage):
    assert [one.state for one in checks.held_apart()] == [State.OK]
    assert "apart" in health.names()


@pytest.mark.parametrize(
    ("holds", "too", "words"),
    [
        ("secretary", "supervisor", "当监督的"),
        ("accountant", "supervisor", "当监督的"),
        ("secretary", "accountant", "管钱的决定"),
        ("helper", "township", "上面判"),
    ],
)
def test_who_holds_what_must_be_apart_is_named(stage, holds, too, words):
    person = next(row.person for row in stage.appointments if row.post_id == stage.posts[holds].pk)
    seat = stages.appoint(stage, too, person)
    (found,) = said()
    assert person.name in found and words in found and stage.village.name in found
    Appointment.objects.filter(pk=seat.pk).update(to_on=clock.today())
    assert said() == []


def test_a_neighbour_hears_nothing_of_it_and_the_operator_does(stage):
    other = stages.settle(stages.village("shiping", "石坪村", 2))
    Appointment.objects.filter(post__role=Role.SUPERVISOR).update(to_on=clock.today())
    with scope.village(other.village.pk):
        assert said() == []
    with scope.everything("as the command line, which has no village"):
        assert len(said()) == 1


def test_a_village_that_nobody_watches_is_named(stage):
    Appointment.objects.filter(post__role=Role.SUPERVISOR).update(to_on=clock.today())
    (found,) = said()
    assert "没有村务监督" in found
    Appointment.objects.all().update(to_on=clock.today())
    assert said() == [], "a village that nobody works in yet is not there to be watched"
