"""Work promised in a transaction, done after it, at least once."""

from datetime import timedelta

import pytest
from django.db import transaction
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
