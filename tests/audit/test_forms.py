"""What is typed off a paper."""

from datetime import date

import pytest

from tongxin.audit.forms import PaperForm, month_of


def test_groups_dashes_and_small_letters_are_read():
    form = PaperForm({"characters": " 7kqm-2xwf 9atb "})
    assert form.is_valid() and form.cleaned_data["characters"] == "7KQM2XWF9ATB"


@pytest.mark.parametrize("text", ["", "7KQM2XWF9AT", "7KQM2XWF9ATO", "7KQM2XWF9ATI", "七七七七七七七七七七七七"])
def test_what_cannot_be_one_is_refused(text):
    assert PaperForm({"characters": text}).errors


@pytest.mark.parametrize(
    ("text", "day"), [("2026-11", date(2026, 11, 1)), ("2026-13", None), ("", None), ("x", None), ("2026-11-05", None)]
)
def test_a_month_or_nothing(text, day):
    assert month_of(text) == day
