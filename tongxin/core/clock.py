"""The only place that asks what time it is. Moments are kept in UTC; days are the village's days."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings

Zone = str | tzinfo | None

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def zone_of(zone: Zone = None) -> tzinfo:
    """`None` is the zone of the settings; a name is looked up."""
    if zone is None or isinstance(zone, str):
        return ZoneInfo(zone or settings.TIME_ZONE)
    return zone


def now() -> datetime:
    """This moment, aware, in UTC; or the moment at which `stopped_at` holds the clock."""
    return _stopped.get() or datetime.now(UTC)


def today(zone: Zone = None) -> date:
    """The day it is in `zone`."""
    return local(now(), zone).date()


def local(moment: datetime, zone: Zone = None) -> datetime:
    """The same moment on the village's wall."""
    return moment.astimezone(zone_of(zone))


def day_of(moment: datetime, zone: Zone = None) -> date:
    """The day on which a moment falls in `zone`."""
    return local(moment, zone).date()


def at(day: date, hour: int = 0, minute: int = 0, zone: Zone = None) -> datetime:
    """That hour of that day on the village's wall, as an aware moment in UTC."""
    return datetime.combine(day, time(hour, minute), tzinfo=zone_of(zone)).astimezone(UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[datetime]:
    """Hold the clock, for tests, for the demonstration, and for what is kept by the day (`core.quiet`). Nests.

    A naive moment is wall time in the settings' zone.

    Holds for this thread and context only.
    """
    aware = moment.replace(tzinfo=zone_of()) if moment.tzinfo is None else moment
    token = _stopped.set(aware.astimezone(UTC))
    try:
        yield aware.astimezone(UTC)
    finally:
        _stopped.reset(token)
