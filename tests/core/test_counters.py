"""Numbers without gaps and without twins."""

import threading

import pytest
from django.db import connections, transaction

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
