"""Form fields that several apps draw."""

import unicodedata
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


class PinField(forms.CharField):
    """Six digits, however they are typed; what was typed is never drawn again."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"inputmode": "numeric", "autocomplete": "off", "class": "short"}
        kwargs.setdefault("error_messages", {"required": _("Write the six digits.")})
        super().__init__(max_length=40, widget=forms.PasswordInput(attrs=given), **kwargs)

    def to_python(self, value: Any) -> str:
        text = "".join(unicodedata.normalize("NFKC", super().to_python(value) or "").split())
        if text and not (len(text) == 6 and text.isascii() and text.isdigit()):
            raise forms.ValidationError(_("It takes six digits. Please look again."), code="length")
        return text


class NewPinForm(forms.Form):
    """Six digits, and the same once more."""

    use_required_attribute = False

    pin = PinField(label=_("Six digits"))
    again = PinField(label=_("The same once more"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "pin" in data and "again" in data and data["pin"] != data["again"]:
            self.add_error("again", _("The two are not the same. Please write them again."))
        return data
