"""Live or a copy (R54). What leaves the house leaves it from the live site only.

The row `SiteState` lies in the database and travels with every backup; the file DATA/live.id does not. Only where the
two agree does the outbox work and a message go out, so a restored copy is mute by whatever hand it was restored.
"""

import logging
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from tongxin.core import clock
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import OutboxItem, OutboxState, SiteState, Upkeep, UpkeepKind

log = logging.getLogger(__name__)
_outward: set[str] = set()
_villages: list[Callable[[], int]] = []


class Muted(Exception):
    """This is a copy; nothing leaves it."""


def live_file() -> Path:
    return Path(settings.DATA) / "live.id"


def state() -> SiteState | None:
    """None in a database that no process has served yet."""
    return SiteState.objects.first()


def is_muted() -> bool:
    """Whether nothing may leave. One query, and one small file."""
    row = state()
    return row is not None and (not row.live_id or row.live_id != _here())


def _here() -> str:
    try:
        return live_file().read_text().strip()
    except FileNotFoundError:
        return ""


def claim() -> SiteState:
    """Said by all that serves or saves: a new database belongs to the first that comes; others change nothing."""
    row = state()
    if row is None:
        insert_if_new(SiteState(live_id=_marked(), is_demo=settings.DEMO))
        row = SiteState.objects.get()
    return row


def _marked(*, anew: bool = False) -> str:
    """The word in DATA/live.id, made when there is none."""
    path = live_file()
    if anew:
        path.unlink(missing_ok=True)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as out:
            out.write(secrets.token_hex(16) + "\n")
            out.flush()
            os.fsync(out.fileno())
    return _here()


def mark_restored(*, archive: str, picture_of: datetime, leaps: list[dict[str, Any]]) -> SiteState:
    """Written into the restored database itself: muted, even where a live.id of old lies in the folder."""
    row = state() or SiteState()
    row.live_id, row.restored_at, row.restored_from, row.picture_of = "", clock.now(), archive[:120], picture_of
    row.leaps, row.confirmed_at, row.confirmed_by = leaps, None, ""
    row.save()
    return row


def mute(*, by_name: str) -> None:
    """Say of this site that it is a copy: for a machine that was cloned with its data folder."""
    with transaction.atomic():
        claim()
        SiteState.objects.update(live_id="", confirmed_at=None, confirmed_by="")
    log.warning("site: muted by %s", by_name)


def make_live(*, by_name: str) -> int:
    """A person says: this is the live site. How many messages of the time before were set aside.

    What waited when the backup was made has most likely been sent by the site that was backed up; a person looks at it
    (`set aside` on the status page) instead of every telephone getting it again.
    """
    with transaction.atomic():
        row = SiteState.objects.select_for_update().get(pk=claim().pk)
        old = OutboxItem.objects.filter(state__in=[OutboxState.WAITING, OutboxState.TAKEN], topic__in=outward())
        if row.picture_of is not None:
            old = old.filter(put_at__lte=row.picture_of)
        aside = 0
        if row.restored_at is not None:
            words = "waited when the backup was made; probably sent then"
            aside = old.update(state=OutboxState.PARKED, last_error=words)
        row.confirmed_at, row.confirmed_by = clock.now(), by_name[:80]
        row.live_id = _marked(anew=True)
        row.save()
        facts = {"by": row.confirmed_by, "set_aside": aside}
        Upkeep(kind=UpkeepKind.LIVE, at=row.confirmed_at, is_ok=True, facts=facts).save(force_insert=True)
    log.warning("site: live from now on; %s messages set aside", aside)
    return aside


def goes_out(topic: str) -> None:
    """This topic of the outbox reaches somebody outside; `outbox.register` says so."""
    _outward.add(topic)


def outward() -> list[str]:
    return sorted(_outward)


def register_villages(count: Callable[[], int]) -> None:
    """`territory` says how many villages this site serves; the ground floor knows none."""
    _villages[:] = [count]


def is_shared() -> bool:
    """Whether several villages live here: then no village decides for all of them, but the operator does."""
    return bool(_villages) and _villages[0]() > 1
