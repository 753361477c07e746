"""Lists that several figures share: bodies, holders of posts, places, matters."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext, pgettext, pgettext_lazy

from tongxin.bodies.models import Appointment, Body
from tongxin.issues import queries as issues
from tongxin.issues.models import Issue
from tongxin.reports.indicators.kinds import Cell, Records, Tally
from tongxin.reports.queries import Facts, Story
from tongxin.territory.models import Place

SINCE = Cell("since", pgettext_lazy("column", "Since"), "date")
NAME = Cell("name", pgettext_lazy("column", "Name"))
PERSON = Cell("person", pgettext_lazy("column", "Person"))
GROUP = Cell("group", pgettext_lazy("column", "Group"))
GRID = Cell("grid", pgettext_lazy("column", "Grid"))


def at_least_three(n: int) -> object:
    """Of one or two people in a group nothing is told in public (k = 3)."""
    return n if n == 0 or n >= 3 else gettext("fewer than 3")


# --- bodies -------------------------------------------------------------------------------------------------------
def count_bodies(*kinds: str) -> Callable[[Facts], int | None]:
    """How many bodies of these kinds there are on the day; None when none was ever entered."""

    def count(facts: Facts) -> int | None:
        return len(facts.bodies(*kinds)) if any(body.kind in kinds for body in facts.all_bodies) else None

    return count


def list_bodies(*kinds: str) -> Callable[[Facts, object], Records]:
    def listed(facts: Facts, user: object) -> Records:
        def cells(body: Body) -> list[object]:
            return [body.name, body.get_kind_display(), body.duty, body.opened_on]

        columns = (
            NAME,
            Cell("kind", pgettext_lazy("column", "Kind")),
            Cell("duty", pgettext_lazy("column", "What it does"), width=40),
            SINCE,
        )
        found = sorted(facts.bodies(*kinds), key=lambda body: (kinds.index(body.kind), body.name))
        return Records(columns, found, cells)

    return listed


# --- holders of posts ---------------------------------------------------------------------------------------------
def count_holders(role: str) -> Callable[[Facts], int | None]:
    """How many people hold a post of this role on the day; None when nobody ever did."""

    def count(facts: Facts) -> int | None:
        if not any(row.post.role == role for row in facts.all_appointments):
            return None
        return len({row.person_id for row in facts.appointments(role)})

    return count


def list_holders(role: str) -> Callable[[Facts, object], Records]:
    """One row a person, whatever number of posts they hold in the role."""

    def listed(facts: Facts, user: object) -> Records:
        held: dict[UUID, list[Appointment]] = {}
        for row in facts.appointments(role):
            held.setdefault(row.person_id, []).append(row)
        names = facts.names(held)

        def cells(of: list[Appointment]) -> list[object]:
            grids = [row.post.grid.name for row in of if row.post.grid]
            titles = dict.fromkeys(row.post.title for row in of)
            return [names[of[0].person_id], _listed(titles), _listed(grids), min(row.from_on for row in of)]

        columns = (PERSON, Cell("post", pgettext_lazy("column", "Post")), GRID, SINCE)
        return Records(
            columns, list(held.values()), cells, totals=facts.totals(by_group(of[0] for of in held.values()))
        )

    return listed


def by_group(held: Iterable[Appointment]) -> Counter[UUID]:
    """Holders by the group of their post's grid; a post without a grid belongs to the whole village."""
    return Counter(row.post.grid.group_id if row.post.grid else UUID(int=0) for row in held)


def _listed(words: Iterable[str]) -> str:
    return pgettext("list", ", ").join(words)


# --- places -------------------------------------------------------------------------------------------------------
def has_places(facts: Facts, kind: str) -> bool:
    return any(place.kind == kind for place in facts.all_places)


def count_places(kind: str) -> Callable[[Facts], int | None]:
    def count(facts: Facts) -> int | None:
        return len(facts.places(kind)) if has_places(facts, kind) else None

    return count


def metres_of(kind: str) -> Callable[[Facts], Decimal | None]:
    """Metres in use on the day; None when no length was ever entered."""

    def count(facts: Facts) -> Decimal | None:
        if not any(place.kind == kind and place.length_m for place in facts.all_places):
            return None
        return sum((place.length_m or Decimal(0) for place in facts.places(kind)), Decimal(0))

    return count


def list_places(kind: str, *, measured: bool = False) -> Callable[[Facts, object], Records]:
    """Each place with what it is used for, or with its metres, which are then summed."""

    def listed(facts: Facts, user: object) -> Records:
        def cells(place: Place) -> list[object]:
            about = place.length_m if measured else place.functions
            return [place.name, facts.group_name(place.group_id), place.opened_on, about]

        columns = (NAME, GROUP, Cell("since", pgettext_lazy("column", "In use since"), "date"))
        if measured:
            metres = Cell("metres", pgettext_lazy("column", "Length in metres"), "number")
            return Records((*columns, metres), facts.places(kind), cells, Tally.SUM, "metres")
        functions = Cell("functions", pgettext_lazy("column", "What it is used for"), width=40)
        return Records((*columns, functions), facts.places(kind), cells)

    return listed


# --- matters ------------------------------------------------------------------------------------------------------
def split(facts: Facts, user: object) -> tuple[list[Issue], list[Issue]]:
    """(shown to this reader, counted but not shown): by what stands in public, and by the rights of staff."""
    if not facts.solved:
        return [], []
    open_to = issues.rows().of(facts.village).shown_to_all()
    seen = set(open_to.filter(pk__in=[i.pk for i in facts.solved]).values_list("pk", flat=True))
    of_office = issues.visible_to(user, facts.village.pk).filter(pk__in=[i.pk for i in facts.solved])
    seen |= set(of_office.values_list("pk", flat=True))
    return [i for i in facts.solved if i.pk in seen], [i for i in facts.solved if i.pk not in seen]


TITLE = Cell("title", pgettext_lazy("column", "Matter"), width=40)


def matter_cells(facts: Facts, issue: Issue) -> list[object]:
    return [issue.title or issue.number, facts.group_name(issue.group_id)]


def hours(first: datetime | None, then: datetime | None) -> Decimal | None:
    if first is None or then is None:
        return None
    return (Decimal((then - first).total_seconds()) / 3600).quantize(Decimal("0.1"))


def hours_of(facts: Facts, issue: Issue, first: str, then: str) -> Decimal | None:
    story: Story = facts.stories[issue.pk]
    return hours(getattr(story, first), getattr(story, then))
