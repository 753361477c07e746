"""Numbers without gaps and without twins."""

import threading

import pytest
from django.db import connections, transaction
from django.db.transaction import TransactionManagementError

from tongxin.core import counters
from tongxin.core.ids import uuid7


def draw(village):
    with transaction.atomic():
        return counters.next_value(village, "issues", 2023)


@pytest.mark.django_db
def test_each_village_and_year_counts_for_itself():
    one, two = uuid7(), uuid7()
    assert [draw(one), draw(one), draw(two)] == [1, 2, 1]
    with transaction.atomic():
        assert counters.next_value(one, "issues", 2024) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_drawn_at_once_they_are_all_different():
    village, gate, drawn = uuid7(), threading.Barrier(8), []

    def run() -> None:
        gate.wait()
        for _ in range(5):
            drawn.append(draw(village))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(drawn) == list(range(1, 41))


@pytest.mark.django_db(transaction=True)
def test_a_number_that_was_rolled_back_is_given_out_again():
    village = uuid7()
    assert draw(village) == 1
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert counters.next_value(village, "issues", 2023) == 2
        raise ZeroDivisionError
    assert draw(village) == 2


@pytest.mark.django_db(transaction=True)
def test_no_number_is_drawn_outside_a_transaction():
    with pytest.raises(TransactionManagementError):
        counters.next_value(uuid7(), "issues", 2023)


@pytest.mark.django_db
def test_a_counter_without_a_village_counts_too():
    assert [draw(None), draw(None), draw(uuid7())] == [1, 2, 1]
