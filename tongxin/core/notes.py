"""What every page of the desk must say about the site: that it is a copy, that its disk is full, that nobody works."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.db import DatabaseError

from tongxin.core import disk, heartbeat, site

SECONDS = 15.0  # a process asks no oftener


@dataclass(frozen=True)
class Notes:
    """`is_idle`: the worker was at work once and is no more."""

    is_muted: bool = False
    is_full: bool = False
    is_idle: bool = False

    def __bool__(self) -> bool:
        return self.is_muted or self.is_full or self.is_idle


_known: tuple[float, str, Notes] = (-SECONDS, "", Notes())


def current() -> Notes:
    """As of fifteen seconds ago at most; nothing when the database does not answer, which other pages say."""
    global _known
    now, here = time.monotonic(), str(settings.DATA)
    if now - _known[0] >= SECONDS or _known[1] != here:
        _known = (now, here, _asked())
    return _known[2]


def forget() -> None:
    """Somebody has just decided something about it."""
    global _known
    _known = (-SECONDS, "", Notes())


def _asked() -> Notes:
    try:
        is_muted = site.is_muted()
        is_idle = not is_muted and heartbeat.last_seen() is not None and not heartbeat.is_alive()
    except DatabaseError:
        return Notes(is_full=disk.is_full())
    return Notes(is_muted, disk.is_full(), is_idle)
