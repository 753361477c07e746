"""A full disk: what was acknowledged is kept, reading goes on, nothing new is taken, and the page says so (R56).

Two nets. Below the floor no write is begun: the pages turn read-only while there is still room to end what runs. And
when a disk says that it is full all the same, what wrote is undone by its transaction and answered by the same page.
Room that comes back is noticed at the next press, without a restart.
"""

import errno
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

SECONDS = 5.0  # a process asks the disks no oftener
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
POSTGRES_FULL = {"53100", "53000"}  # disk_full, insufficient_resources

_known: tuple[float, bool] = (-SECONDS, False)


def is_full() -> bool:
    """Whether one of the disks that must take what is written has less room than the floor."""
    global _known
    now = time.monotonic()
    if now - _known[0] >= SECONDS:
        _known = (now, any(_is_below(place) for place in places()))
    return _known[1]


def forget() -> None:
    """Ask again at once: a write has just failed or been refused."""
    global _known
    _known = (-SECONDS, False)


def places() -> Iterator[Path]:
    yield Path(settings.DATA)
    yield Path(settings.MEDIA_ROOT)
    yield Path(settings.SPOOL_ROOT)
    if connection.vendor == "sqlite":
        yield Path(connection.settings_dict["NAME"]).parent


def _is_below(place: Path) -> bool:
    try:
        room = os.statvfs(place)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < settings.DISK_FLOOR or (room.f_files > 0 and room.f_favail == 0)


def says_full(error: BaseException | None) -> bool:
    """Whether this error, or what it came from, is a disk that is full."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        if isinstance(error, sqlite3.Error) and _says_sqlite(error):
            return True
        if getattr(error, "sqlstate", None) in POSTGRES_FULL:
            return True
        error = error.__cause__ or error.__context__
    return False


def _says_sqlite(error: sqlite3.Error) -> bool:
    """SQLITE_FULL; or a journal that could not be written, while the disk says why."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return True
    return code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN) and any(_has_none(place) for place in places())


def _has_none(place: Path) -> bool:
    try:
        room = os.statvfs(place)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < 64 * 1024
