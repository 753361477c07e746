"""The loop works, rests, survives a bad round, and ends when it is told to."""

import threading
import time

import pytest
from django.db import DatabaseError, transaction

from tongxin.core import outbox, periodic, worker

done: list[int] = []
outbox.register("test.worker", lambda payload: done.append(payload["n"]))


@pytest.fixture(autouse=True)
def calm(monkeypatch):
    done.clear()
    monkeypatch.setattr(periodic, "_jobs", {})


@pytest.fixture
def running(transactional_db):
    stop = threading.Event()
    thread = worker.start(stop)
    yield thread
    worker.end(stop)
    thread.join(timeout=5)
    assert not thread.is_alive()


def until(true, seconds=5.0):
    """Wait for something that another thread does."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def test_what_is_put_here_is_done_at_once_and_in_order(running):
    with transaction.atomic():
        for n in range(5):
            outbox.put("test.worker", {"n": n})
    assert until(lambda: len(done) == 5)
    assert done == [0, 1, 2, 3, 4]


def test_an_idle_worker_stops_within_a_second(transactional_db):
    stop = threading.Event()
    thread = worker.start(stop)
    assert thread.daemon
    time.sleep(0.2)
    started = time.monotonic()
    worker.end(stop)
    thread.join(timeout=5)
    assert not thread.is_alive()
    assert time.monotonic() - started < 0.5  # woken, not waited for


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_is_waited_for(monkeypatch, caplog):
    rounds = []

    def work_once():
        rounds.append(1)
        if len(rounds) == 1:
            raise DatabaseError("gone")
        stop.set()
        return 0

    class Stop(threading.Event):
        waited = 0.0

        def wait(self, timeout=None):
            self.waited += timeout
            return False

    stop = Stop()
    monkeypatch.setattr(outbox, "work_once", work_once)
    worker.run_forever(stop, pause=0)
    assert len(rounds) == 2
    assert stop.waited == 10
    assert "the round failed" in caplog.text
