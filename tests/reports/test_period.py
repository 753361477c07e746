"""The year that ends on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.reports.period import BadPeriod, Period, year_before


def test_the_year_before_a_day_begins_a_day_after_the_same_day_of_the_year_before():
    assert Period.ending(date(2023, 6, 30)) == Period(date(2022, 7, 1), date(2023, 6, 30))
    assert Period.ending(date(2024, 2, 29)) == Period(date(2023, 3, 1), date(2024, 2, 29))
    assert Period.ending(date(2023, 12, 31)).from_on == date(2023, 1, 1)


@given(st.dates(min_value=date(1951, 1, 1), max_value=date(2100, 1, 1)))
def test_a_year_has_365_or_366_days_and_years_that_follow_each_other_leave_no_gap(on):
    period = Period.ending(on)
    assert (period.on - period.from_on).days + 1 in {365, 366}
    assert period.is_year
    if (on.month, on.day) != (2, 28):  # after a 29 February the 28th is said twice
        assert Period.ending(year_before(on)).on == period.from_on - timedelta(days=1)


def test_the_first_day_may_be_given_and_not_lie_after_the_last():
    assert not Period.ending(date(2023, 6, 30), date(2023, 6, 1)).is_year
    with pytest.raises(BadPeriod):
        Period(date(2023, 7, 1), date(2023, 6, 30))
