"""Tries counted in the database: a restart forgets none."""

from datetime import timedelta

import pytest

from tongxin.core import clock, ids, throttle
from tongxin.core.errors import TooMany
from tongxin.core.models import Throttle

TEN = timedelta(minutes=10)


@pytest.mark.django_db
def test_the_sixth_try_waits_and_after_a_while_it_is_open_again():
    for _ in range(5):
        throttle.check("door", 5, TEN)
        throttle.hit("door")
    with pytest.raises(TooMany) as refused:
        throttle.check("door", 5, TEN)
    assert refused.value.retry_at > clock.now()
    throttle.check("another door", 5, TEN)
    with clock.stopped_at(clock.now() + TEN + timedelta(seconds=1)):
        throttle.check("door", 5, TEN)


@pytest.mark.django_db
def test_a_right_answer_clears_the_count():
    for _ in range(5):
        throttle.hit("door")
    throttle.clear("door")
    throttle.check("door", 5, TEN)


@pytest.mark.django_db
def test_it_opens_when_the_oldest_of_the_last_ones_no_longer_counts():
    start = clock.now()
    for minute in range(5):
        with clock.stopped_at(start + timedelta(minutes=minute)):
            throttle.hit("door")
    with clock.stopped_at(start + timedelta(minutes=5)), pytest.raises(TooMany) as refused:
        throttle.check("door", 5, TEN)
    assert refused.value.retry_at == start + TEN
    with clock.stopped_at(start + TEN + timedelta(seconds=1)):
        throttle.check("door", 5, TEN)
        with pytest.raises(TooMany):
            throttle.check("door", 4, TEN)


@pytest.mark.django_db
def test_a_limit_of_nothing_is_a_closed_door():
    with pytest.raises(TooMany):
        throttle.check("door", 0, TEN)


@pytest.mark.django_db
def test_the_table_does_not_say_whose_tries_they_are():
    throttle.hit("address|203.0.113.7|13812345678")
    kept = Throttle.objects.get().key
    assert len(kept) == 32 and "203" not in kept and "138" not in kept


@pytest.mark.django_db
def test_with_a_grain_neither_the_moment_nor_the_id_says_more_than_the_hour():
    with clock.stopped_at(clock.at(clock.today(), 9, 41)):
        throttle.hit("door", timedelta(hours=1))
        row = Throttle.objects.get()
        assert row.at == ids.moment_of(row.id) == clock.at(clock.today(), 9)
        throttle.hit("door", timedelta(hours=1))
        assert (
            throttle.count("door", timedelta(hours=2)) == 2 and throttle.count("door", timedelta(hours=2), most=1) == 1
        )
        assert throttle.count("another", timedelta(hours=2)) == 0
