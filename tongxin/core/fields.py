"""Form fields that several apps draw."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock


class DayField(forms.DateField):
    """A day, today unless said otherwise; the browser's own picker, and ISO dates where it has none."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("initial", clock.today)
        kwargs.setdefault("error_messages", {"invalid": _("That is no day."), "required": _("Choose a day.")})
        super().__init__(**kwargs)
