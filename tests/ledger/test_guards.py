"""What the database refuses whoever asks: every rule of `guards`, by rows that no action would write."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError

from tests import history
from tests.factories import stage
from tests.ledger.conftest import OPENED, day, open_desk
from tests.ledger.test_models import event, posted
from tongxin.core import clock, triggers
from tongxin.core.ids import uuid7
from tongxin.ledger import actions, guards
from tongxin.ledger.models import Account, Close, ClosingBalance, Posting
from tongxin.territory import scope


def refused(match, write):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        write()


@pytest.mark.django_db
def test_every_rule_is_installed():
    assert guards.RULES.keys() <= triggers.found(connection).keys()
    assert len(guards.RULES) == 4


def test_what_is_whole_is_let_through(desk):
    posted(desk, event(desk), (desk.source, -5), (desk.wang, 2), (desk.li, 3)).save(force_insert=True)
    assert desk.holds(desk.li) == 3


@pytest.mark.parametrize(
    ("units", "said"),
    [((), "fewer than two"), ((0,), "fewer than two"), ((-5, 4), "sum to zero"), ((-5, 4, 2), "sum to zero")],
)
def test_an_event_that_does_not_add_up_is_not_sealed(desk, units, said):
    legs = [(a, u or -5) for a, u in zip((desk.source, desk.wang, desk.li), units, strict=False)]
    refused(said, lambda: posted(desk, event(desk), *legs).save(force_insert=True))


@pytest.mark.django_db(transaction=True)
def test_postings_without_their_event_cannot_be_committed():
    desk = open_desk()
    with scope.village(desk.village.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            posted(desk, event(desk), (desk.source, -5), (desk.wang, 5))
        assert not Posting.objects.exists()


def test_nothing_is_added_to_a_sealed_event(desk):
    made = desk.give(desk.wang, 5)
    refused("sealed", lambda: posted(desk, made, (desk.li, 5)))


def test_the_postings_are_of_the_events_book_day_and_accounts(desk):
    money = actions.open_book(desk.village.pk, "money", by=desk.by, unit="分钱", opened_on=OPENED)
    till = actions.open_account(money, "till", by=desk.by, may_go_below=True)
    made = event(desk)
    refused("account of another book", lambda: posted(desk, made, (till, -5), (desk.wang, 5)).save(force_insert=True))

    def another_day():
        posted(desk, made, (desk.source, -5), (desk.wang, 5))
        made.effective_on = day(1)
        made.save(force_insert=True)

    refused("another village, book or day", another_day)


def test_a_posting_of_another_village_is_not_slipped_under_an_event(desk):
    """It would leave the other village's accounts not adding up to zero, and nobody of this one would see it."""
    other = open_desk("nanshan", "南山村")
    made = event(desk)

    def slipped():
        posted(desk, made, (desk.source, -5), (desk.wang, 5))
        with scope.village(other.village.pk):
            posted(other, made, (other.source, -7), (other.wang, 7))
        made.save(force_insert=True)

    refused("another village, book or day", slipped)


def test_an_event_before_the_book_was_opened_is_refused(desk):
    made = event(desk, effective_on=OPENED.replace(year=2023))
    refused("not open", lambda: posted(desk, made, (desk.source, -5), (desk.wang, 5)).save(force_insert=True))


@pytest.mark.parametrize("closes", [0, 2])
def test_an_account_that_may_not_go_below_zero_does_not(desk, closes):
    desk.give(desk.wang, 5, 50)
    for n in range(closes):
        desk.close(40 - n)
    refused("below zero", lambda: posted(desk, event(desk), (desk.wang, -6), (desk.source, 6)).save(force_insert=True))
    posted(desk, event(desk), (desk.wang, -5), (desk.source, 5)).save(force_insert=True)


@pytest.mark.parametrize("days_ago", [30, 45])
def test_a_closed_period_takes_neither_event_nor_posting_by_plain_sql(desk, days_ago):
    """T17: on both databases, past every action."""
    desk.give(desk.wang, 5, 50)
    desk.close(30)
    made = event(desk, effective_on=day(days_ago))
    refused("closed period", lambda: posted(desk, made, (desk.source, -5)))
    refused("closed period", lambda: made.save(force_insert=True))
    with pytest.raises(DatabaseError, match="closed period"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_posting (id, village_id, transaction_id, book_id, account_id, effective_on, units)"
            " SELECT %s, village_id, transaction_id, book_id, account_id, effective_on, units FROM ledger_posting"
            " WHERE units = 5",
            [Posting._meta.pk.get_db_prep_value(uuid7(), connection, False)],
        )


def test_a_reversal_takes_back_exactly_what_was_posted(desk):
    first = desk.give(desk.wang, 5)
    desk.give(desk.li, 9)
    given = {"reverses": first, "second": desk.second, "reason": "r"}
    for legs in (
        [(desk.wang, -4), (desk.source, 4)],
        [(desk.li, -5), (desk.source, 5)],
        [(desk.wang, -5), (desk.source, 4), (desk.li, 1)],
    ):
        refused("exactly", lambda legs=legs: posted(desk, event(desk, **given), *legs).save(force_insert=True))


def test_a_reversal_is_not_reversed(desk):
    back = desk.reverse(desk.give(desk.wang, 5))
    given = {"reverses": back, "second": desk.second, "reason": "r"}
    refused(
        "a reversal is not reversed",
        lambda: posted(desk, event(desk, **given), (desk.source, -5), (desk.wang, 5)).save(force_insert=True),
    )


# --- closes -------------------------------------------------------------------------------------------------------
def closing(desk, **more):
    plain = {"number": 1, "from_on": OPENED, "through_on": day(30), "at": clock.now(), "by": desk.by}
    given = {"second": desk.second, "posting_count": 0, "digest": "", **plain, **more}
    return Close(village=desk.village, book=desk.book, **given)


def kept(desk, close, *rows):
    for account, units in rows:
        stage.row(
            ClosingBalance,
            village=desk.village,
            close=close,
            account=account,
            through_on=close.through_on,
            units=units,
        )
    return close


def test_a_close_follows_upon_the_last_one(desk):
    refused("follows", lambda: closing(desk, number=2).save(force_insert=True))
    desk.close(40)
    for more in ({"number": 1}, {"number": 3}, {"number": 2, "from_on": day(40)}):
        given = {"from_on": day(39), **more}
        with pytest.raises(IntegrityError), transaction.atomic():
            closing(desk, **given).save(force_insert=True)


def test_closing_balances_sum_to_zero_and_are_sealed_by_the_close(desk):
    refused("sum to zero", lambda: kept(desk, closing(desk), (desk.wang, 5)).save(force_insert=True))
    closed = desk.close(30)
    late = Account.objects.create(village=desk.village, book=desk.book, kind="late")
    refused("sealed", lambda: kept(desk, closed, (late, 0)))


def test_without_the_guards_all_of_this_could_be_written(desk):
    """The control: the tables alone let an event through that does not add up."""
    with history.unguarded():
        posted(desk, event(desk), (desk.wang, -7)).save(force_insert=True)
        assert desk.holds(desk.wang) == -7
    assert triggers.faults(connection) == []
