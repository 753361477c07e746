"""Who comes in, and a new password: what the shapes take."""

import pytest

from tongxin.accounts.forms import LoginForm, PasswordForm
from tongxin.accounts.models import User

LONG = "一句好记的新话，够长了吧"


@pytest.mark.parametrize("data", [{}, {"username": "a"}, {"password": "b"}, {"username": "a" * 65, "password": "b"}])
def test_a_log_in_needs_both_and_a_name_of_sane_length(data):
    assert not LoginForm(data).is_valid()


def test_a_password_keeps_its_blanks():
    form = LoginForm({"username": " a ", "password": " b "})
    assert form.is_valid() and form.cleaned_data == {"username": "a", "password": " b "}


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({"old": "x", "new": LONG, "again": LONG}, None),
        ({"old": "x", "new": "elevenchars", "again": "elevenchars"}, "new"),
        ({"old": "x", "new": "twelve-chars", "again": "twelve-chars"}, None),
        ({"old": "x", "new": LONG, "again": LONG + "x"}, "again"),
        ({"old": "", "new": LONG, "again": LONG}, "old"),
    ],
)
def test_a_new_password_is_long_enough_and_twice_the_same(data, at):
    form = PasswordForm(data, user=User(username="clerk", name="文书"))
    assert form.is_valid() == (at is None) and list(form.errors) == ([at] if at else [])
