"""What time it is, in one place."""

from datetime import UTC, date, datetime

from tongxin.core import clock


def test_the_clock_can_be_held_and_nests():
    with clock.stopped_at(datetime(2023, 6, 30, 23, 30)):
        assert clock.today() == date(2023, 6, 30)
        assert clock.now() == datetime(2023, 6, 30, 15, 30, tzinfo=UTC)
        with clock.stopped_at(datetime(2023, 7, 1, 0, 30)):
            assert clock.today() == date(2023, 7, 1)
        assert clock.today() == date(2023, 6, 30)
    assert clock.today() > date(2025, 1, 1)


def test_a_day_is_the_villages_day():
    moment = datetime(2023, 6, 30, 17, 0, tzinfo=UTC)  # one in the morning in Shanghai
    assert clock.day_of(moment) == date(2023, 7, 1)
    assert clock.day_of(moment, "UTC") == date(2023, 6, 30)
