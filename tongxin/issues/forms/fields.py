"""Fields that residents and staff both fill in: telephones as people write them, rows to choose from."""

import copy
import re
import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tongxin.bodies.models import Post

BAD_PHONE = _("This is no telephone number. Please look again.")


def clean_phone(text: str) -> str:
    """Digits of a mobile or a landline, however spaced; "" for nothing.

    Raises:
        forms.ValidationError: letters, or a digit too few or too many.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"[\s\-‐-―.·()]", "", "".join(ch for ch in plain if unicodedata.category(ch) != "Cf"))
    digits = re.sub(r"^(\+|00)86", "", plain)
    if not digits:
        return ""
    if not (digits.isascii() and digits.isdigit()):
        raise forms.ValidationError(BAD_PHONE, code="letters")
    if digits.startswith("1"):
        _count(digits, 11, 11)
    elif digits.startswith("0"):
        _count(digits, 10, 12)  # 0932 and seven digits, 010 and eight; twelve from a four-digit area with eight
    else:
        _count(digits, 7, 8)
    return digits


def _count(digits: str, least: int, most: int) -> None:
    short, over = least - len(digits), len(digits) - most
    if short > 0:
        raise forms.ValidationError(
            ngettext_lazy(
                "The number is one digit short. Please look again.",
                "The number is %(n)d digits short. Please look again.",
                "n",
            ),
            code="short",
            params={"n": short},
        )
    if over > 0:
        raise forms.ValidationError(
            ngettext_lazy(
                "The number is one digit too long. Please look again.",
                "The number is %(n)d digits too long. Please look again.",
                "n",
            ),
            code="long",
            params={"n": over},
        )


class PhoneField(forms.CharField):
    """A telephone number as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        super().__init__(required=False, max_length=40, widget=forms.TextInput(attrs=given), **kwargs)

    def to_python(self, value: Any) -> str:
        return clean_phone(super().to_python(value) or "")


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


class SharedFields(dict[str, forms.Field]):
    """The fields of a form whose sheets are many and never change theirs: each sheet gets them without a deep copy.

    Django copies every field, widget and message for every sheet, half a millisecond a report. A sheet that does change
    one (choices out of the database) copies that one by itself (`own`).
    """

    def __deepcopy__(self, memo: Any) -> dict[str, forms.Field]:
        return {name: copy.copy(field) for name, field in self.items()}


def own(form: forms.BaseForm, name: str) -> Any:
    """This sheet's own copy of a shared field, to be changed."""
    field = form.fields[name] = copy.deepcopy(form.fields[name])
    form._bound_fields_cache.pop(name, None)  # type: ignore[attr-defined] # bound to the shared one when it was cleaned
    return field


class RowChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A row of the village; what is no id at all is answered like an id that is not offered."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class PostChoice(RowChoice):
    """Offices by title: a complaint names an office, never a person."""

    def label_from_instance(self, obj: Post) -> str:
        return f"{obj.title} · {obj.grid.name}" if obj.grid and obj.grid.name not in obj.title else obj.title
