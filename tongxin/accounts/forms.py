"""Who comes in, a new password, a second factor."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.core import codes


class Sheet(forms.Form):
    """A form whose labels end without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class LoginForm(Sheet):
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


class NewPasswordForm(Sheet):
    """The new one twice. `user` may be None: whose it is, is not known before the code is."""

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

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def owner(self) -> User | None:
        return self.user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "new" in data:
            try:
                password_validation.validate_password(data["new"], self.owner())
            except forms.ValidationError as error:
                self.add_error("new", error)
        if "new" in data and "again" in data and data["new"] != data["again"]:
            self.add_error("again", _("The two are not the same."))
        return data


class PasswordForm(NewPasswordForm):
    """The old one, and the new one twice."""

    old = forms.CharField(
        label=_("Old password"),
        max_length=256,
        strip=False,
        error_messages={"required": _("Write your old password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "new", "again")


class InvitedForm(NewPasswordForm):
    """Name and one-time code from the slip, and the password that one chooses."""

    username = forms.CharField(
        label=_("Log-in name"),
        max_length=64,
        error_messages={"required": _("Write your log-in name.")},
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("It stands on the slip: four times four letters and digits."),
        max_length=40,
        error_messages={"required": _("Write the code from the slip.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    field_order = ("username", "code", "new", "again")

    def owner(self) -> User:
        """Nobody is looked up before the code is right: the name as typed is enough to refuse it as a password."""
        return User(username=self.cleaned_data.get("username", ""))


class SecondForm(Sheet):
    """Six digits from the telephone, or a recovery code from paper."""

    code = forms.CharField(
        label=_("Code from the telephone"),
        help_text=_("Six digits; or one of the recovery codes that you have on paper."),
        max_length=24,
        error_messages={"required": _("Write the code.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class ConfirmForm(Sheet):
    """The first six digits that the telephone shows."""

    code = forms.CharField(
        label=_("Six digits"),
        help_text=_("They change every thirty seconds."),
        max_length=12,
        error_messages={"required": _("Write the six digits.")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return codes.plain(self.cleaned_data["code"])


class AgainForm(Sheet):
    """One's password once more, before something is changed that lets others in."""

    password = forms.CharField(
        label=_("Your password once more"),
        max_length=256,
        strip=False,
        error_messages={"required": _("Write your password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasskeyForm(Sheet):
    """What the browser answered, and what the owner calls it. Without scripts `answer` stays empty."""

    name = forms.CharField(
        label=_("What you call it"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Office computer")}),
    )
    answer = forms.CharField(max_length=16_384, required=False, widget=forms.HiddenInput)
