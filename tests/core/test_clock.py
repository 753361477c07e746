"""What time it is, in one place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import clock


def test_the_clock_can_be_held_and_nests():
    with clock.stopped_at(datetime(2023, 6, 30, 23, 30)):
        assert clock.today() == date(2023, 6, 30)
        assert clock.now() == datetime(2023, 6, 30, 15, 30, tzinfo=UTC)
        with clock.stopped_at(datetime(2023, 7, 1, 0, 30)):
            assert clock.today() == date(2023, 7, 1)
        assert clock.today() == date(2023, 6, 30)
    assert clock.today() > date(2025, 1, 1)


def test_it_runs_again_after_an_error():
    with pytest.raises(ZeroDivisionError), clock.stopped_at(datetime(2023, 6, 30, tzinfo=UTC)):
        raise ZeroDivisionError
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_day_is_the_villages_day():
    moment = datetime(2023, 6, 30, 17, 0, tzinfo=UTC)  # one in the morning in Shanghai
    assert clock.day_of(moment) == date(2023, 7, 1)
    assert clock.day_of(moment, "UTC") == date(2023, 6, 30)
    with clock.stopped_at(moment):
        assert (clock.today(), clock.today("UTC")) == (date(2023, 7, 1), date(2023, 6, 30))


@given(st.dates(date(1970, 1, 2), date(2199, 1, 1)), st.integers(0, 23), st.integers(0, 59))
def test_an_hour_on_the_wall_is_found_back(day, hour, minute):
    moment = clock.at(day, hour, minute, "Asia/Urumqi")
    wall = clock.local(moment, "Asia/Urumqi")
    assert moment.tzinfo is UTC
    assert (wall.date(), wall.hour, wall.minute) == (day, hour, minute)
