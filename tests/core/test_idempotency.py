"""Pressed twice is done once; the same key with other words is refused; races on PostgreSQL."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.transaction import TransactionManagementError
from hypothesis import given
from hypothesis import strategies as st

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


@pytest.mark.django_db
def test_it_costs_one_statement_when_the_answer_is_known_and_two_when_it_is_not(django_assert_num_queries):
    fields = {"village_id": uuid7(), "actor": "", "operation": "test", "body": {}}
    with django_assert_num_queries(1):
        idempotency.claim(key="a", response={"n": 1}, **fields)
    with django_assert_num_queries(2):
        idempotency.claim(key="b", **fields).keep({"n": 2})
    with django_assert_num_queries(2):
        again = idempotency.claim(key="b", **fields)
    assert again.replayed and again.response == {"n": 2}


@pytest.mark.django_db
def test_what_failed_may_be_tried_again_with_the_same_key():
    village = uuid7()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        idempotency.claim(village_id=village, actor="", operation="test", key="k", body={})
        raise ZeroDivisionError
    assert press(village=village) is False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "other", [{"actor": "zhang"}, {"operation": "test.other"}, {"key": "k2"}, {"village_id": None}]
)
def test_another_actor_operation_key_or_village_is_another_press(other):
    fields = {"village_id": uuid7(), "actor": "", "operation": "test", "key": "k", "body": {}}
    assert not idempotency.claim(**fields).replayed
    assert not idempotency.claim(**fields | other).replayed
    assert idempotency.claim(**fields | other).replayed


@pytest.mark.django_db
def test_a_key_of_any_length_is_taken():
    assert press(key="k" * 5000) is False
    assert press(key="k" * 5000) is True
    assert press(key="k" * 5001) is False


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_claimed():
    with pytest.raises(TransactionManagementError):
        idempotency.claim(village_id=None, actor="", operation="test", key="k", body={})


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), json, max_size=4))
def test_the_order_of_the_fields_does_not_matter(body):
    assert idempotency.fingerprint(body) == idempotency.fingerprint(dict(reversed(body.items())))


@given(st.dictionaries(st.text(max_size=5), json, min_size=1, max_size=4), st.data())
def test_every_changed_field_does(body, data):
    name = data.draw(st.sampled_from(sorted(body)))
    assert idempotency.fingerprint(body) != idempotency.fingerprint(body | {name: [body[name], "x"]})
