"""What is written when a list of many persons is to go out, and when the second body speaks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.core import sentences

LENGTH = 1000


def words(label: Any, hint: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": sentences.TOO_SHORT, "max_length": _("That is too long. Keep the main thing.")},
    )


class Plain(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class ReasonForm(Plain):
    """Why it is needed. Which list it is stands in a signed pass beside it."""

    reason = words(
        _("What is the list needed for?"),
        _("The other body reads it, and so does whoever looks into the record later."),
    )


class WordForm(Plain):
    """The second body's word; which of the two buttons was pressed stands in the address."""

    words = words(_("Why do you agree, or refuse?"), _("Whoever asked reads it."))
