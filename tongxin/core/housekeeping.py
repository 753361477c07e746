"""What is thrown away, and when."""

from datetime import timedelta

from tongxin.core import append_only, clock, periodic
from tongxin.core.models import Alarm, Idempotency, JobRun, Lockout, OutboxItem, OutboxState, Throttle
from tongxin.core.sessions import SessionStore

KEEP_REQUESTS = timedelta(days=100)  # R6 asks for 90
KEEP_DONE = timedelta(days=90)
KEEP_RUNS = timedelta(days=400)
KEEP_TRIES = timedelta(days=7)
KEEP_LOCKS = timedelta(days=800)  # a name that nobody bears; a year must not open a door (`guessing`)


def sweep() -> None:
    """Take away what has served; what was set aside stays until a person has looked at it."""
    now = clock.now()
    Idempotency.objects.filter(at__lt=now - KEEP_REQUESTS).delete()
    OutboxItem.objects.filter(state=OutboxState.DONE, done_at__lt=now - KEEP_DONE).delete()
    JobRun.objects.filter(slot__lt=now - KEEP_RUNS).delete()
    Alarm.objects.filter(day__lt=clock.day_of(now - KEEP_RUNS)).delete()
    Throttle.objects.filter(at__lt=now - KEEP_TRIES).delete()
    Lockout.objects.filter(at__lt=now - KEEP_LOCKS).delete()
    SessionStore.clear_expired()


periodic.register("core.sweep", timedelta(days=1), sweep, at=timedelta(hours=3))
periodic.register("core.triggers", timedelta(days=1), append_only.watch, at=timedelta(hours=2))
