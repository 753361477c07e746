"""Each invariant finds its fault, planted past every guard; the nightly look tells whose book it is."""

import logging

import pytest
from django.db import connection

from tests import history
from tests.ledger.conftest import OPENED, day, open_desk
from tests.ledger.test_models import event, posted
from tongxin.core import periodic
from tongxin.ledger import actions, invariants
from tongxin.ledger.models import Close, ClosingBalance, Posting, Transaction
from tongxin.territory import scope


@pytest.fixture
def bent(desk):
    """A sound book with a closed period, whose guards are down."""
    desk.give(desk.wang, 9, 50)
    desk.take(desk.wang, 2, 45)
    desk.close(40)
    desk.give(desk.wang, 5, 20)
    desk.reverse(desk.give(desk.li, 3, 10))
    assert invariants.faults(desk.book) == []
    with history.unguarded():
        yield desk


def rules(desk, since=None, *, chain=False):
    """The rules that found something; what the chain says of a row planted past it is asked below."""
    found = {fault.split(":")[0] for fault in invariants.faults(desk.book, since)}
    return found if chain else found - {"chain"}


def test_i1_an_event_that_does_not_add_up(bent):
    posted(bent, event(bent), (bent.source, -5), (bent.wang, 4)).save(force_insert=True)
    assert rules(bent) == {"I1", "I2"}
    assert rules(bent, day(40)) == {"I1", "I2"}
    assert rules(bent, day(0)) == set()  # only what is open is asked


def test_i1_an_event_of_another_day_or_without_postings(bent):
    made = posted(bent, event(bent), (bent.source, -5), (bent.wang, 5))
    made.effective_on = day(1)
    made.save(force_insert=True)
    assert rules(bent) == {"I1"}


def test_i1_an_event_of_nothing(bent):
    event(bent).save(force_insert=True)
    assert rules(bent) == {"I1"}


@pytest.mark.parametrize("since", [None, 40])
def test_i3_an_account_below_zero_on_a_day_in_between(bent, since):
    posted(bent, event(bent, effective_on=day(30)), (bent.wang, -9), (bent.source, 9)).save(force_insert=True)
    assert bent.holds(bent.wang) == 3  # 7 were held at the close, 5 came later
    [fault] = [one for one in invariants.faults(bent.book, since and day(since)) if not one.startswith("chain")]
    assert fault.startswith("I3: account ")
    assert str(day(30)) in fault


def test_i3_what_was_held_at_the_close_counts_in_the_open_period(bent):
    posted(bent, event(bent, effective_on=day(30)), (bent.wang, -7), (bent.source, 7)).save(force_insert=True)
    assert rules(bent, day(40)) == rules(bent) == set()


def test_i4_a_closing_balance_that_was_changed(bent):
    ClosingBalance.objects.filter(account=bent.wang).update(units=8)
    ClosingBalance.objects.filter(account=bent.source).update(units=-8)
    assert rules(bent) == {"I4", "I9"}


def test_i6_a_reversal_of_something_else_or_of_a_reversal(bent):
    given = {"second": bent.second, "reason": "r"}
    first = Transaction.objects.filter(effective_on=day(20)).get()
    posted(bent, event(bent, reverses=first, **given), (bent.wang, -4), (bent.source, 4)).save(force_insert=True)
    assert rules(bent) == {"I6"}
    back = Transaction.objects.reversals().exclude(reverses=first).get()
    posted(bent, event(bent, reverses=back, key="k2", **given), (bent.source, -3), (bent.li, 3)).save(force_insert=True)
    assert sum(fault.startswith("I6") for fault in invariants.faults(bent.book)) == 2


@pytest.mark.postgres
def test_i5_i6_a_key_or_a_reversal_twice(bent):
    """The unique constraints are the guard; without them the questions still find it (SQLite: a rebuild)."""
    first = Transaction.objects.filter(effective_on=day(20)).get()
    with connection.schema_editor() as editor:
        for name in ("ledger_transaction_key", "ledger_transaction_reversed_once"):
            [constraint] = [c for c in Transaction._meta.constraints if c.name == name]
            editor.remove_constraint(Transaction, constraint)
    for _ in range(2):
        given = {"reverses": first, "second": bent.second, "reason": "r"}
        posted(bent, event(bent, **given), (bent.wang, -5), (bent.source, 5)).save(force_insert=True)
    assert rules(bent) >= {"I5", "I6"}


def test_i7_a_pair_that_came_into_a_closed_period_and_cancels_out(bent):
    """No balance shows it, the number of postings does."""
    for n, units in enumerate((5, -5)):
        made = event(bent, effective_on=day(44), key=f"late{n}")
        posted(bent, made, (bent.source, -units), (bent.li, units)).save(force_insert=True)
    assert rules(bent) == {"I7"}


def test_i9_a_digest_that_is_not_of_these_figures(bent):
    Close.objects.update(digest="0" * 64)
    assert rules(bent) == {"I9"}


# --- what adds up and is not what was written ----------------------------------------------------------------------
def test_a_rewrite_that_adds_up_is_found_by_the_chain(bent):
    """Twice as much from the source and to Wang, on a day that is open: no sum shows it."""
    made = Transaction.objects.get(effective_on=day(20))
    Posting.objects.filter(transaction=made, account=bent.wang).update(units=50)
    Posting.objects.filter(transaction=made, account=bent.source).update(units=-50)
    assert rules(bent, chain=True) == {"chain"}


@pytest.mark.parametrize("change", [{"note": "别的"}, {"by_id": None}, {"purpose": "q"}, {"key": "other"}])
def test_a_cell_that_was_changed_is_found_by_the_chain(bent, change):
    Transaction.objects.filter(effective_on=day(20)).update(**change)
    [fault] = invariants.faults(bent.book)
    assert fault.startswith("chain: ")
    assert fault.endswith("is not what the audit chain says")


def test_an_event_that_is_gone_and_one_that_never_was_are_found_by_the_chain(bent):
    made = Transaction.objects.get(effective_on=day(20))
    Posting.objects.filter(transaction=made).delete()
    made.delete()
    assert [fault.split("is ")[1] for fault in invariants.faults(bent.book)] == ["gone from the book"]
    posted(bent, event(bent), (bent.source, -5), (bent.wang, 5)).save(force_insert=True)
    assert len(invariants.faults(bent.book)) == 2


def test_the_books_of_a_village_have_one_chain_and_each_its_own_entries(desk):
    desk.give(desk.wang, 5)
    money = actions.open_book(desk.village.pk, "money", by=desk.by, unit="分钱", opened_on=OPENED)
    till, bank = (actions.open_account(money, kind, by=desk.by, may_go_below=True) for kind in ("till", "bank"))
    legs = [actions.Leg(till, -700), actions.Leg(bank, 700)]
    actions.post(money, legs, by=desk.by, key="k", purpose="p")
    assert invariants.faults(desk.book) == invariants.faults(money) == []


def test_a_digest_knows_book_day_and_every_figure(desk):
    plain = invariants.digest(desk.book, day(5), {desk.wang.pk: 5, desk.source.pk: -5})
    assert plain == invariants.digest(desk.book, day(5), {desk.source.pk: -5, desk.li.pk: 0, desk.wang.pk: 5})
    assert plain != invariants.digest(desk.book, day(6), {desk.wang.pk: 5, desk.source.pk: -5})
    assert plain != invariants.digest(desk.book, day(5), {desk.wang.pk: 6, desk.source.pk: -6})


def test_a_book_over_a_fault_must_not_hold(bent):
    invariants.must_hold(bent.book)
    Close.objects.update(digest="0" * 64)
    with pytest.raises(invariants.Broken, match="I9"):
        invariants.must_hold(bent.book)


def test_the_nightly_look_goes_through_every_village_and_says_whose_book_is_broken(desk, caplog):
    other = open_desk("nanshan", "南山村")
    invariants.watch()
    with scope.village(other.village.pk), history.unguarded():
        posted(other, event(other), (other.source, -5), (other.wang, 4)).save(force_insert=True)
    with caplog.at_level(logging.ERROR, "tongxin.ledger"), pytest.raises(invariants.Broken, match="3 faults"):
        invariants.watch()
    assert all(str(other.village.pk) in record.getMessage() for record in caplog.records)
    assert "ledger.watch" in {job.name for job in periodic.jobs()}
