"""A balance on any day, with closes behind it and without, is the plain sum."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ledger.conftest import day
from tongxin.ledger import queries
from tongxin.ledger.models import Account, Book, Posting
from tongxin.territory import scope


def plain(account, on=None):
    """The sum as one would do it by hand."""
    return sum(p.units for p in Posting.objects.filter(account=account) if on is None or p.effective_on <= on)


def test_a_balance_on_any_day_is_the_sum_up_to_it(desk):
    for days_ago, units in ((50, 5), (40, 3), (40, 1), (20, 7), (0, 2)):
        desk.give(desk.wang, units, days_ago)
    desk.take(desk.wang, 4, 20)
    desk.close(45)
    desk.close(20)
    desk.give(desk.li, 1, 10)
    for account in (desk.wang, desk.li, desk.source, desk.stock):
        for days_ago in range(60):
            assert queries.balance(account, day(days_ago)) == plain(account, day(days_ago)), days_ago
        assert queries.balance(account) == plain(account)


def test_all_balances_of_a_book_are_those_of_its_accounts(desk):
    desk.give(desk.wang, 5, 50)
    desk.close(45)
    desk.give(desk.li, 3, 40)
    desk.close(30)
    desk.take(desk.li, 1, 10)
    for days_ago in (None, 0, 9, 10, 29, 30, 31, 44, 45, 46, 50, 51):
        on = None if days_ago is None else day(days_ago)
        found = queries.balances(desk.book, on)
        for account in Account.objects.all():
            assert found.get(account.pk, 0) == queries.balance(account, on), (account.kind, days_ago)
        assert sum(found.values()) == 0


def test_an_account_that_came_after_the_last_close_is_counted_from_its_beginning(desk):
    desk.close(30)
    late = Account.objects.create(village=desk.village, book=desk.book, kind="household", owner_id=desk.book.pk)
    desk.give(late, 4, 10)
    assert (desk.holds(late), desk.holds(late, 11)) == (4, 0)


def test_the_least_from_a_day_on_looks_at_every_later_day(desk):
    desk.give(desk.wang, 5, 10)
    desk.take(desk.wang, 4, 5)
    desk.give(desk.wang, 9, 1)
    assert [queries.lowest_from(desk.wang, day(n)) for n in (11, 10, 6, 5, 2, 1, 0)] == [0, 1, 1, 1, 1, 10, 10]
    desk.close(6)
    assert [queries.lowest_from(desk.wang, day(n)) for n in (5, 2, 1, 0)] == [1, 1, 10, 10]


def test_a_statement_lists_every_posting_with_the_balance_after_it(desk):
    desk.give(desk.wang, 5, 50)
    desk.close(40)
    desk.give(desk.wang, 3, 20)
    desk.take(desk.wang, 2, 10)
    assert [(p.units, held) for p, held in queries.statement(desk.wang)] == [(5, 5), (3, 8), (-2, 6)]
    assert [(p.units, held) for p, held in queries.statement(desk.wang, since=day(20))] == [(3, 8), (-2, 6)]
    assert [held for _, held in queries.statement(desk.wang, since=day(49), until=day(15))] == [8]


def test_what_is_closed_is_said_and_what_is_not_there_too(desk):
    assert queries.closed_through(desk.book) is None
    desk.close(40)
    desk.close(30)
    assert queries.closed_through(desk.book) == day(30)
    assert queries.book(desk.village.pk, "points") == desk.book
    with pytest.raises(Book.DoesNotExist):
        queries.book(desk.village.pk, "money")
    with pytest.raises(Account.DoesNotExist):
        queries.account(desk.book, "household")


def test_a_balance_costs_two_questions_however_much_is_closed(desk, django_assert_num_queries):
    desk.give(desk.wang, 5, 50)
    desk.close(40)
    desk.close(30)
    with django_assert_num_queries(2):
        assert queries.balance(desk.wang) == 5


def test_legs_come_with_their_accounts(desk, django_assert_num_queries):
    made = desk.give(desk.wang, 5)
    with django_assert_num_queries(1):
        assert {(leg.account.kind, leg.units) for leg in queries.legs(made)} == {("issued", -5), ("household", 5)}


@given(st.dates(), st.integers(0, 400))
def test_the_day_before_a_day_is_the_end_of_what_was_held(on, back):
    """`statement` counts on from the evening before its first day."""
    if on.toordinal() > back + 1:
        assert queries.date.fromordinal(on.toordinal() - 1) == on - timedelta(days=1)


@pytest.mark.parametrize("ask", ["closed_through", "balance", "lowest_from"])
def test_nothing_is_told_in_another_villages_scope(desk, ask):
    """R17: these questions go past the manager, so they look at the scope themselves."""
    arguments = {"closed_through": [desk.book], "balance": [desk.wang], "lowest_from": [desk.wang, day()]}[ask]
    with scope.village(uuid4()), pytest.raises(scope.NoScope):
        getattr(queries, ask)(*arguments)
    with scope.everything("the look at all books"):
        assert not getattr(queries, ask)(*arguments)
