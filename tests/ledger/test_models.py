"""What the tables themselves refuse: no zero, no unnamed reversal, no key twice; and that nothing is ever changed."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from tests.factories import stage
from tests.ledger.conftest import day, open_desk
from tongxin.core import append_only, clock
from tongxin.core.ids import uuid7
from tongxin.ledger.models import MOST, Account, Book, Close, ClosingBalance, Posting, Transaction
from tongxin.territory import scope

ALL = (Book, Account, Transaction, Posting, Close, ClosingBalance)


def refused(row) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_every_table_of_the_ledger_only_grows(desk):
    desk.give(desk.wang, 5, 40)
    desk.close(30)
    for model in ALL:
        assert model._meta.db_table in append_only.protected()
        rows = model.objects.all()
        assert rows.exists()
        for bend in (lambda rows=rows: rows._raw_delete("default"), lambda rows=rows: rows.update(id=uuid7())):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                bend()


def test_every_table_shows_a_village_its_own_rows_only(desk):
    desk.give(desk.wang, 5)
    other = open_desk("nanshan", "南山村")
    with scope.village(other.village.pk):
        assert Transaction.objects.count() == Posting.objects.count() == 0
        assert Book.objects.get() == other.book
    assert Posting.objects.count() == 2
    for model in ALL:
        with scope.village(other.village.pk):
            rows = model.objects.filter(village_id=desk.village.pk)
            assert not rows.exists()


def test_one_book_of_a_kind_and_one_account_of_an_owner(desk):
    village = desk.village
    refused(Book(village=village, kind="points", unit="分", opened_on=day()))
    refused(Account(village=village, book=desk.book, kind="household", owner_id=desk.wang.owner_id))
    refused(Account(village=village, book=desk.book, kind="issued"))


def event(desk, **more):
    plain = {"effective_on": day(), "at": clock.now(), "by": desk.by, "purpose": "p", "key": "k", "request_hash": "h"}
    return Transaction(village=desk.village, book=desk.book, **(plain | more))


def posted(desk, made, *legs):
    for account, units in legs:
        stage.row(
            Posting,
            village=desk.village,
            transaction=made,
            book=desk.book,
            account=account,
            effective_on=made.effective_on,
            units=units,
        )
    return made


@pytest.mark.parametrize("units", [0, MOST + 1, -MOST - 1])
def test_a_posting_is_not_nothing_and_not_too_much(desk, units):
    with pytest.raises(IntegrityError), transaction.atomic():
        posted(desk, event(desk), (desk.wang, units))


def test_an_account_stands_once_in_an_event(desk):
    with pytest.raises(IntegrityError), transaction.atomic():
        posted(desk, event(desk), (desk.wang, 5), (desk.wang, -5))


@pytest.mark.parametrize("more", [{"second": None}, {"reason": ""}, {"by": None}, {"second": "same"}])
def test_a_reversal_by_one_person_or_without_a_reason_is_refused(desk, more):
    first = desk.give(desk.wang, 5)
    given = {"reverses": first, "second": desk.second, "reason": "r", **more}
    given["second"] = desk.by if given["second"] == "same" else given["second"]
    with pytest.raises(IntegrityError), transaction.atomic():
        posted(desk, event(desk, **given), (desk.wang, -5), (desk.source, 5)).save(force_insert=True)


def test_a_key_belongs_to_one_event_and_is_never_empty(desk):
    desk.give(desk.wang, 5, key="k")
    for key in ("k", "", "k" * 65):
        with pytest.raises(DatabaseError), transaction.atomic():
            posted(desk, event(desk, key=key), (desk.source, -1), (desk.wang, 1)).save(force_insert=True)


def test_a_close_is_by_two_and_forwards(desk):
    plain = {
        "village": desk.village,
        "book": desk.book,
        "number": 1,
        "at": clock.now(),
        "posting_count": 0,
        "digest": "",
    }
    refused(Close(**plain, from_on=day(9), through_on=day(5), by=desk.by, second=desk.by))
    refused(Close(**plain, from_on=day(5), through_on=day(9), by=desk.by, second=desk.second))
