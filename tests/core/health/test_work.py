"""The worker, the jobs, the outbox: well, late, dead."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import translation

from tongxin.core import clock, heartbeat, outbox, periodic, site
from tongxin.core.health import State, work
from tongxin.core.models import Heartbeat, OutboxItem

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 6, 15, 12)


@pytest.fixture(autouse=True)
def at_noon(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path / "data"
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(periodic, "_claimed", {})
    monkeypatch.setattr(heartbeat, "_last", {})
    with clock.stopped_at(NOON), translation.override("en"):
        yield


def test_a_worker_that_beats_one_that_stopped_and_one_that_never_came():
    [found] = work.worker()
    assert found.state is State.FAULT and "never" in found.words
    heartbeat.beat()
    assert [one.state for one in work.worker()] == [State.OK]
    Heartbeat.objects.update(at=clock.now() - timedelta(minutes=10))
    [found] = work.worker()
    assert found.state is State.FAULT and "2026-06-15 11:50" in found.words and found.mend


def test_jobs_are_named_with_the_moment_by_which_they_had_to_run():
    periodic.register("core.note", timedelta(days=1), lambda: None, at=timedelta(hours=3))
    [found] = work.jobs()
    assert found.state is State.LATE and "None has run yet" in found.words  # set up a minute ago
    heartbeat.beat()
    [found] = work.jobs()
    assert found.state is State.FAULT and "core.note has not run by 2026-06-15 05:00, last: never" in found.words
    periodic.tick()
    outbox.work_once()
    assert [one.state for one in work.jobs()] == [State.OK]


def test_what_was_set_aside_and_what_waits_too_long():
    assert [one.state for one in work.waiting()] == [State.OK]
    with transaction.atomic():
        outbox.put("test.nobody", {})
    OutboxItem.objects.update(due_at=clock.now() - timedelta(minutes=16))
    [found] = work.waiting()
    assert found.state is State.FAULT and "11:44" in found.words
    OutboxItem.objects.update(state="parked")
    [found] = work.waiting()
    assert found.state is State.FAULT and "1 item" in found.words


def test_a_copy_has_no_jobs_to_run():
    periodic.register("core.note", timedelta(days=1), lambda: None)
    site.mark_restored(archive="a", picture_of=clock.now(), leaps=[])
    assert [one.state for one in (*work.jobs(), *work.waiting())] == [State.OK, State.OK]
