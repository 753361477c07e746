"""The report of a village as a page needs it: rings, sections in rows of four, figures, charts, the paragraph."""

from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.core.templatetags.look import thousands
from tongxin.reports import indicators
from tongxin.reports.indicators.kinds import Indicator, Part, Text, Value
from tongxin.reports.indicators.paragraph import paragraph
from tongxin.reports.indicators.pictures import Picture, of_part
from tongxin.reports.period import Period
from tongxin.reports.queries import Facts

ACROSS = 4  # figures side by side on a wide page

NAMES: dict[Part, tuple[Text, Text, Text]] = {  # on the ring, as a heading, and what it is about
    Part.CORE: (
        pgettext_lazy("ring", "Core"),
        _("One core, many bodies"),
        _("Each number is counted from the records. Press it to see which ones."),
    ),
    Part.INDUSTRY: (
        pgettext_lazy("ring", "Industries"),
        _("Two industries"),
        _("Two industries that raise incomes together"),
    ),
    Part.GOVERNANCE: (
        pgettext_lazy("ring", "Governance"),
        _("Three kinds of governance"),
        _("Self-governance, law and virtue joined"),
    ),
    Part.MECHANISM: (
        pgettext_lazy("ring", "Mechanisms"),
        _("Six mechanisms"),
        _("Talents, grids, places, services, points, oversight"),
    ),
    Part.DISTANCE: (
        pgettext_lazy("ring", "Distance"),
        _("Zero distance"),
        _("Somebody answers for each household"),
    ),
}


@dataclass(frozen=True)
class Figure:
    """One number with its way to the records. `whole` is grouped by thousands, `rest` the decimals."""

    indicator: Indicator
    value: Value
    period: Period

    @property
    def code(self) -> str:
        return self.indicator.code

    @property
    def url(self) -> str:
        """Where its rows are."""
        return f"{reverse('reports:records', args=[self.code])}?{query(self.period)}"

    @property
    def cell(self) -> object:
        """As a spreadsheet keeps it: a number where it is one, of money with both decimals."""
        return Decimal(self.text or 0) if isinstance(self.value, (int, Decimal)) else self.text

    @property
    def text(self) -> str | None:
        return self.indicator.text(self.value)

    @property
    def whole(self) -> str:
        return thousands((self.text or "").partition(".")[0])

    @property
    def rest(self) -> str:
        _head, point, tail = (self.text or "").partition(".")
        return point + tail if isinstance(self.value, (int, Decimal)) else ""


@dataclass(frozen=True)
class SectionView:
    code: str
    name: Text
    figures: list[Figure]

    @property
    def span(self) -> int:
        return min(len(self.figures), ACROSS)


@dataclass(frozen=True)
class PartView:
    code: str
    ring: Text
    name: Text
    lead: Text
    sections: list[SectionView]
    pictures: list[Picture]

    @property
    def unknown(self) -> list[Figure]:
        """Figures of which nothing is recorded: they stand together below, so that what is known can be seen."""
        return [figure for section in self.sections for figure in section.figures if figure.value is None]

    @property
    def rows(self) -> list[list[SectionView]]:
        """Sections with what is known of them, packed into rows of four figures, in their order."""
        packed: list[list[SectionView]] = []
        used = ACROSS
        for whole in self.sections:
            section = SectionView(whole.code, whole.name, [f for f in whole.figures if f.value is not None])
            if not section.figures:
                continue
            if used + section.span > ACROSS:
                packed.append([])
                used = 0
            packed[-1].append(section)
            used += section.span
        return packed


@dataclass(frozen=True)
class Report:
    period: Period
    parts: list[PartView]
    figures: list[Figure]
    sentences: list[str] = field(default_factory=list)


def query(period: Period) -> str:
    """The period as it stands in an address; a full year needs its last day only."""
    given = {"on": period.on.isoformat()}
    if not period.is_year:
        given = {"from": period.from_on.isoformat()} | given
    return urlencode(given)


def figures(facts: Facts) -> list[Figure]:
    return [Figure(indicator, indicator.count(facts), facts.period) for indicator in indicators.ALL]


def report(facts: Facts) -> Report:
    found = figures(facts)
    by_code = {figure.code: figure for figure in found}
    parts = []
    for part, (ring, name, lead) in NAMES.items():
        sections = [
            SectionView(section.code, section.name, [by_code[indicator.code] for indicator in of_section])
            for section, of_section in indicators.of_part(part)
        ]
        parts.append(PartView(part.value, ring, name, lead, sections, of_part(part, facts)))
    return Report(facts.period, parts, found, paragraph({figure.code: figure.value for figure in found}))
