"""Limits that survive a restart (R47): one row an attempt, the key as a keyed hash.

throttle.check(f"login|{name}", limit=5, per=timedelta(minutes=10))
… on failure: throttle.hit(f"login|{name}"); on success: throttle.clear(f"login|{name}")

`take` is check and hit in one, for what must hold when a hundred requests come at once.
"""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongxin.core import clock, crypto, ids
from tongxin.core.errors import TooMany
from tongxin.core.models import Throttle


def check(key: str, limit: int, per: timedelta) -> None:
    """Refuse when `limit` attempts lie within `per`.

    Raises:
        TooMany: with `retry_at`, the moment at which the oldest of them no longer counts.
    """
    since = clock.now() - per
    rows = Throttle.objects.filter(key=_hashed(key), at__gt=since).order_by("-at")
    oldest = rows.values_list("at", flat=True)[limit - 1 : limit].first() if limit > 0 else clock.now()
    if oldest is not None:
        raise TooMany(oldest + per, _("Too many tries. Please wait a little."))


def hit(key: str, grain: timedelta | None = None) -> None:
    """Count an attempt. Outside a transaction that may roll back, or it is forgotten with it.

    Args:
        grain: keep only in which hour (day, …) it was; neither the moment nor the row's id says more.
    """
    moment = clock.now()
    if grain is not None:
        moment = datetime.fromtimestamp(moment.timestamp() // grain.total_seconds() * grain.total_seconds(), UTC)
        with ids.made_at(moment):
            Throttle.objects.create(key=_hashed(key), at=moment)
    else:
        Throttle.objects.create(key=_hashed(key), at=moment)


def count(key: str, per: timedelta, most: int = 1000) -> int:
    """How many attempts lie within `per`; never counts beyond `most`."""
    return Throttle.objects.filter(key=_hashed(key), at__gt=clock.now() - per)[:most].count()


def take(key: str, limit: int, per: timedelta) -> UUID:
    """Count an attempt before anything is compared, and refuse it when it is one too many; the id to give it back by.

    Holds without a lock, also between processes: each writes its row first and counts then, so of any number that come
    at once the one that is written last sees all others. Outside a transaction, or the others cannot see it.

    Raises:
        TooMany: nothing is counted then.
    """
    check(key, limit, per)
    now, hashed = clock.now(), _hashed(key)
    row = Throttle.objects.create(key=hashed, at=now)
    if Throttle.objects.filter(key=hashed, at__gt=now - per).count() > limit:
        row.delete()
        raise TooMany(now + per, _("Too many tries. Please wait a little."))
    return row.pk


def give_back(*ids: UUID) -> None:
    """Attempts that turned out right do not count."""
    Throttle.objects.filter(pk__in=ids).delete()


def clear(key: str, since: timedelta | None = None) -> int:
    """Forget all attempts, or those of the last while: the right person has come. How many there were."""
    rows = Throttle.objects.filter(key=_hashed(key))
    if since is not None:
        rows = rows.filter(at__gt=clock.now() - since)
    return rows.delete()[0]


def _hashed(key: str) -> str:
    return crypto.blind_index(key, "throttle")
