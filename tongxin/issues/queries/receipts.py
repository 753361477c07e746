"""Sixteen symbols open a sealed matter: 80 bits, kept as a keyed hash, forgiving to the hand that types them (R22)."""

import unicodedata
from typing import Final
from uuid import UUID

from tongxin.core import crypto
from tongxin.core.numbers import gettext_noop
from tongxin.issues.models import Issue
from tongxin.issues.queries.seeing import rows

SYMBOLS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's 32: no I, L, O, U, so that lookalikes can be forgiven
LENGTH: Final = 16
ALIKE: Final = {**dict.fromkeys("O〇零○", "0"), **dict.fromkeys("IL|一幺", "1"), "U": "V"}  # zh: digits as spoken
ALIKE.update(zip("二三四五六七八九两", "234567892", strict=True))  # zh: digits as spoken
SPACES: Final = frozenset("-‐‑‒–—―−_.·,，、。:：/ ")

EMPTY: Final = gettext_noop("Please type the code.")
SHORT: Final = gettext_noop("The code has 16 letters and digits. Some are missing.")
OVER: Final = gettext_noop("The code has 16 letters and digits. There are too many.")
FOREIGN: Final = gettext_noop("The code has letters and digits only.")


class BadReceipt(ValueError):
    """The text cannot be a receipt; says so by its shape alone and asks no table. `reason` is for the person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def tidy(text: str) -> str:
    """The sixteen symbols that somebody typed, read or spoke. O is 0, I and L are 1, U is V; small and full-width
    letters, Chinese digits, blanks and dashes do not matter.

    Raises:
        BadReceipt: too short, too long, or a foreign character.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    if any(ch.isascii() and ch.isalnum() for ch in plain):
        plain = plain.replace("一", "-")  # zh: a dash from a Chinese keyboard
    found = []
    for ch in plain:
        if ch in SPACES or ch.isspace() or unicodedata.category(ch) == "Cf":
            continue
        symbol = ALIKE.get(ch, ch)
        if symbol not in SYMBOLS:
            raise BadReceipt(FOREIGN)
        found.append(symbol)
    if len(found) != LENGTH:
        raise BadReceipt(EMPTY if not found else SHORT if len(found) < LENGTH else OVER)
    return "".join(found)


def written(bits: int) -> str:
    """Eighty bits as a receipt."""
    return "".join(SYMBOLS[bits >> 5 * i & 31] for i in range(LENGTH))


def grouped(receipt: str) -> str:
    """In groups of four, as it is shown."""
    return " ".join(receipt[i : i + 4] for i in range(0, len(receipt), 4))


def index(village_id: UUID, receipt: str) -> str:
    """What is kept of it: a keyed hash, the key outside the database."""
    return crypto.blind_index(receipt, "receipt", village_id)


def by_receipt(village_id: UUID, receipt: str) -> Issue | None:
    """The matter of a receipt: its hashes and one look into an index, whether there is one or not."""
    found = rows().of(village_id).filter(receipt_index__in=crypto.blind_indexes(receipt, "receipt", village_id))
    return found.select_related("village", "group", "place", "handler_post", "about_post").first()
