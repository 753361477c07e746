"""Units move, all or nothing, once; what is wrong is put right by a further entry."""

from datetime import timedelta

import pytest
from django.db import IntegrityError

from tests.ledger.conftest import OPENED, day
from tongxin.casework.actors import Calendar
from tongxin.core import clock
from tongxin.core.errors import DomainError, KeyReused, NotAllowed, WrongStatus
from tongxin.core.ids import uuid7
from tongxin.core.models import Idempotency
from tongxin.ledger import actions, invariants, queries
from tongxin.ledger.actions import Insufficient, Leg, PeriodClosed, Unbalanced
from tongxin.ledger.models import MOST, Account, Book, Close, ClosingBalance, Posting, Transaction


def written() -> tuple[int, int]:
    return Transaction.objects.count(), Posting.objects.count()


# --- post ---------------------------------------------------------------------------------------------------------
def test_units_move_from_one_account_to_the_other(desk):
    cause = uuid7()
    made = desk.give(desk.wang, 5, cause_id=cause, note="帮邻居收麦子")
    assert (desk.holds(desk.wang), desk.holds(desk.source)) == (5, -5)
    assert (made.by, made.by_name, made.purpose, made.cause_id) == (desk.by, "赵会计", "test.move", cause)
    assert {(p.account_id, p.units, p.effective_on) for p in Posting.objects.all()} == {
        (desk.wang.pk, 5, day()),
        (desk.source.pk, -5, day()),
    }


def test_the_calendar_may_post_and_no_person_is_named(desk):
    made = desk.give(desk.wang, 5, by=Calendar("points.expire"))
    assert (made.by, made.by_name) == (None, "")


def test_legs_of_one_account_become_one_posting(desk):
    legs = [Leg(desk.source, -7), Leg(desk.wang, 3), Leg(desk.wang, 2), Leg(desk.li, 2)]
    actions.post(desk.book, legs, by=desk.by, key="k", purpose="p")
    assert written() == (1, 3)
    assert desk.holds(desk.wang) == 5


@pytest.mark.parametrize(
    "legs",
    [
        lambda d: [],
        lambda d: [Leg(d.wang, 0), Leg(d.li, 0)],
        lambda d: [Leg(d.wang, 5)],
        lambda d: [Leg(d.source, -5), Leg(d.wang, 4)],
        lambda d: [Leg(d.source, -5), Leg(d.source, 5)],
        lambda d: [Leg(d.source, -5), Leg(d.wang, 5), Leg(d.li, 1), Leg(d.li, -1)],
        lambda d: [Leg(d.source, -5.0), Leg(d.wang, 5.0)],
        lambda d: [Leg(d.source, -True), Leg(d.wang, True)],
        lambda d: [Leg(d.source, "-5"), Leg(d.wang, "5")],
        lambda d: [Leg(d.source, -MOST - 1), Leg(d.wang, MOST + 1)],
    ],
)
def test_what_is_no_event_of_the_book_is_refused(desk, legs):
    with pytest.raises(Unbalanced):
        actions.post(desk.book, legs(desk), by=desk.by, key="k", purpose="p")
    assert written() == (0, 0)


def test_the_largest_event_that_is_allowed_can_be_written(desk):
    desk.give(desk.wang, MOST)
    assert desk.holds(desk.wang) == MOST


def test_an_account_of_another_book_is_refused(desk):
    money = actions.open_book(desk.village.pk, "money", by=desk.by, unit="分钱", opened_on=OPENED)
    till = actions.open_account(money, "till", by=desk.by, may_go_below=True)
    with pytest.raises(Unbalanced):
        actions.post(desk.book, [Leg(till, -5), Leg(desk.wang, 5)], by=desk.by, key="k", purpose="p")


def test_nothing_is_posted_ahead_of_its_day_or_before_the_book(desk):
    for days_ago in (-1, (day() - OPENED).days + 1):
        with pytest.raises(DomainError) as refused:
            desk.give(desk.wang, 5, days_ago)
        assert refused.value.field == "effective_on"
    desk.give(desk.wang, 5, (day() - OPENED).days)


# --- not below zero -----------------------------------------------------------------------------------------------
def test_what_is_not_there_cannot_be_taken(desk):
    desk.give(desk.wang, 5)
    with pytest.raises(Insufficient) as refused:
        desk.take(desk.wang, 6)
    assert (refused.value.left, refused.value.account, refused.value.status) == (5, desk.wang, 409)
    desk.take(desk.wang, 5)
    assert desk.holds(desk.wang) == 0


def test_an_account_that_may_go_below_zero_goes(desk):
    desk.give(desk.wang, 5)
    assert desk.holds(desk.source) == -5


def test_what_was_spent_later_cannot_be_taken_for_an_earlier_day(desk):
    """5 came ten days ago, 4 went five days ago: for any day from then on only 1 is free."""
    desk.give(desk.wang, 5, 10)
    desk.take(desk.wang, 4, 5)
    desk.give(desk.wang, 9, 1)
    with pytest.raises(Insufficient) as refused:
        desk.take(desk.wang, 2, 7)
    assert refused.value.left == 1
    desk.take(desk.wang, 1, 7)
    desk.take(desk.wang, 9, 1)
    assert invariants.faults(desk.book) == []


# --- once ---------------------------------------------------------------------------------------------------------
def test_the_same_key_answers_with_the_first_event(desk):
    first = desk.give(desk.wang, 5, key="k")
    again = desk.give(desk.wang, 5, key="k")
    assert again.pk == first.pk
    assert written() == (1, 2)


def test_the_same_key_after_midnight_answers_with_the_first_event(desk):
    """Nobody said a day: a telephone without signal sends it again in the morning."""
    first = desk.give(desk.wang, 5, key="k", effective_on=None)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert desk.give(desk.wang, 5, key="k", effective_on=None).pk == first.pk
        taken = desk.reverse(first, key="r")
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        assert desk.reverse(first, key="r").pk == taken.pk


def test_a_replay_answers_though_the_balance_would_not_allow_it_now(desk):
    desk.give(desk.wang, 5)
    first = desk.take(desk.wang, 5, key="k")
    assert desk.take(desk.wang, 5, key="k").pk == first.pk


@pytest.mark.parametrize(
    "other", [{"units": 6}, {"note": "其他"}, {"purpose": "q"}, {"days_ago": 1}, {"by": Calendar("c")}]
)
def test_the_same_key_with_another_request_is_refused(desk, other):
    desk.give(desk.wang, 5, key="k")
    with pytest.raises(KeyReused):
        desk.give(desk.wang, **{"units": 5, "key": "k", **other})
    assert written() == (1, 2)


def test_the_key_belongs_to_the_event_for_ever(desk):
    """The claims are swept after a hundred days; the event itself still knows its key."""
    long_key = "k" * 200
    first = desk.give(desk.wang, 5, key=long_key)
    Idempotency.objects.all().delete()
    assert desk.give(desk.wang, 5, key=long_key).pk == first.pk
    Idempotency.objects.all().delete()
    with pytest.raises(KeyReused):
        desk.give(desk.wang, 6, key=long_key)
    assert written() == (1, 2)


def test_what_was_refused_may_be_tried_again_with_its_key(desk):
    with pytest.raises(Insufficient):
        desk.take(desk.wang, 5, key="k")
    desk.give(desk.wang, 5)
    desk.take(desk.wang, 5, key="k")
    assert desk.holds(desk.wang) == 0


def test_without_a_key_nothing_is_written(desk):
    with pytest.raises(DomainError):
        desk.give(desk.wang, 5, key="")
    assert written() == (0, 0)


# --- reverse ------------------------------------------------------------------------------------------------------
def test_a_reversal_names_what_it_takes_back_why_and_by_whom(desk):
    first = desk.give(desk.wang, 5, 3, cause_id=uuid7())
    back = desk.reverse(first)
    assert (back.reverses_id, back.reason, back.by, back.second) == (first.pk, "记错了户", desk.by, desk.second)
    assert (back.purpose, back.cause_id, back.effective_on) == (first.purpose, first.cause_id, day())
    assert (desk.holds(desk.wang), desk.holds(desk.wang, 1)) == (0, 5)


def test_nothing_is_taken_back_twice_nor_a_reversal_itself(desk):
    first = desk.give(desk.wang, 5)
    back = desk.reverse(first)
    for wrong in (first, back):
        with pytest.raises(WrongStatus):
            desk.reverse(wrong)
    assert desk.reverse(desk.give(desk.wang, 5)).reverses_id != first.pk
    assert Transaction.objects.reversals().count() == 2


def test_a_reversal_needs_a_second_person_and_a_reason(desk):
    first = desk.give(desk.wang, 5)
    with pytest.raises(NotAllowed):
        desk.reverse(first, second=desk.by)
    with pytest.raises(DomainError, match=r".") as refused:
        desk.reverse(first, reason="  ")
    assert refused.value.field == "reason"
    assert written() == (1, 2)


def test_what_was_spent_cannot_be_taken_back(desk):
    first = desk.give(desk.wang, 5)
    desk.take(desk.wang, 3)
    with pytest.raises(Insufficient):
        desk.reverse(first)
    assert desk.holds(desk.wang) == 2


def test_a_reversal_pressed_twice_is_one(desk):
    first = desk.give(desk.wang, 5)
    assert desk.reverse(first, key="r").pk == desk.reverse(first, key="r").pk
    assert desk.holds(desk.wang) == 0


# --- carry over ---------------------------------------------------------------------------------------------------
def test_all_that_an_account_holds_is_carried_over(desk):
    desk.give(desk.wang, 5)
    desk.give(desk.li, 2)
    given = {"by": desk.by, "key": "m", "purpose": "household.merge"}
    made = actions.carry_over(desk.wang, desk.li, **given)
    assert (desk.holds(desk.wang), desk.holds(desk.li)) == (0, 7)
    assert actions.carry_over(desk.wang, desk.li, **given).pk == made.pk
    assert actions.carry_over(desk.wang, desk.li, **{**given, "key": "m2"}) is None  # nothing left, and said so again
    desk.give(desk.wang, 1)
    assert actions.carry_over(desk.wang, desk.li, **{**given, "key": "m2"}) is None
    with pytest.raises(Unbalanced):
        actions.carry_over(desk.wang, desk.wang, **given)


# --- close --------------------------------------------------------------------------------------------------------
def test_a_closed_period_takes_nothing_and_a_correction_stands_in_the_open_one(desk):
    first = desk.give(desk.wang, 5, 40)
    closed = desk.close(30)
    assert (closed.number, closed.from_on, closed.through_on, closed.posting_count) == (1, OPENED, day(30), 2)
    for days_ago in (30, 31, 60):
        with pytest.raises(PeriodClosed):
            desk.give(desk.wang, 1, days_ago)
    with pytest.raises(PeriodClosed):
        desk.reverse(first, effective_on=day(40))
    desk.reverse(first)
    desk.give(desk.li, 5, 29)
    assert (desk.holds(desk.wang, 30), desk.holds(desk.wang), desk.holds(desk.li)) == (5, 0, 5)
    assert invariants.faults(desk.book) == []


def test_the_balances_of_every_account_become_rows(desk):
    desk.give(desk.wang, 5, 40)
    closed = desk.close(30)
    rows = dict(ClosingBalance.objects.filter(close=closed).values_list("account_id", "units"))
    assert rows == {desk.source.pk: -5, desk.wang.pk: 5, desk.li.pk: 0, desk.stock.pk: 0}


def test_periods_follow_upon_each_other(desk):
    desk.close(30)
    for again in (30, 31):
        with pytest.raises(WrongStatus):
            desk.close(again)
    second = desk.close(10)
    assert (second.number, second.from_on) == (2, day(29))
    for not_over in (0, -1):
        with pytest.raises(WrongStatus):
            desk.close(not_over)
    assert Close.objects.count() == 2


def test_a_close_needs_two_people(desk):
    with pytest.raises(NotAllowed):
        desk.close(30, second=desk.by)


def test_nothing_is_closed_over_a_fault(desk, monkeypatch):
    monkeypatch.setattr(invariants, "_found", lambda book, since: ["I2: the book does not sum to zero but to 1"])
    with pytest.raises(invariants.Broken, match="I2"):
        desk.close(30)
    assert not Close.objects.exists()


def test_a_day_passes_and_what_was_open_can_be_closed(desk):
    desk.give(desk.wang, 5)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert desk.close(1).posting_count == 2


# --- books and accounts -------------------------------------------------------------------------------------------
def test_a_book_and_an_account_are_opened_once(desk):
    again = actions.open_book(desk.village.pk, "points", by=desk.by, unit="分", opened_on=day())
    assert again.pk == desk.book.pk
    assert Book.objects.count() == 1
    assert actions.open_account(desk.book, "issued", by=desk.by, may_go_below=True).pk == desk.source.pk
    assert actions.open_account(desk.book, "household", by=desk.by, owner_id=desk.wang.owner_id).pk == desk.wang.pk
    with pytest.raises(DomainError):
        actions.open_account(desk.book, "issued", by=desk.by)
    assert Account.objects.count() == 4
    assert queries.account(desk.book, "issued").pk == desk.source.pk


def test_a_fault_of_the_database_that_is_no_replay_is_not_hidden(desk, monkeypatch):
    def fail(*_, **__):
        raise IntegrityError("something else")

    monkeypatch.setattr(actions, "_written", fail)
    with pytest.raises(IntegrityError, match="something else"):
        desk.give(desk.wang, 5)
