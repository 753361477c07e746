"""Primary keys: UUID version 7 (RFC 9562), made by the application, so that no row waits for a global sequence."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0
_said: ContextVar[datetime | None] = ContextVar("moment_of_ids", default=None)


@contextmanager
def made_at(moment: datetime) -> Iterator[None]:
    """Ids made within say this moment, to the millisecond, and chance beyond it: for what must not tell when it was
    written (`core.quiet`). They are in no order among themselves.
    """
    token = _said.set(moment)
    try:
        yield
    finally:
        _said.reset(token)


def uuid7() -> UUID:
    """A new id: 48 bits of milliseconds, 12 bits of their fraction, 62 random bits.

    Within a process each id is greater than the one before, also when the machine's clock is set back. The time is the
    machine's own and never the stopped clock of a test: an id orders rows, it says nothing about when a thing happened.
    """
    global _last
    if (said := _said.get()) is not None:
        chance = int.from_bytes(os.urandom(10))
        stamp = int(said.timestamp() * 1000) << 12 | chance >> 68
        return _composed(stamp, chance & ((1 << 62) - 1))
    with _lock:
        # 60 bits: whole milliseconds, then 1/4096 of one (RFC 9562, 6.2, method 3)
        _last = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        stamp = _last
    return _composed(stamp, int.from_bytes(os.urandom(8)) & ((1 << 62) - 1))


def _composed(stamp: int, random: int) -> UUID:
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)


def moment_of(id_: UUID) -> datetime:
    """When the id was made, to the millisecond, in UTC."""
    if id_.version != 7:
        raise ValueError("only a version 7 id carries its time")
    return datetime.fromtimestamp((id_.int >> 80) / 1000, tz=UTC)
