"""Work that happens outside the transaction, promised inside it (R49).

Carried out at least once: a handler must bear being called again with the same payload. What fails eight times is set
aside with an error in the log, and nothing waits behind it.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from tongxin.core import clock, site
from tongxin.core.inserting import insert, must_be_in_transaction
from tongxin.core.logs import described, one_line, scrubbed
from tongxin.core.models import OutboxItem, OutboxState

Handler = Callable[[dict[str, Any]], object]

TRIES = 8
STALE = timedelta(minutes=5)  # a worker that has not finished by then is taken for dead
log = logging.getLogger(__name__)
nudge = threading.Event()  # set when something was put in this process, so that a worker thread here starts at once

_handlers: dict[str, Handler] = {}


def register(topic: str, fn: Handler, *, outward: bool = False) -> None:
    """`fn(payload)` carries out this topic, in five minutes at most. Called from an app's `ready()`.

    Args:
        outward: it reaches somebody outside, who must not hear it again from a restored copy (`core.site`).
    """
    if _handlers.setdefault(topic, fn) is not fn:
        raise ValueError(f"two handlers for {topic}")
    if outward:
        site.goes_out(topic)


def handler(topic: str) -> Callable[[Handler], Handler]:
    """`register` as a decorator."""

    def mark(fn: Handler) -> Handler:
        register(topic, fn)
        return fn

    return mark


def topics() -> list[str]:
    return sorted(_handlers)


def put(
    topic: str, payload: Mapping[str, Any], village_id: UUID | None = None, due_at: datetime | None = None
) -> OutboxItem:
    """Promise work in the caller's transaction, for `due_at` or at once. The payload is JSON: ids, not contents."""
    must_be_in_transaction(OutboxItem)
    now = clock.now()
    item = OutboxItem(topic=topic, payload=dict(payload), village_id=village_id, put_at=now, due_at=due_at or now)
    insert(item)
    transaction.on_commit(nudge.set)
    return item


def work_once(limit: int = 20) -> int:
    """Carry out up to `limit` items that are due; how many were taken. None on a copy of the site (R54)."""
    if site.is_muted():
        return 0
    _take_back()
    for count in range(limit):
        item = _take()
        if item is None:
            return count
        _carry_out(item)
    return limit


def parked() -> int:
    """How many items were set aside; more than none wants a person."""
    return OutboxItem.objects.filter(state=OutboxState.PARKED).count()


def aside(topic: str = "") -> QuerySet[OutboxItem]:
    """The items that were set aside, oldest first."""
    rows = OutboxItem.objects.filter(state=OutboxState.PARKED).order_by("put_at", "pk")
    return rows.filter(topic=topic) if topic else rows


def again(topic: str = "") -> int:
    """A person has mended the cause: they start from the beginning. How many."""
    return aside(topic).update(state=OutboxState.WAITING, due_at=clock.now(), taken_at=None, attempts=0)


def drop(topic: str = "") -> int:
    """A person has looked and lets them be. How many."""
    return aside(topic).update(state=OutboxState.DONE, done_at=clock.now())


def back_off(attempts: int) -> timedelta:
    """30 s, 1 min, 2 min … one hour at most."""
    return min(timedelta(seconds=30 * 2 ** (attempts - 1)), timedelta(hours=1))


def _take() -> OutboxItem | None:
    now = clock.now()
    due = OutboxItem.objects.filter(state=OutboxState.WAITING, due_at__lte=now).order_by("due_at")
    if not due.exists():  # asked without a transaction: an idle worker takes no lock
        return None
    with transaction.atomic():
        # PostgreSQL steps over what a rival is taking; on SQLite the immediate transaction keeps rivals out
        item = due.select_for_update(skip_locked=True).first()
        if item is None:
            return None
        taken = OutboxItem.objects.filter(pk=item.pk, state=OutboxState.WAITING).update(
            state=OutboxState.TAKEN, taken_at=now, attempts=F("attempts") + 1
        )
    if not taken:
        return None
    item.state, item.taken_at, item.attempts = OutboxState.TAKEN, now, item.attempts + 1
    return item


def _carry_out(item: OutboxItem) -> None:
    fn = _handlers.get(item.topic)
    try:
        if fn is None:
            raise LookupError(item.topic)
        fn(dict(item.payload))
    except Exception as error:
        _failed(item, error)
    else:
        _finish(item, state=OutboxState.DONE, done_at=clock.now(), last_error="")


def _failed(item: OutboxItem, error: Exception) -> None:
    words = one_line(scrubbed(described(error)))[:300]
    if item.attempts >= TRIES:
        log.error("outbox: %s %s set aside after %s tries: %s", item.topic, item.pk, item.attempts, words)
        _finish(item, state=OutboxState.PARKED, last_error=words)
    else:
        log.warning("outbox: %s %s failed, try %s: %s", item.topic, item.pk, item.attempts, words)
        due_at = clock.now() + back_off(item.attempts)
        _finish(item, state=OutboxState.WAITING, due_at=due_at, taken_at=None, last_error=words)


def _finish(item: OutboxItem, **changes: Any) -> None:
    """Only for whoever still holds it: a worker that was taken for dead and comes back changes nothing."""
    OutboxItem.objects.filter(pk=item.pk, state=OutboxState.TAKEN, taken_at=item.taken_at).update(**changes)


def _take_back() -> None:
    """Items of workers that died while holding them: waiting again, or set aside when it was the eighth time."""
    stale = OutboxItem.objects.filter(state=OutboxState.TAKEN, taken_at__lt=clock.now() - STALE)
    if not stale.exists():
        return
    if lost := stale.filter(attempts__gte=TRIES).update(state=OutboxState.PARKED, last_error="no worker survived it"):
        log.error("outbox: %s set aside: no worker survived them", lost)
    stale.update(state=OutboxState.WAITING, due_at=clock.now(), taken_at=None)
