"""Zero distance between a person and a service (Z1-Z5)."""

from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.bodies.roles import Role
from tongxin.issues.models import Issue
from tongxin.reports.indicators import rows, sections
from tongxin.reports.indicators.kinds import Cell, Form, Indicator, Kind, Records, Share, Tally, middle
from tongxin.reports.queries import Facts
from tongxin.territory.models import Grid


def grids(facts: Facts) -> int | None:
    return len(facts.grids) if facts.all_grids else None


def grid_rows(facts: Facts, user: object) -> Records:
    homes = facts.by_grid()

    def cells(grid: Grid) -> list[object]:
        return [grid.name, facts.group_name(grid.group_id), grid.extent, grid.opened_on, homes[grid.pk]]

    extent = Cell("extent", pgettext_lazy("column", "From where to where"), width=40)
    columns = (
        rows.GRID,
        rows.GROUP,
        extent,
        rows.SINCE,
        Cell("households", pgettext_lazy("column", "Households"), "number"),
    )
    return Records(columns, facts.grids, cells)


def grids_answered(facts: Facts) -> Share | None:
    """None while nobody was ever appointed to a grid."""
    if not facts.grids or not any(row.post.role == Role.GRID_WORKER for row in facts.all_appointments):
        return None
    held = {row.post.grid_id for row in facts.appointments(Role.GRID_WORKER)}
    return Share(sum(grid.pk in held for grid in facts.grids), len(facts.grids))


def grids_answered_rows(facts: Facts, user: object) -> Records:
    held = {row.post.grid_id for row in facts.appointments(Role.GRID_WORKER)}

    def cells(grid: Grid) -> list[object]:
        return [grid.name, facts.group_name(grid.group_id), grid.pk in held]

    columns = (rows.GRID, rows.GROUP, Cell("answered", pgettext_lazy("column", "Somebody answers for it")))
    return Records(columns, facts.grids, cells, Tally.SHARE, "answered")


def hours_between(first: str, then: str) -> Callable[[Facts], Decimal | None]:
    def count(facts: Facts) -> Decimal | None:
        known = [h for i in facts.solved if (h := rows.hours_of(facts, i, first, then)) is not None]
        return middle(known) if known else None

    return count


def list_hours(first: str, then: str) -> Callable[[Facts, object], Records]:
    def listed(facts: Facts, user: object) -> Records:
        def cells(issue: Issue) -> list[object]:
            story = facts.stories[issue.pk]
            days = [facts.day(getattr(story, step)) for step in (first, then)]
            return [*rows.matter_cells(facts, issue), *days, rows.hours_of(facts, issue, first, then)]

        shown, hidden = rows.split(facts, user)
        columns = (
            rows.TITLE,
            rows.GROUP,
            Cell("first", STEP_NAMES[first], "date"),
            Cell("then", STEP_NAMES[then], "date"),
            Cell("hours", pgettext_lazy("column", "Hours between"), "number"),
        )
        return Records(columns, shown, cells, Tally.MEDIAN, "hours", hidden)

    return listed


STEP_NAMES = {
    "report": pgettext_lazy("column", "Told on"),
    "accept": pgettext_lazy("column", "Taken on"),
    "dispatch": pgettext_lazy("column", "Given out on"),
    "answer": pgettext_lazy("column", "Answered on"),
    "confirm": pgettext_lazy("column", "Confirmed on"),
}

NET = (
    Indicator(
        code="grids",
        name=pgettext_lazy("figure", "Grids, each household lies in one"),
        definition=_("Grids that exist on the day. Each household of the village lies in exactly one."),
        unit=sections.PIECES,
        section=sections.NET,
        count=grids,
        rows=grid_rows,
    ),
    Indicator(
        code="grids_answered",
        name=pgettext_lazy("figure", "Grids somebody answers for"),
        definition=_("Of the grids on the day, those that have a grid worker appointed."),
        unit=sections.PIECES,
        section=sections.NET,
        form=Form.SHARE,
        count=grids_answered,
        rows=grids_answered_rows,
    ),
)

STEPS = tuple(
    Indicator(
        code=code,
        name=name,
        definition=definition,
        unit=sections.HOURS,
        section=sections.STEPS,
        kind=Kind.FLOW,
        form=Form.MEASURE,
        count=hours_between(first, then),
        rows=list_hours(first, then),
    )
    for code, first, then, name, definition in (
        (
            "hours_to_accept",
            "report",
            "accept",
            pgettext_lazy("figure", "Until taken on"),
            _("Of the pressing matters solved in the period, the middle one's hours from told to taken on."),
        ),
        (
            "hours_to_dispatch",
            "accept",
            "dispatch",
            pgettext_lazy("figure", "Until given out"),
            _("Of the pressing matters solved in the period, the middle one's hours from taken on to given out."),
        ),
        (
            "hours_to_answer",
            "dispatch",
            "answer",
            pgettext_lazy("figure", "Until answered"),
            _("Of the pressing matters solved in the period, the middle one's hours from given out to answered."),
        ),
        (
            "hours_to_confirm",
            "answer",
            "confirm",
            pgettext_lazy("figure", "Until confirmed"),
            _("Of the pressing matters solved in the period, the middle one's hours from the answer to the yes."),
        ),
    )
)

WINDOW = (
    Indicator(
        code="counter_cases",
        name=pgettext_lazy("figure", "Things done at the one window"),
        definition=_("Things that residents came for, or had done by proxy, and that were finished in the period."),
        unit=sections.MATTERS,
        section=sections.WINDOW,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="counter_same_day_share",
        name=pgettext_lazy("figure", "Done on the same day"),
        definition=_("Of these, those finished on the day on which they were asked for."),
        unit=sections.MATTERS,
        section=sections.WINDOW,
        kind=Kind.FLOW,
        form=Form.SHARE,
    ),
)

ALL = (*NET, *STEPS, *WINDOW)
