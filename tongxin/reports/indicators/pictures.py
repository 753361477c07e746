"""Small charts, only from rows that are there. The title is a sentence, the table below holds the same numbers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext, pgettext_lazy

from tongxin.issues.models import Category, Status
from tongxin.reports import charts
from tongxin.reports.indicators.kinds import Part
from tongxin.reports.queries import Facts

Drawing = charts.Bars | charts.Columns | charts.Waffle
SQUARES = 130  # more things than this are bars, not squares
FEW = 10  # fewer than these are no distribution
PHONE = 300  # the box of a chart on a phone: about a point a unit

# the ends of a matter in the order they are drawn; "" is what was still open
ENDS: tuple[tuple[str, str | Promise], ...] = (
    (Status.SOLVED, pgettext_lazy("end of a matter", "Solved")),
    (Status.MERGED, pgettext_lazy("end of a matter", "Merged")),
    ("", pgettext_lazy("end of a matter", "In hand")),
    (Status.REFERRED, pgettext_lazy("end of a matter", "Passed on")),
    (Status.DECLINED, pgettext_lazy("end of a matter", "Not the village's")),
    (Status.NO_REPLY, pgettext_lazy("end of a matter", "No reply")),
    (Status.NOT_POSSIBLE, pgettext_lazy("end of a matter", "Cannot be done")),
)


@dataclass(frozen=True)
class Picture:
    """`drawing` is for wide pages and `narrow` for a phone, where the same letters would be too small to read."""

    code: str
    title: str
    drawing: Drawing
    narrow: Drawing
    note: str
    heads: tuple[str, str]
    rows: tuple[charts.Item, ...]
    is_wide: bool = False


def households_by_group(facts: Facts) -> Picture | None:
    items = [(total.label, total.number) for total in facts.totals(facts.by_group()) if total.label]
    if len(items) < 2 or not any(n for _label, n in items):
        return None
    one = gettext("%(which)s has the most households, %(n)s")
    title = _most(items, one, gettext("%(which)s have the most households, %(n)s each"))
    return _bars(
        "households_by_group", title, items, pgettext("column", "Households"), gettext("In households, on the day.")
    )


def people_by_group(facts: Facts) -> Picture | None:
    """Not drawn while a group has one or two people (k = 3)."""
    items = [(total.label, total.number) for total in facts.totals(facts.people_by_group) if total.label]
    if len(items) < 2 or not any(n for _label, n in items) or any(0 < n < 3 for _label, n in items):
        return None
    one = gettext("%(which)s has the most people, %(n)s")
    title = _most(items, one, gettext("%(which)s have the most people, %(n)s each"))
    return _bars("people_by_group", title, items, pgettext("column", "People"), gettext("In people, on the day."))


def _most(items: list[charts.Item], one: str, several: str) -> str:
    """The title names whoever has most; of a tie all of them, for a title may not pick one."""
    most = max(n for _label, n in items)
    which = [label for label, n in items if n == most]
    return (one if len(which) == 1 else several) % {"which": pgettext("list", ", ").join(which), "n": most}


def _bars(code: str, title: str, items: list[charts.Item], head: str, note: str) -> Picture:
    heads = (pgettext("column", "Group"), head)
    return Picture(code, title, charts.bars(items), charts.bars(items, PHONE), note, heads, tuple(items))


def matters_by_end(facts: Facts) -> Picture | None:
    ends = facts.told_by_end()
    items = [(str(label), ends[end]) for end, label in ENDS if ends[end]]
    told = sum(n for _label, n in items)
    if not told:
        return None
    title = gettext("%(told)s pressing matters were told, %(solved)s of them are solved") % {
        "told": told,
        "solved": ends[Status.SOLVED],
    }
    heads = (pgettext("column", "Where it stands"), pgettext("column", "Matters"))
    code = "matters_by_end"
    if told > SQUARES:
        note = gettext("Told in the period, as they stood on its last day.")
        return Picture(code, title, charts.bars(items), charts.bars(items, PHONE), note, heads, tuple(items))
    note = gettext("A square a matter. Told in the period, as they stood on its last day.")
    return Picture(code, title, charts.waffle(items), charts.waffle(items, PHONE, 9), note, heads, tuple(items))


def matters_by_category(facts: Facts) -> Picture | None:
    """Not drawn while there are so few that a subject would point at somebody (k = 3)."""
    found = facts.told_by_category().most_common()
    if len(found) < 2 or sum(n for _category, n in found) < FEW:
        return None
    items = [(str(Category(category).label), n) for category, n in found]
    one = gettext("Told most often: %(which)s, %(n)s")
    title = _most(items, one, gettext("Told most often: %(which)s, %(n)s each"))
    heads = (pgettext("column", "About"), pgettext("column", "Matters"))
    note = gettext("In matters, told in the period.")
    drawn, narrow = charts.bars(items), charts.bars(items, PHONE)
    return Picture("matters_by_category", title, drawn, narrow, note, heads, tuple(items))


def households_by_grid(facts: Facts) -> Picture | None:
    counted = facts.by_grid()
    items = [(str(grid.number), counted[grid.pk]) for grid in facts.grids]
    if len(items) < 2 or not any(n for _label, n in items):
        return None
    numbers = [n for _label, n in items]
    if min(numbers) == max(numbers):
        title = gettext("Each grid has %(n)s households") % {"n": max(numbers)}
    else:
        title = gettext("Each grid has %(least)s to %(most)s households") % {
            "least": min(numbers),
            "most": max(numbers),
        }
    note = gettext("In households, the grid's number beside them. %(n)s in all.") % {"n": sum(numbers)}
    heads = (pgettext("column", "Grid"), pgettext("column", "Households"))
    drawn, narrow = charts.columns(items), charts.bars(items, PHONE, 26)
    return Picture("households_by_grid", title, drawn, narrow, note, heads, tuple(items), True)


BY_PART: dict[Part, tuple[Callable[[Facts], Picture | None], ...]] = {
    Part.CORE: (households_by_group, people_by_group),
    Part.GOVERNANCE: (matters_by_end, matters_by_category),
    Part.DISTANCE: (households_by_grid,),
}


def of_part(part: Part, facts: Facts) -> list[Picture]:
    return [picture for draw in BY_PART.get(part, ()) if (picture := draw(facts)) is not None]
