"""Jobs that the calendar starts. A slot of time is a row: racing workers run it once, a missed one is caught up once.

Claiming the slot and promising the work is one transaction; the work is an outbox item, with its tries and pauses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from tongxin.core import clock, outbox, site
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import JobRun

TOPIC: Final = "core.periodic"
_MONDAY: Final = datetime(2024, 1, 1)  # noqa: DTZ001 -- a wall time; slots of a week begin on Mondays


@dataclass(frozen=True)
class Job:
    """`fn()` once in every slot of length `every`; slots begin at `at` after midnight on the village's wall."""

    name: str
    every: timedelta
    fn: Callable[[], object]
    at: timedelta = timedelta()

    @property
    def grace(self) -> timedelta:
        """How long after its slot began it must be done."""
        return min(self.every, timedelta(hours=2))

    def slot(self, moment: datetime) -> datetime:
        """The beginning of the slot in which the moment lies."""
        wall = clock.local(moment).replace(tzinfo=None)
        start = _MONDAY + self.at
        begun = start + (wall - start) // self.every * self.every
        return begun.replace(tzinfo=clock.zone_of())


_jobs: dict[str, Job] = {}
_claimed: dict[str, datetime] = {}  # slots that are known to be claimed, so that a tick costs no statement


def register(name: str, every: timedelta, fn: Callable[[], object], at: timedelta = timedelta()) -> None:
    """Called from an app's `ready()`. `fn` must bear being called twice for the same slot.

    Args:
        at: for daily jobs, how long after local midnight (`timedelta(hours=6)`).
    """
    job = Job(name, every, fn, at)
    if _jobs.setdefault(name, job) != job:
        raise ValueError(f"two jobs named {name}")


def jobs() -> list[Job]:
    return list(_jobs.values())


def tick() -> int:
    """Promise every job whose slot nobody has claimed yet; how many. None on a copy of the site (R54)."""
    now, begun = clock.now(), 0
    open_ = [(job, slot) for job in _jobs.values() if _claimed.get(job.name) != (slot := job.slot(now))]
    if not open_ or site.is_muted():
        return 0
    for job, slot in open_:
        with transaction.atomic():
            if insert_if_new(JobRun(name=job.name, slot=slot, started_at=now)):
                outbox.put(TOPIC, {"name": job.name, "slot": slot.isoformat()})
                begun += 1
        _claimed[job.name] = slot
    return begun


@dataclass(frozen=True)
class Late:
    """A job that was to have run by a moment that is past, and when it last did."""

    name: str
    by: datetime
    last: datetime | None


def late() -> list[Late]:
    """What should have run by now and did not (R50): the dead man's switch, asked by the pages as by the worker."""
    now, found = clock.now(), []
    for job in _jobs.values():
        slot = job.slot(now)
        if now < slot + job.grace:
            slot = job.slot(slot - timedelta(microseconds=1))  # this one has still time; was the one before done?
        done = JobRun.objects.filter(name=job.name, finished_at__isnull=False)
        if not done.filter(slot__gte=slot).exists():
            last = done.order_by("-slot").values_list("finished_at", flat=True).first()
            found.append(Late(job.name, slot + job.grace, last))
    return found


@outbox.handler(TOPIC)
def _run(payload: dict[str, Any]) -> None:
    run = JobRun.objects.filter(name=payload["name"], slot=datetime.fromisoformat(payload["slot"]))
    job = _jobs.get(payload["name"])
    if job is None:  # the job left with an update of the product
        run.update(finished_at=clock.now(), error="no such job")
        return
    try:
        job.fn()
    except Exception as error:
        run.update(error=type(error).__name__)
        raise
    run.update(finished_at=clock.now(), error="")
