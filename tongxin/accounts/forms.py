"""Who comes in, and a new password."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User


class LoginForm(forms.Form):
    """Name and password; what was typed as a name is kept over an error, a password never."""

    username = forms.CharField(
        label=_("Log-in name"),
        max_length=64,
        error_messages={"required": _("Write your log-in name.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        error_messages={"required": _("Write your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class PasswordForm(forms.Form):
    """The old one, and the new one twice."""

    old = forms.CharField(
        label=_("Old password"),
        max_length=256,
        strip=False,
        error_messages={"required": _("Write your old password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters. A short sentence is easy to remember."),
        max_length=256,
        strip=False,
        error_messages={"required": _("Write a new password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password once more"),
        max_length=256,
        strip=False,
        error_messages={"required": _("Write it once more.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "new" in data and "again" in data and data["new"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data
