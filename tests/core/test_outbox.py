"""Work promised in a transaction, done after it, at least once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError

from tongxin.core import clock, outbox
from tongxin.core.models import OutboxItem, OutboxState

done: list[dict] = []
outbox.register("test.note", done.append)


def _fail(payload):
    raise RuntimeError(f"no {payload}")


outbox.register("test.fail", _fail)


@pytest.fixture(autouse=True)
def _clean():
    done.clear()


@pytest.mark.django_db(transaction=True)
def test_a_promise_outside_a_transaction_is_refused():
    with pytest.raises(TransactionManagementError):
        outbox.put("test.note", {})


@pytest.mark.django_db(transaction=True)
def test_what_was_rolled_back_is_never_done():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("test.note", {"n": 1})
        raise ZeroDivisionError
    assert outbox.work_once() == 0 and done == []


@pytest.mark.django_db(transaction=True)
def test_what_was_committed_is_done_once_and_not_before_its_time():
    with transaction.atomic():
        outbox.put("test.note", {"n": 1})
        outbox.put("test.note", {"n": 2}, due_at=clock.now() + timedelta(hours=1))
    assert outbox.work_once() == 1 and done == [{"n": 1}]
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        assert outbox.work_once() == 1
    assert done == [{"n": 1}, {"n": 2}]


@pytest.mark.django_db(transaction=True)
def test_what_fails_is_tried_eight_times_and_then_set_aside_without_holding_up_the_rest():
    with transaction.atomic():
        outbox.put("test.fail", {"phone": "13812345678"})
    later = clock.now()
    for _ in range(outbox.TRIES):
        with clock.stopped_at(later):
            outbox.work_once()
        later += timedelta(hours=2)
    item = OutboxItem.objects.get()
    assert item.state == OutboxState.PARKED and item.attempts == outbox.TRIES
    assert "13812345678" not in item.last_error
    assert outbox.parked() == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_dead_worker_had_taken_is_taken_back():
    with transaction.atomic():
        item = outbox.put("test.note", {"n": 3})
    OutboxItem.objects.filter(pk=item.pk).update(state=OutboxState.TAKEN, taken_at=clock.now() - timedelta(minutes=6))
    for _ in range(2):
        with clock.stopped_at(clock.now() + timedelta(minutes=2)):
            outbox.work_once()
    assert done == [{"n": 3}]


@pytest.mark.django_db(transaction=True)
def test_what_no_worker_survives_is_set_aside_at_last(caplog):
    with transaction.atomic():
        item = outbox.put("test.note", {"n": 4})
    OutboxItem.objects.filter(pk=item.pk).update(
        state=OutboxState.TAKEN, taken_at=clock.now() - timedelta(minutes=6), attempts=outbox.TRIES
    )
    assert outbox.work_once() == 0 and done == []
    assert OutboxItem.objects.get().state == OutboxState.PARKED
    assert "no worker survived" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_who_was_taken_for_dead_and_comes_back_changes_nothing():
    with transaction.atomic():
        outbox.put("test.note", {"n": 5})
    slow = outbox._take()
    with clock.stopped_at(clock.now() + timedelta(minutes=6)):
        assert outbox.work_once() == 1  # another one did it meanwhile
    outbox._failed(slow, RuntimeError("late"))
    assert OutboxItem.objects.get().state == OutboxState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_topic_that_nobody_handles_waits_and_the_rest_goes_on(caplog):
    with transaction.atomic():
        outbox.put("test.nobody", {})
        outbox.put("test.note", {"n": 6})
    assert outbox.work_once() == 2 and done == [{"n": 6}]
    waiting = OutboxItem.objects.get(topic="test.nobody")
    assert waiting.state == OutboxState.WAITING and waiting.due_at > clock.now()


def test_the_pauses_grow_from_half_a_minute_to_an_hour():
    pauses = [outbox.back_off(n).total_seconds() for n in range(1, 12)]
    assert pauses[:3] == [30, 60, 120] and pauses == sorted(pauses) and pauses[-1] == 3600


def test_one_topic_has_one_handler():
    with pytest.raises(ValueError):
        outbox.register("test.fail", print)
    assert "test.fail" in outbox.topics()

    @outbox.handler("test.decorated")
    def decorated(payload):
        pass

    assert "test.decorated" in outbox.topics()


@pytest.mark.django_db(transaction=True)
def test_an_idle_worker_takes_no_lock(django_assert_num_queries):
    with django_assert_num_queries(3):  # whether this is a copy, and two looks; no BEGIN
        assert outbox.work_once() == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_workers_beside_each_other_do_everything_once():
    with transaction.atomic():
        for n in range(60):
            outbox.put("test.note", {"n": n})
    gate = threading.Barrier(4)

    def work():
        gate.wait()
        while outbox.work_once(5):
            pass
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(payload["n"] for payload in done) == list(range(60))
