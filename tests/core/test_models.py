"""What the tables of the ground refuse by themselves, on both databases."""

import pytest
from django.db import Error, transaction

from tongxin.core import clock
from tongxin.core.ids import uuid7
from tongxin.core.models import CalendarDay, Counter, Idempotency, JobRun, OutboxItem, Throttle

NOW = clock.now()
VILLAGE = uuid7()
ROWS = {
    Counter: {"village_id": VILLAGE, "name": "issues", "year": 2023},
    CalendarDay: {"day": clock.today(), "is_workday": True},
    Idempotency: {
        "village_id": VILLAGE,
        "actor": "",
        "operation": "issues.report",
        "key": "k",
        "request_hash": "h",
        "at": NOW,
    },
    JobRun: {"name": "core.sweep", "slot": NOW, "started_at": NOW},
    OutboxItem: {"topic": "t", "put_at": NOW, "due_at": NOW},
    Throttle: {"key": "k", "at": NOW},
}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "without_village"),
    [
        (Counter, False),
        (Counter, True),
        (Idempotency, False),
        (Idempotency, True),
        (JobRun, False),
        (CalendarDay, False),
    ],
)
def test_the_same_thing_twice_is_refused(model, without_village):
    fields = ROWS[model] | ({"village_id": None} if without_village else {})
    model.objects.create(**fields)
    with pytest.raises(Error), transaction.atomic():
        model.objects.create(**fields)
    assert model.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Counter, Idempotency])
def test_another_villages_row_is_another_row(model):
    model.objects.create(**ROWS[model])
    model.objects.create(**ROWS[model] | {"village_id": uuid7()})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "field", "length"),
    [
        (Counter, "name", 40),
        (Idempotency, "actor", 80),
        (Idempotency, "operation", 60),
        (Idempotency, "key", 64),
        (JobRun, "name", 60),
        (OutboxItem, "topic", 60),
        (Throttle, "key", 32),
    ],
)
def test_a_key_may_be_that_long_and_no_longer(model, field, length):
    """SQLite would take any length if the table did not say it (R2)."""
    model.objects.create(**ROWS[model] | {field: "村" * length})
    with pytest.raises(Error), transaction.atomic():
        model.objects.create(**ROWS[model] | {field: "村" * (length + 1)})


@pytest.mark.django_db
def test_a_state_of_the_outbox_has_a_name():
    assert OutboxItem.objects.create(**ROWS[OutboxItem]).state == OutboxItem.State.WAITING
