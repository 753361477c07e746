"""Working days with their swaps; nothing is guessed silently."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the table is read once for all examples
@given(st.dates(date(2004, 1, 1), date(2030, 12, 31)), st.integers(0, 40))
def test_counting_forward_passes_exactly_that_many_working_days(day, n):
    end = workdays.add_workdays(day, n)
    between = [day + timedelta(days=i) for i in range(1, (end - day).days + 1)]
    assert sum(map(workdays.is_workday, between)) == n
    assert n == 0 or workdays.is_workday(end)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the table is read once for all examples
@given(st.dates(date(2004, 1, 1), date(2030, 12, 31)), st.integers(0, 20), st.integers(0, 20))
def test_in_two_steps_or_in_one_it_is_the_same_day(day, some, more):
    assert workdays.add_workdays(workdays.add_workdays(day, some), more) == workdays.add_workdays(day, some + more)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the table is read once for all examples
@given(st.dates(date(2004, 1, 1), date(2030, 12, 31)))
def test_the_next_working_day_is_the_first_one(day):
    found = workdays.next_workday(day)
    assert workdays.is_workday(found)
    assert not any(workdays.is_workday(day + timedelta(days=i)) for i in range((found - day).days))


def test_nobody_counts_backwards():
    with pytest.raises(ValueError):
        workdays.add_workdays(date(2023, 6, 12), -1)


def test_a_year_that_the_office_entered_is_known():
    year = workdays.library_until().year + 1
    assert workdays.known_until() == date(year - 1, 12, 31)
    CalendarDay.objects.create(day=date(year, 1, 1), is_workday=False, name="元旦")
    workdays.forget()
    assert workdays.known_until() == date(year, 12, 31)


def test_the_table_is_asked_once_a_minute(django_assert_num_queries):
    with django_assert_num_queries(1):
        workdays.add_workdays(date(2023, 6, 12), 30)
        workdays.is_workday(date(2023, 6, 14))
