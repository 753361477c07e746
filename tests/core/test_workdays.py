"""Working days with their swaps; nothing is guessed silently."""

from datetime import date

import pytest

from tongxin.core import workdays
from tongxin.core.models import CalendarDay


@pytest.fixture(autouse=True)
def _fresh(db):
    workdays.forget()
    yield
    workdays.forget()


def test_a_national_holiday_and_the_weekend_that_pays_for_it():
    assert not workdays.is_workday(date(2023, 10, 2))  # Monday in the National Day week
    assert workdays.is_workday(date(2023, 10, 7))  # the Saturday worked for it
    assert workdays.add_workdays(date(2023, 9, 28), 1) == date(2023, 10, 7)
    assert workdays.next_workday(date(2023, 10, 1)) == date(2023, 10, 7)


def test_the_day_itself_does_not_count():
    assert workdays.add_workdays(date(2023, 6, 12), 3) == date(2023, 6, 15)
    assert workdays.add_workdays(date(2023, 6, 12), 0) == date(2023, 6, 12)


def test_a_row_of_the_county_stands_above_the_library():
    CalendarDay.objects.create(day=date(2023, 6, 14), is_workday=False, name="庙会")
    workdays.forget()
    assert workdays.add_workdays(date(2023, 6, 12), 3) == date(2023, 6, 16)


def test_an_unknown_year_falls_back_to_monday_to_friday():
    year = workdays.known_until().year + 3
    days = [date(year, 3, n) for n in range(1, 15)]
    assert all(workdays.is_workday(day) == (day.weekday() < 5) for day in days)
