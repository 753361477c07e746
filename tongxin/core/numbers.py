"""Numbers that survive dialect, telephone and a wet slip: digits only, with a check digit. Pure arithmetic.

A matter's number is `YY-NNNN-C`: year, sequence in the village, one check digit by Damm's quasigroup of order ten
(H. M. Damm, 2004), which catches every wrong digit and every swap of neighbours. The 617th matter of 2023 is therefore
23-0617-1; numbers printed in older drafts (23-0617-4) only show the shape. The sequence grows to five digits and more
when a village needs them; since it is padded to four and no further, a number can be read in one way only.
"""

import unicodedata
from typing import Final

# Damm's table: totally anti-symmetric, zeros on the diagonal
_DAMM: Final = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_CHINESE: Final = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **{"○": "0", "幺": "1", "两": "2", "貳": "2", "參": "3", "陸": "6"},
}
_IGNORED: Final = frozenset("-‐‑‒–—―−_.·,:#/~ 第编号編號是")


def gettext_noop(text: str) -> str:
    """Marks a message for the catalogue; whoever shows it translates it."""
    return text


EMPTY: Final = gettext_noop("Please write the number.")
FOREIGN: Final = gettext_noop("A number has digits only.")
LENGTH: Final = gettext_noop("A number has seven digits. Please count them.")
CHECK: Final = gettext_noop("One digit is wrong. Please look again.")


class BadNumber(ValueError):
    """The text is no number; `reason` is a message for the person, to be translated where it is shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_digit(digits: str) -> str:
    """The digit that belongs behind `digits` (ASCII digits only)."""
    state = 0
    for digit in digits:
        state = _DAMM[state][int(digit)]
    return str(state)


def compose(year: int, sequence: int) -> str:
    """`compose(2023, 617)` is "23-0617-1". Years 2000 to 2099, sequences from 1."""
    if not 2000 <= year <= 2099 or sequence < 1:
        raise ValueError("a number needs a year of this century and a sequence from 1")
    front, middle = f"{year % 100:02d}", f"{sequence:04d}"
    return f"{front}-{middle}-{check_digit(front + middle)}"


def parse(text: str) -> tuple[int, int]:
    """The year and the sequence that somebody typed, read or spoke: `parse("二三零六一七一")` is (2023, 617).

    Takes spaces, missing dashes, full-width and Chinese digits. 一 is a dash when the digits are Arabic.

    Raises:
        BadNumber: with the reason.
    """
    digits = _digits(text)
    if not digits:
        raise BadNumber(EMPTY)
    if len(digits) < 7 or (len(digits) > 7 and digits[2] == "0"):
        raise BadNumber(LENGTH)
    if check_digit(digits) != "0":  # a number together with its check digit always comes to zero
        raise BadNumber(CHECK)
    sequence = int(digits[2:-1])
    if sequence < 1:
        raise BadNumber(CHECK)
    return 2000 + int(digits[:2]), sequence


def _digits(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if not any(ch in _CHINESE and ch != "一" for ch in plain) and any(ch.isdecimal() for ch in plain):
        plain = plain.replace("一", "-")
    found = []
    for ch in plain:
        if ch in _CHINESE:
            found.append(_CHINESE[ch])
        elif (value := unicodedata.decimal(ch, None)) is not None:
            found.append(str(value))
        elif not (ch in _IGNORED or ch.isspace() or unicodedata.category(ch) == "Cf"):
            raise BadNumber(FOREIGN)
    return "".join(found)


# --- the codes on posters ---------------------------------------------------------------------------------------
CODE_ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 symbols; 0, 1, I and O are left out: they look alike
_VALUE: Final = {symbol: value for value, symbol in enumerate(CODE_ALPHABET)}


def _times_alpha(value: int) -> int:
    """Multiply by the root of x^5 + x^2 + 1 in the field of 32 elements."""
    value <<= 1
    return value ^ 0b100101 if value & 0b100000 else value


def code_check(text: str) -> str:
    """The two check symbols of a place's code; "" when `text` holds a foreign symbol or more than 30.

    A shortened Reed–Solomon code: any two wrong symbols, and so any swap of two, are noticed.
    Small letters, spaces and dashes are read tolerantly.
    """
    symbols = text.strip().upper().replace("-", "").replace(" ", "")
    if len(symbols) > 30 or any(symbol not in _VALUE for symbol in symbols):
        return ""
    plain = weighted = 0
    for symbol in reversed(symbols):  # Horner: the sum of value × alpha^position, positions from 1
        plain ^= _VALUE[symbol]
        weighted = _times_alpha(weighted ^ _VALUE[symbol])
    return CODE_ALPHABET[plain] + CODE_ALPHABET[weighted]
