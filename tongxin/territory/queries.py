"""Which village is meant, and what lies in it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F

from tongxin.core import numbers
from tongxin.territory.models import Grid, Group, Place, PlaceCode, Village

# Villages change a few times a year and every request asks for one: a small memory with a short life, one a process.
_SECONDS = 10.0
_memory: tuple[float, list[Village]] = (0.0, [])


def villages() -> list[Village]:
    """All villages of the deployment, oldest first; remembered for ten seconds."""
    global _memory
    at, rows = _memory
    if not rows or time.monotonic() - at > _SECONDS:
        rows = list(Village.objects.select_related("division").order_by("id"))
        _memory = (time.monotonic(), rows)
    return rows


def forget_villages() -> None:
    global _memory
    _memory = (0.0, [])


def by_slug(slug: str) -> Village | None:
    return next((v for v in villages() if v.slug == slug), None)


def by_host(host: str) -> Village | None:
    name = host.rsplit(":", 1)[0].lower()
    return next((v for v in villages() if v.host and v.host == name), None)


def home() -> Village | None:
    """The village at the bare address: the first one entered."""
    rows = villages()
    return rows[0] if rows else None


@dataclass(frozen=True)
class CodeFound:
    """What a scanned code leads to: `place` when valid; `revoked` when a newer one hangs there."""

    place: Place | None
    revoked: bool = False
    misread: bool = False


def place_by_code(village_id: UUID, text: str) -> CodeFound:
    """Look a scanned or typed code up; a typing error is told apart from an unknown code by the check symbols."""
    code = text.strip().upper().replace("-", "").replace(" ", "")
    if len(code) < 4 or numbers.code_check(code[:-2]) != code[-2:]:
        return CodeFound(None, misread=True)
    row = (
        PlaceCode.objects.select_related("place", "place__group", "place__grid")
        .filter(village_id=village_id, code=code)
        .first()
    )
    if row is None:
        return CodeFound(None)
    if row.revoked_on is not None or row.place.ended_on is not None:
        return CodeFound(None, revoked=True)
    return CodeFound(row.place)


def groups_on(day: date) -> list[Group]:
    return list(Group.objects.on(day).order_by("number"))


def former_groups(day: date) -> list[Group]:
    """Those that are no more, with the ones they went into."""
    return list(Group.objects.filter(ended_on__lte=day).select_related("merged_into").order_by("-ended_on", "number"))


def grids_on(day: date) -> list[Grid]:
    return list(Grid.objects.on(day).select_related("group").order_by("number"))


# --- what higher floors know of a grid, for the page of places ----------------------------------------------------
Facts = Callable[[Village, date], Mapping[UUID, object]]
_facts: list[tuple[str, Facts]] = []


def register_grid_facts(name: str, facts: Facts) -> None:
    """`people` counts the households of each grid, `bodies` names who answers: {grid: text}, in one query."""
    if all(known != name for known, _fn in _facts):
        _facts.append((name, facts))


def grid_facts(village: Village, day: date) -> dict[str, Mapping[UUID, object]]:
    return {name: facts(village, day) for name, facts in _facts}


def places(village: Village) -> list[Place]:
    """All places, those in use first, with their codes."""
    rows = Place.objects.of(village).select_related("group", "grid").prefetch_related("codes")
    return list(rows.order_by(F("ended_on").asc(nulls_first=True), "kind", "name"))
