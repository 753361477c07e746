"""Passwords that others would try first: Django's list of breached ones is short of words from here."""

import re
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tongxin.accounts.queries import DEMO_PASSWORD

# What people in China and everywhere build long passwords from: keyboard rows, rows of digits, words of love and luck,
# the word password, the office, the product. Taken from what published leaks have in common.
KNOWN: Final = (
    *("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "asdfgh", "zxcvbn", "qazwsxedc", "qazwsx", "1qaz2wsx3edc"),
    *("1qaz2wsx", "q1w2e3r4t5y6", "q1w2e3r4", "1q2w3e4r5t6y", "1q2w3e4r", "qweasdzxc", "qweasd", "abcdefghijkl"),
    *("abcdefg", "abcdef", "abcd", "abc", "12345678910", "1234567890", "0123456789", "123456789", "987654321"),
    *("12345678", "87654321", "1234567", "123456", "654321", "12345", "1234", "123", "147258369", "159357", "5201314"),
    *("1314520", "520520", "5211314", "woaini", "woaiwojia", "iloveyou", "ilove", "aini", "zhongguo", "beijing"),
    *("lanzhou", "dingxi", "gansu", "woshi", "nihao", "password", "passw0rd", "p@ssw0rd", "p@ssword", "pass", "mima"),
    *("admin", "administrator", "root", "user", "test", "guest", "welcome", "login", "letmein", "changeme", "secret"),
    *("tongxin", "cunwei", "cunweihui", "zhishu", "wenshu", "wangge", "cunmin", "village", "office", "tongan", "yicun"),
    *(
        "同心",
        "村委会",
        "村委",
        "村民",
        "支书",
        "文书",
        "网格员",
        "网格",
        "通安驿村",
        "通安驿",
        "密码",
        "我爱你",
        "中国",
    ),
)
LEAST: Final = 6  # characters that must be left when everything known is taken away
KINDS: Final = 5  # different characters


class ContextValidator:
    """Refuse what is built from the name, the office, the product, keyboard rows, years and repetition alone."""

    def validate(self, password: str, user: Any = None) -> None:
        low = password.lower()
        if low == DEMO_PASSWORD:
            raise ValidationError(_("This password is printed in the demonstration."), code="known")
        left = low
        for word in sorted({*KNOWN, *_of(user)}, key=len, reverse=True):
            left = left.replace(word, " ")
        left = re.sub(r"(?:19|20)\d\d(?:[01]\d(?:[0-3]\d)?)?", " ", left)  # years and birthdays
        left = re.sub(r"(.+?)\1{2,}", r"\1", left)  # aaaa, 121212
        left = re.sub(r"[\W_]", "", left)
        if len(left) < LEAST or len(set(low)) < KINDS:
            raise ValidationError(_("Others would guess this one. Take a sentence that only you know."), code="known")

    def get_help_text(self) -> str:
        return _("Not your name, the office, a year or a row of keys.")


def _of(user: Any) -> set[str]:
    """The words of the log-in itself, of three letters or two characters and more."""
    texts = [str(getattr(user, field, "") or "").lower() for field in ("username", "name")]
    words = {word for text in texts for word in re.split(r"[\W_\d]+", text)} | set(texts)
    return {word for word in words if len(word) >= (3 if word.isascii() else 2)}
