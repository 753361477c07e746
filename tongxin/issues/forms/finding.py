"""What opens a matter or a household page: four digits, a number, a receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock
from tongxin.issues.forms.fields import RowChoice, TailField
from tongxin.territory.models import Group


class FindForm(forms.Form):
    """For whoever does not know the number: the telephone's last four digits and the group."""

    use_required_attribute = False

    tail = TailField(error_messages={"required": _("Write the last four digits.")})
    group = RowChoice(
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
