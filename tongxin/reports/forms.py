"""The day that somebody asks for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.reports.period import BadPeriod, Period

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d")
FIRST_YEAR = 1950  # before it no village kept such records; and `strptime` takes the year 1 for a date


class DayForm(forms.Form):
    """`on` and perhaps `from`, as they stand in the address. `period` after it was valid."""

    on = forms.DateField(
        label=_("Last day"),
        required=False,
        input_formats=DAYS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    period: Period

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.is_future = False
        self.fields["from"] = forms.DateField(
            label=_("First day, a year before when left empty"),
            required=False,
            input_formats=DAYS,
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        )
        for field in self.fields.values():
            field.error_messages["invalid"] = _("Write the day like 2023-06-30.")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        on, start = cleaned.get("on") or self.today, cleaned.get("from")
        if self.errors:
            return cleaned
        if on > self.today:
            self.is_future = True
            raise forms.ValidationError(_("That day has not come yet."))
        if on.year < FIRST_YEAR or (start and start.year < FIRST_YEAR):
            raise forms.ValidationError(_("Write the day like 2023-06-30."))
        try:
            self.period = Period.ending(on, start)
        except BadPeriod:
            raise forms.ValidationError(_("The first day lies after the last one.")) from None
        return cleaned

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return next((str(errors[0]) for errors in self.errors.values()), "")
