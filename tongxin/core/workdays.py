"""Working days with the State Council's holidays and the swapped working weekends (调休).

A row of `CalendarDay` stands above the library; a year that neither knows counts Monday to Friday, and a check says so.
"""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar

from tongxin.core.models import CalendarDay

_DAY = timedelta(days=1)
_SECONDS = 60.0
_memory: tuple[float, dict[date, bool]] | None = None


def is_workday(day: date) -> bool:
    entered = _entered()
    return entered[day] if day in entered else _by_library(day)


@lru_cache(maxsize=512)  # a deadline asks for the same few days all day long
def _by_library(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def add_workdays(day: date, n: int) -> date:
    """The n-th working day after `day`, which itself does not count; with n = 0 the day itself."""
    if n < 0:
        raise ValueError("working days are counted forwards")
    return nth_after(day, n, is_workday)


def next_workday(day: date) -> date:
    """The day itself when it is a working day, else the first one after it."""
    return day if is_workday(day) else nth_after(day, 1, is_workday)


def nth_after(day: date, n: int, counts: Callable[[date], bool]) -> date:
    """The n-th day after `day` that counts."""
    while n:
        day += _DAY
        n -= counts(day)
    return day


def known_until() -> date:
    """The last day of the last year whose holidays are known, from the library or from rows in the table."""
    year = library_until().year
    years = {day.year for day in _entered()}
    while year + 1 in years:
        year += 1
    return date(year, 12, 31)


def library_until() -> date:
    return date(max(chinese_calendar.constants.holidays).year, 12, 31)


def _entered() -> dict[date, bool]:
    """The table, a few rows a year, remembered for a minute."""
    global _memory
    if _memory is None or time.monotonic() - _memory[0] > _SECONDS:
        _memory = (time.monotonic(), dict(CalendarDay.objects.values_list("day", "is_workday")))
    return _memory[1]


def forget() -> None:
    """Read the table again at the next question."""
    global _memory
    _memory = None
