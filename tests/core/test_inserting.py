"""One statement writes a row or says that it is there; every other refusal is heard."""

import pytest
from django.db import Error, transaction
from django.db.transaction import TransactionManagementError

from tongxin.core import clock, inserting
from tongxin.core.ids import uuid7
from tongxin.core.models import Counter, JobRun, OutboxItem


def counter(**fields):
    return Counter(**{"village_id": uuid7(), "name": "issues", "year": 2023, **fields})


@pytest.mark.django_db
def test_the_second_row_with_the_same_key_is_not_written(django_assert_num_queries):
    first, second = counter(), counter()
    second.village_id = first.village_id
    with django_assert_num_queries(2):  # no savepoint, no look beforehand
        assert inserting.insert_if_new(first)
        assert not inserting.insert_if_new(second)
    assert Counter.objects.get().pk == first.pk


@pytest.mark.django_db
def test_without_a_village_there_is_still_one_row_only():
    """NULLs are all different to a unique constraint, so a second one with a condition watches over them."""
    assert inserting.insert_if_new(counter(village_id=None))
    assert not inserting.insert_if_new(counter(village_id=None))


@pytest.mark.django_db
def test_a_written_row_can_be_saved_again():
    row = counter()
    assert inserting.insert_if_new(row)
    row.value = 7
    row.save()
    assert Counter.objects.get().value == 7


@pytest.mark.django_db
def test_an_inserted_row_is_what_save_would_have_written(django_assert_num_queries):
    plain, quick = (
        OutboxItem(topic="t", payload={"喜": [1, None]}, put_at=clock.now(), due_at=clock.now()) for _ in "12"
    )
    plain.save(force_insert=True)
    with django_assert_num_queries(1):
        inserting.insert(quick)
    kept = {str(row["id"]): row for row in OutboxItem.objects.values()}
    first, second = kept[str(plain.pk)], kept[str(quick.pk)]
    assert {name for name in first if first[name] != second[name]} <= {"id", "put_at", "due_at"}
    quick.attempts = 3
    quick.save()  # it knows that it is there, and in which database
    assert OutboxItem.objects.get(pk=quick.pk).attempts == 3


@pytest.mark.django_db
def test_an_inserted_row_that_is_there_already_is_refused():
    row = counter()
    inserting.insert(row)
    with pytest.raises(Error), transaction.atomic():
        inserting.insert(counter(village_id=row.village_id))


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"name": "n" * 41}, {"year": None}, {"name": None}])
def test_what_the_table_forbids_is_no_silent_conflict(fields):
    with pytest.raises(Error), transaction.atomic():
        inserting.insert_if_new(counter(**fields))
    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_belongs_to_a_transaction_is_refused_outside_one():
    with pytest.raises(TransactionManagementError):
        inserting.must_be_in_transaction(Counter)
    with transaction.atomic():
        inserting.must_be_in_transaction(Counter)


@pytest.mark.django_db
def test_a_slot_is_claimed_once():
    slot = clock.at(clock.today())
    claims = [inserting.insert_if_new(JobRun(name="n", slot=slot, started_at=clock.now())) for _ in range(3)]
    assert claims == [True, False, False]


@pytest.mark.django_db
def test_some_rows_go_in_with_one_statement_as_they_would_one_by_one(django_assert_num_queries):
    rows = [counter(value=n) for n in range(5)]
    with django_assert_num_queries(1):
        inserting.insert_all(rows)
    assert sorted(Counter.objects.values_list("pk", "value")) == sorted((row.pk, row.value) for row in rows)
    rows[0].value = 9
    rows[0].save()  # knows that it is there
    with pytest.raises(Error), transaction.atomic():
        inserting.insert_all([counter(), rows[1]])
    assert Counter.objects.count() == 5
