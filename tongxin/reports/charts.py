"""Where the parts of a small chart stand, in the units of its view box. Pure: the templates draw.

Axes begin at nought, each value stands beside its bar, and the table below holds the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

Item = tuple[str, int]


@dataclass(frozen=True)
class Bar:
    label: str
    value: int
    x: float
    y: float
    width: float
    height: float

    @property
    def base(self) -> float:
        """Where the words beside a lying bar stand."""
        return round(self.y + self.height * 0.5 + 5, 1)

    @property
    def end(self) -> float:
        """Where the number after a lying bar begins."""
        return round(self.x + self.width + 8, 1)

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def above(self) -> float:
        """Where the number over a standing bar stands."""
        return round(self.y - 6, 1)


@dataclass(frozen=True)
class Bars:
    """Bars from left to right, one below the other."""

    shape: ClassVar[str] = "bars"
    width: int
    height: int
    label_width: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Columns:
    """Columns from a ground line upwards."""

    shape: ClassVar[str] = "columns"
    width: int
    height: int
    ground: float
    bars: tuple[Bar, ...]

    @property
    def below(self) -> float:
        return self.ground + 19.5


# the mark on a square of each series, in a unit box: who sees no colours, and a photocopier, tell them apart by it
MARKS = ("", "M.25.5h.5", "M.3.7L.7.3", "M.5.25v.5", "M.3.3l.4.4M.7.3l-.4.4", "M.25.5h.5M.5.25v.5", "M.3.3l.4.4")


@dataclass(frozen=True)
class Cell:
    x: float
    y: float
    series: int

    @property
    def mark(self) -> str:
        return MARKS[self.series % len(MARKS)]


@dataclass(frozen=True)
class Key:
    label: str
    value: int
    x: float
    y: float
    series: int

    @property
    def mark(self) -> str:
        return MARKS[self.series % len(MARKS)]

    @property
    def text_x(self) -> float:
        return self.x + 19

    @property
    def text_y(self) -> float:
        return self.y + 12


@dataclass(frozen=True)
class Waffle:
    """One square for each thing that is counted."""

    shape: ClassVar[str] = "waffle"
    width: int
    height: int
    side: float
    cells: tuple[Cell, ...]
    keys: tuple[Key, ...]


def text_width(text: str, size: float = 15) -> float:
    """About how wide a text is: a Chinese character is as wide as it is high, a letter a little over half."""
    return sum(size if ord(ch) > 0x2E7F else size * 0.58 for ch in text)


def bars(items: Sequence[Item], width: int = 480, row: int = 32) -> Bars:
    label_width = int(max((text_width(label) for label, _n in items), default=0)) + 12
    most = max((n for _label, n in items), default=0)
    value_width = text_width(f"{most:,}") + 10
    room = width - label_width - value_width
    placed = tuple(
        Bar(label, n, label_width, i * row + 4, round(room * n / most, 1) if most else 0, row - 10)
        for i, (label, n) in enumerate(items)
    )
    return Bars(width, len(items) * row, label_width, placed)


def columns(items: Sequence[Item], width: int = 760, height: int = 150) -> Columns:
    ground, top = height - 27.5, 22.0
    most = max((n for _label, n in items), default=0)
    slot = width / max(len(items), 1)
    thick = min(slot - 8, 64.0)
    placed = []
    for i, (label, n) in enumerate(items):
        tall = round((ground - top) * n / most, 1) if most else 0.0
        placed.append(
            Bar(label, n, round(i * slot + (slot - thick) / 2, 1), round(ground - tall, 1), round(thick, 1), tall)
        )
    return Columns(width, height, ground, tuple(placed))


def waffle(items: Sequence[Item], width: int = 480, across: int = 13) -> Waffle:
    """At most some hundreds of squares; a larger sum is for `bars`."""
    pitch = width / across
    side = round(pitch - 6, 1)
    cells, keys, count = [], [], 0
    x, rows = 0.0, 1
    for series, (label, n) in enumerate(items):
        wide = 18 + text_width(f"{label} {n}") + 18
        if x and x + wide > width:
            x, rows = 0.0, rows + 1
        keys.append((label, n, x, rows, series))
        x += wide
        for _i in range(n):
            cells.append(Cell(round(count % across * pitch, 1), round(count // across * pitch, 1), series))
            count += 1
    below = -(-count // across) * pitch + 14
    placed = tuple(Key(label, n, round(at, 1), round(below + (line - 1) * 26, 1), s) for label, n, at, line, s in keys)
    return Waffle(width, round(below + rows * 26), side, tuple(cells), placed)
