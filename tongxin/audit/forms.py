"""Twelve characters off a paper; the filters of who looked."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tongxin.audit import verifier


class PaperForm(forms.Form):
    """What stands on a notice, however it is typed."""

    characters = forms.CharField(
        label=_("The twelve characters"),
        max_length=40,
        error_messages={"required": _("Write the twelve characters.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def clean_characters(self) -> str:
        plain = verifier.plain(self.cleaned_data["characters"])
        if len(plain) != 12 or any(ch not in verifier.ALPHABET for ch in plain):
            raise forms.ValidationError(_("Twelve letters and digits; 0, 1, I and O are never among them. Look again."))
        return plain


def month_of(text: str) -> date | None:
    """The first day of "2026-11"; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
