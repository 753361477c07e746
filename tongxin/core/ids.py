"""Primary keys: UUID version 7 (RFC 9562), made by the application, so that no row waits for a global sequence."""

import os
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A new id: 48 bits of milliseconds, 12 bits of their fraction, 62 random bits.

    Within a process each id is greater than the one before, also when the machine's clock is set back. The time is the
    machine's own and never the stopped clock of a test: an id orders rows, it says nothing about when a thing happened.
    """
    global _last
    with _lock:
        # 60 bits: whole milliseconds, then 1/4096 of one (RFC 9562, 6.2, method 3)
        _last = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        stamp = _last
    random = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | random)


def moment_of(id_: UUID) -> datetime:
    """When the id was made, to the millisecond, in UTC."""
    if id_.version != 7:
        raise ValueError("only a version 7 id carries its time")
    return datetime.fromtimestamp((id_.int >> 80) / 1000, tz=UTC)
