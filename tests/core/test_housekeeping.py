"""What has served goes; what somebody may still need stays."""

from datetime import timedelta

import pytest

from tongxin.core import clock, housekeeping, periodic
from tongxin.core.models import Idempotency, JobRun, Lockout, LoginSession, OutboxItem, OutboxState, Throttle


def rows():
    now = clock.now()
    Idempotency.objects.create(actor="", operation="o", key="k", request_hash="h", at=now)
    OutboxItem.objects.create(topic="t", put_at=now, due_at=now, state=OutboxState.DONE, done_at=now)
    JobRun.objects.create(name="n", slot=now, started_at=now)
    Throttle.objects.create(key="k", at=now)
    Lockout.objects.create(key="k", tries=3, at=now)
    LoginSession.objects.create(key="s", data="", started_at=now, seen_at=now, ends_at=now + timedelta(hours=12))


KEPT = [
    (Idempotency, housekeeping.KEEP_REQUESTS),
    (OutboxItem, housekeeping.KEEP_DONE),
    (JobRun, housekeeping.KEEP_RUNS),
    (Throttle, housekeeping.KEEP_TRIES),
    (Lockout, housekeeping.KEEP_LOCKS),
    (LoginSession, timedelta(hours=12)),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "kept"), KEPT)
def test_a_row_stays_its_time_and_then_goes(model, kept):
    rows()
    now = clock.now()
    with clock.stopped_at(now + kept - timedelta(minutes=1)):
        housekeeping.sweep()
    assert model.objects.count() == 1
    with clock.stopped_at(now + kept + timedelta(minutes=1)):
        housekeeping.sweep()
    assert model.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("state", [OutboxState.WAITING, OutboxState.TAKEN, OutboxState.PARKED])
def test_work_that_is_not_done_is_never_thrown_away(state):
    now = clock.now()
    OutboxItem.objects.create(topic="t", put_at=now, due_at=now, taken_at=now, state=state)
    with clock.stopped_at(now + timedelta(days=4000)):
        housekeeping.sweep()
    assert OutboxItem.objects.get().state == state


def test_a_request_is_remembered_for_the_ninety_days_of_the_rule():
    assert timedelta(days=90) <= housekeeping.KEEP_REQUESTS


def test_it_is_done_every_night():
    (job,) = [job for job in periodic.jobs() if job.name == "core.sweep"]
    assert job.every == timedelta(days=1)
    assert job.fn is housekeeping.sweep
