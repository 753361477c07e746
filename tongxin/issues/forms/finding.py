"""What opens a matter or a household page: four digits, a number, a receipt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock
from tongxin.core.fields import PinField
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
    """The last four digits of the telephone left with a matter."""

    use_required_attribute = False

    tail = TailField(error_messages={"required": _("Write the last four digits.")})


class PinForm(forms.Form):
    """The household's PIN."""

    use_required_attribute = False

    pin = PinField()

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)


class CardForm(forms.Form):
    """The last four digits of a telephone in the household's register."""

    use_required_attribute = False

    tail = TailField(error_messages={"required": _("Write the last four digits.")})

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, label_suffix="", **kwargs)
