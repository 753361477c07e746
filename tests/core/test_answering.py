"""A desk form's answer: done and away, or the rule's 'no' at its field; never a fault of ours."""

import pytest
from django import forms
from django.template.loader import render_to_string

from tongxin.core import answering
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus


class Shape(forms.Form):
    day = forms.CharField()


class Other(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(
    ("error", "status", "at"),
    [
        (DomainError("no", field="day"), 422, "day"),
        (DomainError("no"), 422, "__all__"),
        (DomainError("no", field="a_field_of_no_form"), 422, "__all__"),  # the form must not fall over it
        (WrongStatus("no"), 409, "__all__"),
        (NotAllowed("no"), 403, "__all__"),
    ],
)
def test_a_no_stands_at_its_field_and_a_conflict_stays_a_conflict(error, status, at):
    form = Shape({"day": "1"})
    assert form.is_valid() and answering.refused(error, form) == status
    assert form.errors == {at: ["no"]}


def test_of_two_forms_the_one_that_has_the_field_says_it():
    form, other = Shape({"day": "1"}), Other({"name": "x"})

    def deed():
        raise DomainError("no", field="name")

    assert form.is_valid() and other.is_valid() and answering.tried(form, deed, other) == 422
    assert not form.errors and other.errors == {"name": ["no"]}
    assert answering.tried(form, lambda: None) == 0


def test_what_is_no_rule_is_not_swallowed():
    form = Shape({"day": "1"})
    assert form.is_valid()
    with pytest.raises(ZeroDivisionError):
        answering.tried(form, lambda: 1 // 0)


def summary(form: forms.Form) -> str:
    return render_to_string("components/_error_summary.html", {"form": form})


def test_the_summary_counts_what_can_be_put_right_and_sends_nobody_nowhere():
    empty, ruled = Shape({}), Shape({"day": "1"})
    assert not empty.is_valid() and "1 处没填好" in summary(empty)
    assert ruled.is_valid() and answering.refused(WrongStatus("已经撤销"), ruled) == 409
    text = summary(ruled)
    assert "已经撤销" in text and "没填好" not in text and "还办不成" in text
