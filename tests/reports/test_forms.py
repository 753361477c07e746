"""The day that is asked for: today when none, refused when it cannot be read, a sentence when it has not come."""

from datetime import date

import pytest
from django.utils.translation import override

from tongxin.reports.forms import DayForm

TODAY = date(2023, 7, 20)


def asked(**given: str) -> DayForm:
    form = DayForm(given, today=TODAY)
    form.is_valid()
    return form


def test_without_a_day_it_is_today_and_the_year_before():
    assert asked().period.on == TODAY
    assert asked().period.from_on == date(2022, 7, 21)


def test_a_day_and_a_first_day():
    period = asked(**{"on": "2023-06-30", "from": "2023-01-01"}).period
    assert (period.from_on, period.on) == (date(2023, 1, 1), date(2023, 6, 30))
    assert asked(on="2023/6/30").period.on == date(2023, 6, 30)


@pytest.mark.parametrize("text", ["yesterday", "2023-02-30", "0001-01-01", "2023-06-30'; drop", "30.6.2023", "\x00"])
def test_what_is_no_day_is_refused(text):
    form = asked(on=text)
    assert not form.is_valid()
    assert not form.is_future
    with override("en"):
        assert asked(on=text).sentence == "Write the day like 2023-06-30."


def test_a_day_that_has_not_come_is_told_apart():
    with override("en"):
        form = asked(on="2023-07-21")
        assert form.is_future
        assert form.sentence == "That day has not come yet."


def test_the_first_day_cannot_lie_after_the_last():
    with override("en"):
        assert asked(**{"on": "2023-06-30", "from": "2023-07-01"}).sentence == "The first day lies after the last one."
