"""Form fields that several apps draw."""

from django import forms

from tongxin.core import clock
from tongxin.core.fields import DayField


class _Sheet(forms.Form):
    on = DayField()


def test_a_day_is_today_unless_said_otherwise_and_the_browser_picks_it():
    assert _Sheet()["on"].value() == clock.today()
    assert 'type="date"' in str(_Sheet()["on"])


def test_no_day_and_nonsense_are_said_in_words():
    assert _Sheet({"on": ""}).errors["on"] == ["选个日子。"]
    assert _Sheet({"on": "哪天"}).errors["on"] == ["这不是日子。"]
