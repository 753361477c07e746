"""What is written when an envelope is to be opened, and when the second body speaks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.issues.actions.unsealing import CASE_NUMBER_LENGTH
from tongxin.issues.forms.desk import READ_BY_TELLER, TOO_LONG, StepForm, words


class AskForm(StepForm):
    case_number = forms.CharField(
        label=_("Case number"),
        help_text=_("Of the file in which the reason can be looked up."),
        max_length=CASE_NUMBER_LENGTH,
        error_messages={**TOO_LONG, "required": _("Write the case number, so that anybody can look it up.")},
    )
    reason = words(
        _("Why must it be known who told it?"),
        _("Write why, in a sentence: at least ten characters."),
        hint=READ_BY_TELLER,
    )


class WordForm(forms.Form):
    """The second body's word; which of the two buttons was pressed stands in the address."""

    words = words(
        _("Why do you agree, or refuse?"), _("Write why, in a sentence: at least ten characters."), hint=READ_BY_TELLER
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
