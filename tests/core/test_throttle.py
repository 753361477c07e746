"""Tries counted in the database: a restart forgets none."""

from datetime import timedelta

import pytest

from tongxin.core import clock, throttle
from tongxin.core.errors import TooMany

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
