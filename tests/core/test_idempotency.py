"""Pressed twice is done once; the same key with other words is refused; races on PostgreSQL."""

import threading

import pytest
from django.db import connection, connections, transaction

from tongxin.core import idempotency
from tongxin.core.errors import KeyReused
from tongxin.core.ids import uuid7
from tongxin.core.models import Idempotency


def press(key="k", body=None, village=None):
    with transaction.atomic():
        claim = idempotency.claim(
            village_id=village, actor="", operation="test", key=key, body=body or {"words": "水"}, response={"n": 1}
        )
        return claim.replayed


@pytest.mark.django_db
def test_the_second_press_is_a_replay_and_other_words_are_refused():
    village = uuid7()
    assert press(village=village) is False
    assert press(village=village) is True
    with pytest.raises(KeyReused):
        press(body={"words": "路"}, village=village)
    assert press(village=uuid7()) is False  # another village's key is another key


@pytest.mark.django_db
def test_without_a_key_every_press_counts():
    assert press(key="") is False
    assert press(key="") is False


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_of_many_presses_at_once_one_is_first():
    """The control: without the unique key every one of them would be first."""
    assert connection.vendor == "postgresql"
    village, gate = uuid7(), threading.Barrier(8)
    first: list[bool] = []

    def run() -> None:
        gate.wait()
        first.append(press(village=village))
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(first) == [False, *[True] * 7]
    assert Idempotency.objects.filter(village_id=village).count() == 1
