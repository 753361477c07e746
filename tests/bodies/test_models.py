"""What the database itself refuses about bodies and appointments."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.factories.stage import row
from tongxin.bodies.models import Appointment, Body, BodyKind, EmergencyAccess, Post
from tongxin.core import clock

DAY = date(2022, 3, 1)


def refused(model, **fields) -> bool:
    try:
        with transaction.atomic():
            row(model, **fields)
    except IntegrityError:
        return True
    return False


def test_two_living_bodies_do_not_share_a_name(stage):
    given = {"village": stage.village, "kind": BodyKind.LAW_TEAM, "name": "普法队", "opened_on": DAY}
    row(Body, **given, ended_on=DAY + timedelta(days=9))
    assert not refused(Body, **given)
    assert refused(Body, **given)


def test_a_post_has_a_seat_and_its_title_once_a_grid(stage):
    given = {"village": stage.village, "body": stage.bodies[0], "title": "队长", "grid": stage.grids[0]}
    assert refused(Post, **given, seats=0)
    assert not refused(Post, **given)
    assert refused(Post, **given)


def test_an_appointment_does_not_end_before_it_began_nor_stand_twice(stage):
    given = {"village": stage.village, "post": stage.posts["helper"], "person": stage.persons["苗小满"]}
    given |= {"from_on": DAY, "entered_at": clock.now()}
    assert refused(Appointment, **given, to_on=DAY - timedelta(days=1))
    assert not refused(Appointment, **given)
    assert refused(Appointment, **given)


@pytest.mark.parametrize(
    ("away", "day", "is_away"),
    [
        ((None, None), DAY, False),
        ((DAY, None), DAY, True),
        ((DAY, DAY + timedelta(days=2)), DAY + timedelta(days=1), True),
        ((DAY, DAY + timedelta(days=2)), DAY + timedelta(days=2), False),
        ((DAY + timedelta(days=1), None), DAY, False),
    ],
)
def test_on_leave_from_the_first_day_until_the_day_of_return(away, day, is_away):
    assert Appointment(away_from=away[0], away_to=away[1]).is_away(day) is is_away


def test_on_a_day_counts_the_first_day_in_and_the_last_day_out(stage):
    rows = Appointment.objects.filter(post=stage.posts["helper"])
    rows.update(from_on=DAY, to_on=DAY + timedelta(days=5))
    assert [rows.on(DAY + timedelta(days=n)).exists() for n in (-1, 0, 4, 5)] == [False, True, True, False]


def test_a_post_is_lent_for_a_day_at_most_and_with_a_reason(stage):
    given = {"village": stage.village, "post": stage.posts["clerk"], "person": stage.persons["苗小满"]}
    given |= {"given_at": clock.now(), "because": "住院"}
    assert refused(EmergencyAccess, **given, hours=25) and refused(EmergencyAccess, **given, hours=0)
    assert refused(EmergencyAccess, **{**given, "because": ""})
    assert refused(EmergencyAccess, **given, ended_at=clock.now() - timedelta(hours=1))
    assert not refused(EmergencyAccess, **given, hours=24)
