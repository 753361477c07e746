"""What has become of the requests to take lists of persons out (R20), and whether anybody could agree."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tongxin.bodies.models import Appointment
from tongxin.core import clock
from tongxin.exports.models import Export, ExportEntry
from tongxin.territory.models import Village

Step = ExportEntry.Step
MOST = 100  # on one page


class State(StrEnum):
    ASKED = "asked"  # the second body has not spoken
    READY = "ready"  # both agreed, and the hours run
    TAKEN = "taken"
    OVER = "over"  # both agreed, and nobody took it in time
    REFUSED = "refused"
    LAPSED = "lapsed"  # nobody agreed in time


@dataclass(frozen=True)
class Request:
    """A request with what became of it."""

    asked: Export
    word: ExportEntry | None  # the second body's
    taken: ExportEntry | None
    state: State

    @property
    def is_running(self) -> bool:
        return self.state in (State.ASKED, State.READY)


def requests(village_id: UUID, **which: Any) -> list[Request]:
    """Requests, the newest first."""
    now = clock.now()
    rows = Export.objects.filter(village_id=village_id, **which).select_related("by")
    asked = list(rows.order_by("-at", "-id")[:MOST])
    entries: dict[UUID, list[ExportEntry]] = {}
    for entry in ExportEntry.objects.filter(village_id=village_id, export__in=[one.pk for one in asked]):
        entries.setdefault(entry.export_id, []).append(entry)
    people = {one.by_id: one.by for one in asked}
    for one in asked:
        one.by = people[one.by_id]  # one log-in, so that what it holds is looked up once
    return [_request(one, entries.get(one.pk, []), now) for one in asked]


def _request(asked: Export, entries: list[ExportEntry], now: datetime) -> Request:
    word = next((entry for entry in entries if entry.step != Step.TAKE), None)
    taken = next((entry for entry in entries if entry.step == Step.TAKE), None)
    if word is None:
        state = State.LAPSED if now >= asked.ends_at else State.ASKED
    elif word.ends_at is None:
        state = State.REFUSED
    elif taken is not None:
        state = State.TAKEN
    else:
        state = State.OVER if now >= word.ends_at else State.READY
    return Request(asked, word, taken, state)


def request(village_id: UUID, pk: UUID) -> Request | None:
    """One request as it stands now."""
    return next(iter(requests(village_id, pk=pk)), None)


def running(village_id: UUID, **which: Any) -> list[Request]:
    """Those that somebody may still do something about; the setting's hours are 72 at most."""
    found = requests(village_id, at__gt=clock.now() - 2 * Export.WAITS, **which)
    return [one for one in found if one.is_running]


def has_second(village: Village, roles: Collection[str], first: Collection[UUID]) -> bool:
    """Whether somebody with a log-in could agree today who does not sit where whoever asks sits (`first`)."""
    held = Appointment.objects.of(village).on(clock.today(village.tz))
    free = held.filter(post__role__in=roles, person__user__is_active=True).exclude(post__body__in=first)
    return free.exists()
