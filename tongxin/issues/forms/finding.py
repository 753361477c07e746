"""What opens a matter or a household page: four digits, a number, a receipt."""

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock
from tongxin.territory.models import Group


def clean_tail(text: str) -> str:
    """The last four digits of a telephone; the whole number is fine too.

    Raises:
        forms.ValidationError: fewer than four digits.
    """
    digits = "".join(ch for ch in unicodedata.normalize("NFKC", text) if ch.isascii() and ch.isdigit())
    if len(digits) < 4:
        raise forms.ValidationError(_("It takes four digits. Please look again."), code="short")
    return digits[-4:]


class TailField(forms.CharField):
    """The last four digits of a telephone."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"inputmode": "numeric", "autocomplete": "off", "class": "short"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=given), **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return clean_tail(text) if text else ""


class FindForm(forms.Form):
    """For whoever does not know the number: the telephone's last four digits and the group."""

    use_required_attribute = False

    tail = TailField(error_messages={"required": _("Write the last four digits.")})
    group: "forms.ModelChoiceField[Group]" = forms.ModelChoiceField(
        queryset=None,
        empty_label=_("Choose one"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose the group where it is.")),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
        groups = Group.objects.on(clock.today()).order_by("number")
        self.fields["group"].queryset = groups  # type: ignore[attr-defined]


class ProveForm(forms.Form):
    """The last four digits, or the receipt of a sealed matter."""

    use_required_attribute = False

    tail = TailField(required=False)
    receipt = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("tail") and not data.get("receipt"):
            self.add_error("tail", _("Write the last four digits."))
        return data


class CardForm(forms.Form):
    """The last four digits of a telephone in the household's register."""

    use_required_attribute = False

    tail = TailField(error_messages={"required": _("Write the last four digits.")})

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
