"""One-time codes that a person reads from paper and types once."""

import secrets
import unicodedata
from typing import Final

READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # 31 symbols; 0, o, 1, l and i are left out: they look alike


def readable(groups: int, length: int) -> str:
    """`readable(4, 4)` is `k7mw-3xqd-…`: 79 bits; `readable(2, 5)` 49 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _n in range(length)) for _g in range(groups))


def digits(count: int) -> str:
    """That many random digits, a zero in front as likely as any."""
    return f"{secrets.randbelow(10**count):0{count}d}"


def plain(text: str) -> str:
    """What was typed, however: capitals, blanks, dashes and full-width letters do not count."""
    low = unicodedata.normalize("NFKC", text).lower()
    return "".join(ch for ch in low if ch.isalnum())
