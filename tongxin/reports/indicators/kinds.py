"""What an indicator is, and what a list of records behind a figure is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from statistics import median
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tongxin.reports.period import Period
from tongxin.reports.queries import Facts, Total
from tongxin.reports.rounding import plain
from tongxin.territory.models import Village

Text = str | Promise


class Part(models.TextChoices):
    """The five rings of the model: 一核, 双业, 三治, 六机制, 零距离."""

    CORE = "core", _("One core")
    INDUSTRY = "industry", _("Two industries")
    GOVERNANCE = "governance", _("Three kinds of governance")
    MECHANISM = "mechanism", _("Six mechanisms")
    DISTANCE = "distance", _("Zero distance")


@dataclass(frozen=True)
class Section:
    """A group of figures under one small heading."""

    code: str
    part: Part
    name: Text


class Kind(Enum):
    """A stock is counted on a day, a flow over the period."""

    STOCK = "stock"
    FLOW = "flow"


class Form(Enum):
    COUNT = "count"
    MEASURE = "measure"  # metres, mu, hours: as many decimals as it needs
    MONEY = "money"  # yuan, always two decimals
    SHARE = "share"  # '17/17'
    TEXT = "text"  # a version


class Sensitivity(Enum):
    """Who may open the rows. The figure itself is public."""

    OPEN = "open"
    OFFICE = "office"


class Tally(Enum):
    """How the rows make the figure."""

    COUNT = "count"
    SUM = "sum"
    SHARE = "share"
    MEDIAN = "median"


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        return f"{self.part}/{self.whole}"


Value = int | Decimal | Share | str | None


@dataclass(frozen=True)
class Cell:
    """A column of the list."""

    key: str
    label: Text
    kind: str = "text"  # as `core.ledgers` has them: text, number, date
    width: int = 16


PERSONS = frozenset({"person", "worker"})  # columns in which a name stands


@dataclass(frozen=True)
class Records:
    """The rows that a figure counts: `total` is made from the rows and nothing else.

    Args:
        rows: what is shown to this reader, one item a row; a sequence or a query.
        hidden: counted all the same, but not shown to this reader.
        cells: an item -> its cells, in the order of `columns`.
        column: the key of the column that is summed, is the mark of a share, or is looked at for the middle.
        totals: the same things by villager group, for whoever may not open the rows.
        hides_few: whether a total of one or two is said as 'fewer than three' in public (k = 3).
    """

    columns: tuple[Cell, ...] = ()
    rows: "Sequence[Any] | QuerySet[Any]" = ()
    cells: Callable[[Any], Sequence[object]] = list
    tally: Tally = Tally.COUNT
    column: str = ""
    hidden: Sequence[Any] = ()
    totals: tuple[Total, ...] = ()
    hides_few: bool = False

    @property
    def names_persons(self) -> bool:
        """Whether a row tells the name of somebody."""
        return any(cell.key in PERSONS for cell in self.columns)

    @property
    def shown(self) -> int:
        return self.rows.count() if isinstance(self.rows, QuerySet) else len(self.rows)

    @property
    def count(self) -> int:
        return self.shown + len(self.hidden)

    @property
    def total(self) -> Value:
        """What the rows add up to: the figure itself, or it is no figure of these rows."""
        if self.tally is Tally.COUNT:
            return self.count
        at = [column.key for column in self.columns].index(self.column)
        found: list[Any] = [self.cells(item)[at] for item in [*self.rows, *self.hidden]]
        if self.tally is Tally.SHARE:
            return Share(sum(1 for cell in found if cell), self.count)
        known = [cell for cell in found if cell is not None]
        if not known:
            return None
        return middle(known) if self.tally is Tally.MEDIAN else sum(known, Decimal(0))


def middle(values: Sequence[Decimal]) -> Decimal:
    """The median, to a tenth."""
    return Decimal(median(values)).quantize(Decimal("0.1"))


def nothing(facts: Facts) -> Value:
    """A domain whose records this system does not keep yet: unknown, which is not nought."""
    return None


def no_rows(facts: Facts, user: object) -> Records:
    return Records()


@dataclass(frozen=True, kw_only=True)
class Indicator:
    """One figure of the village report: derived from records, never typed in.

    Args:
        code: its name in the code and in `/report.json`.
        definition: in a sentence, what counts and what does not (口径).
        count: the figure from the facts; None when nothing is recorded.
        rows: the rows that it counts, as this user may see them.
    """

    code: str
    name: Text
    definition: Text
    unit: Text
    section: Section
    kind: Kind = Kind.STOCK
    form: Form = Form.COUNT
    sensitivity: Sensitivity = Sensitivity.OPEN
    count: Callable[[Facts], Value] = field(default=nothing, repr=False)
    rows: Callable[[Facts, object], Records] = field(default=no_rows, repr=False)

    @property
    def part(self) -> Part:
        return self.section.part

    @property
    def is_built(self) -> bool:
        """Whether this system keeps the records at all."""
        return self.count is not nothing

    def value(self, village: Village, period: Period) -> Value:
        return self.count(Facts(village, period))

    def records(self, village: Village, period: Period, user: object = None) -> Records:
        return self.rows(Facts(village, period), user)

    def text(self, value: Value) -> str | None:
        """The figure as a machine reads it: '3036', '1368.00', '17/17'; None when nothing is recorded."""
        if value is None:
            return None
        if self.form is Form.MONEY and isinstance(value, (int, Decimal)):
            return f"{Decimal(value):.2f}"
        if isinstance(value, Decimal):
            return str(plain(value.normalize()) if value == value.to_integral_value() else value.normalize())
        return str(value)


def say(cell: object) -> str:
    """A cell of the list as a person reads it."""
    if cell is None or cell == "":
        return "–"
    if cell is True:
        return pgettext("mark", "yes")
    if cell is False:
        return pgettext("mark", "no")
    if isinstance(cell, (date, datetime)):
        return dateformat.format(cell, pgettext("date format", "j F Y"))
    if isinstance(cell, Decimal):
        return str(plain(cell))
    return str(cell)


def typed(cell: object) -> object:
    """A cell as a spreadsheet keeps it: days and numbers as they are, the rest as words."""
    if isinstance(cell, bool):
        return say(cell)
    if cell is None or isinstance(cell, (date, int)):
        return cell
    return plain(cell) if isinstance(cell, Decimal) else str(cell)
