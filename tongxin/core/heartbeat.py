"""The worker says that it lives, the pages read it (R50)."""

import time
from datetime import datetime, timedelta

from tongxin.core import clock
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import Heartbeat

WORKER = "worker"
EVERY = 30.0  # seconds between two beats
DEAD_AFTER = timedelta(minutes=3)

_last: dict[str, float] = {}


def beat(name: str = WORKER) -> None:
    """Once in thirty seconds; asked more often it costs nothing."""
    now = time.monotonic()
    if now - _last.get(name, -EVERY) < EVERY:
        return
    moment = clock.now()
    if not Heartbeat.objects.filter(name=name).update(at=moment):
        insert_if_new(Heartbeat(name=name, at=moment))
    _last[name] = now


def last_seen(name: str = WORKER) -> datetime | None:
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def is_alive(name: str = WORKER) -> bool:
    seen = last_seen(name)
    return seen is not None and clock.now() - seen < DEAD_AFTER
