"""Round numbers as village accounts say them, always downwards so that the sentence stays true. Pure.

106 people are '100-odd', 16 340 000 yuan 'more than 16 million', 21 200 yuan '20 000 or more'.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

MYRIAD = 10_000


class Style(Enum):
    EXACT = "exact"
    ODD = "odd"  # 余, 多: more than the round number that is said
    LEAST = "least"  # 以上: that number or more (≥)


@dataclass(frozen=True)
class Rounded:
    """A number to say; `more` when the true one is larger."""

    number: int | Decimal
    style: Style

    @property
    def is_myriads(self) -> bool:
        """Can be said in ten thousands, as Chinese does: 1 600 万."""
        return self.number >= MYRIAD and self.number % MYRIAD == 0

    @property
    def myriads(self) -> int:
        return int(self.number) // MYRIAD


def floor_to(value: int | Decimal, digits: int) -> int:
    """The value with all but its first `digits` digits made nought: (16340000, 2) -> 16000000."""
    whole = int(value)
    step: int = 10 ** max(len(str(abs(whole))) - digits, 0)
    return whole // step * step


def rounded(value: int | Decimal, style: Style) -> Rounded:
    """Say a number in a style. What is round already is said exactly, but 'or more' holds for it too (≥)."""
    if style is Style.EXACT or value < 10:
        return Rounded(plain(value), Style.EXACT)
    if style is Style.LEAST:
        return Rounded(floor_to(value, 1), Style.LEAST)
    number = floor_to(value, 2 if value >= MYRIAD else 1)
    return Rounded(number, Style.ODD if value > number else Style.EXACT)


def plain(value: int | Decimal) -> int | Decimal:
    """1368.00 is 1368; 180.5 stays."""
    return int(value) if value == int(value) else value
