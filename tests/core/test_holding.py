"""A row is held, then read; the lock order and what a held row lets through."""

import threading

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from tongxin.core import holding
from tongxin.core.ids import uuid7
from tongxin.core.models import Counter


def counter(name="n", value=0):
    row = Counter(name=name, year=2026, value=value)
    row.save(force_insert=True)
    return row


@pytest.mark.django_db
@pytest.mark.parametrize("way", [holding.hold, holding.share])
def test_one_row_is_read_and_a_missing_one_is_said(way):
    row = counter(value=3)
    assert way(Counter.objects.filter(pk=row.pk)).value == 3
    with pytest.raises(Counter.DoesNotExist):
        way(Counter.objects.filter(pk=uuid7()))
    with pytest.raises(ImproperlyConfigured):
        way(Counter.objects.distinct())


@pytest.mark.django_db
def test_several_rows_are_held_in_the_order_of_their_ids():
    rows = [counter(name) for name in "abc"]
    assert [row.pk for row in holding.hold_all(Counter.objects.order_by("-name"))] == [row.pk for row in rows]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", [holding.hold, holding.hold_all, holding.share])
def test_outside_a_transaction_nothing_can_be_held(way):
    with pytest.raises(TransactionManagementError):
        way(Counter.objects.all())


def test_between_reading_and_writing_nothing_happens():
    assert holding.after_check() is None


# --- who waits for whom ----------------------------------------------------------------------------------------------
def waits(first, second) -> bool:
    """Whether `second` has to wait in another session while `first` holds the row."""
    row = counter()
    mine = Counter.objects.filter(pk=row.pk)
    answers = []

    def other():
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '150ms'")
                second(mine)
            answers.append(False)
        except DatabaseError:
            answers.append(True)
        finally:
            connection.close()

    with transaction.atomic():
        first(mine)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    return answers[0]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("first", "second", "must_wait"),
    [
        (holding.hold, holding.hold, True),
        (holding.hold, holding.share, True),
        (holding.share, holding.hold, True),
        (holding.share, holding.share, False),
        (holding.hold_all, holding.hold_all, True),
        (holding.hold_all, holding.share, False),
    ],
)
def test_who_waits_for_whom(first, second, must_wait):
    assert waits(first, second) is must_wait
