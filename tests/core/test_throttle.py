"""Tries counted in the database: a restart forgets none."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

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


@pytest.mark.django_db
def test_taking_counts_first_and_gives_back_what_was_right():
    taken = [throttle.take("door", 5, TEN) for _ in range(5)]
    with pytest.raises(TooMany):
        throttle.take("door", 5, TEN)
    assert Throttle.objects.count() == 5  # what was refused is not counted
    throttle.give_back(*taken[:2])
    throttle.take("door", 5, TEN)


@pytest.mark.django_db
def test_clearing_may_reach_back_a_while_only():
    start = clock.now()
    throttle.hit("door")
    with clock.stopped_at(start + TEN * 2):
        throttle.hit("door")
        assert throttle.clear("door", TEN) == 1
        assert throttle.clear("door") == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_forty_that_come_at_once_no_more_than_five_get_through():
    assert 1 <= sum(at_once(lambda: throttle.take("door", 5, TEN), 40)) <= 5


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_counting_first_more_get_through():
    """The control: looking, then comparing, then counting is what a hundred requests walk past."""

    def look_then_count():
        throttle.check("door", 5, TEN)
        time.sleep(0.02)  # the comparison of a password
        throttle.hit("door")

    assert sum(at_once(look_then_count, 40)) > 5


def at_once(deed, count: int) -> list[bool]:
    gate = threading.Barrier(count)

    def one() -> bool:
        try:
            gate.wait()
            deed()
        except TooMany:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(count) as pool:
        return [job.result() for job in [pool.submit(one) for _ in range(count)]]
