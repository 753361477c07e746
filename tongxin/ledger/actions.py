"""The only hand that writes in a book: `post`, `reverse`, `carry_over`, `close`.

    post(book, [Leg(issued, -5), Leg(household, 5)], by=user, key=key, purpose="points.award")

Every one bears being pressed twice: the key belongs to one request for ever, and comes back with the first answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock, holding, idempotency, inserting
from tongxin.core.errors import DomainError, KeyReused, NotAllowed, WrongStatus
from tongxin.core.ids import uuid7
from tongxin.ledger import invariants, queries
from tongxin.ledger.models import MOST, Account, Book, Close, ClosingBalance, Posting, Transaction

A_STATEMENT = 500  # rows in one INSERT; SQLite takes 32,766 values


class Unbalanced(DomainError):
    """The postings are no event of this book: too few, not summing to zero, not whole, or of another book."""


class PeriodClosed(DomainError):
    """The day lies in a closed period; what was wrong there is put right in an open one."""

    status = 409


class Insufficient(DomainError):
    """An account would go below zero that may not; `left` is what it can still give on that day."""

    status = 409

    def __init__(self, account: Account, left: int) -> None:
        super().__init__(_("There are only %(left)s left.") % {"left": left})
        self.account = account
        self.left = left


@dataclass(frozen=True)
class Leg:
    """So many whole units to an account; below zero: from it."""

    account: Account
    units: int


@dataclass(frozen=True)
class _Event:
    """What a transaction says of itself, beside its postings."""

    book: Book
    by: Actor
    key: str
    purpose: str
    asked_on: date | None  # None: whatever day it is; sent again after midnight it is the same request
    cause_id: UUID | None = None
    note: str = ""
    reverses: Transaction | None = None
    second: User | None = None
    reason: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid7)
    today: date = field(default_factory=clock.today)

    @property
    def effective_on(self) -> date:
        return self.asked_on or self.today

    def fingerprint(self) -> str:
        """What makes two requests the same one."""
        return idempotency.fingerprint(self.body)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "by": self.by.pk if isinstance(self.by, User) else type(self.by).__name__,
            "purpose": self.purpose,
            "on": self.asked_on,
            "cause": self.cause_id,
            "note": self.note,
            "reverses": self.reverses.pk if self.reverses else None,
            "second": self.second.pk if self.second else None,
            "reason": self.reason,
            **self.more,
        }


# --- books and accounts -------------------------------------------------------------------------------------------
def open_book(village_id: UUID, kind: str, *, by: Actor, unit: str, opened_on: date) -> Book:
    """The village's book of this kind, made when there is none."""
    row = Book(village_id=village_id, kind=kind, unit=unit, opened_on=opened_on)
    with audit.together():
        if not inserting.insert_if_new(row):
            return queries.book(village_id, kind)
        audit.record("ledger.open_book", by=by, about=row, data={"kind": kind, "unit": unit})
        return row


def open_account(
    book: Book, kind: str, *, by: Actor, owner_id: UUID | None = None, may_go_below: bool = False
) -> Account:
    """The account of this kind and owner, made when there is none.

    Raises:
        DomainError: it is there, and may go below zero or may not, the other way round.
    """
    row = Account(village_id=book.village_id, book=book, kind=kind, owner_id=owner_id, may_go_below=may_go_below)
    with audit.together():
        if inserting.insert_if_new(row):
            audit.record("ledger.open_account", by=by, about=row, data={"kind": kind, "may_go_below": may_go_below})
            return row
        there = queries.account(book, kind, owner_id)
    if there.may_go_below != may_go_below:
        raise DomainError(_("There is such an account with another rule."))
    return there


# --- events -------------------------------------------------------------------------------------------------------
def post(
    book: Book,
    legs: Sequence[Leg],
    *,
    by: Actor,
    key: str,
    purpose: str,
    effective_on: date | None = None,
    cause_id: UUID | None = None,
    note: str = "",
) -> Transaction:
    """Write one event of the book; the same key again answers with the first one.

    Raises:
        Unbalanced, PeriodClosed, Insufficient: nothing was written.
        KeyReused: the key belongs to another request.
    """
    units = _summed(book, legs)
    told = {"legs": sorted((str(account.pk), n) for account, n in units.items())}
    event = _Event(book, by, key, purpose, effective_on, cause_id, note, more=told)
    return _done(_once(event, lambda: _within(event, lambda: units)))


def reverse(
    original: Transaction, *, by: User, second: User, reason: str, key: str, effective_on: date | None = None
) -> Transaction:
    """Take back the whole of a transaction, once, in an open period; two people and a reason stand in it.

    Raises:
        NotAllowed: the second person is the first one.
        WrongStatus: it was taken back before, or is itself a reversal.
        PeriodClosed, Insufficient, KeyReused: as for `post`.
    """
    if by.pk == second.pk:
        raise NotAllowed(_("A second person has to agree."), field="second")
    if not reason.strip():
        raise DomainError(_("Write the reason."), field="reason")
    event = _Event(
        original.book, by, key, original.purpose, effective_on, original.cause_id,
        reverses=original, second=second, reason=reason.strip(),
    )  # fmt: skip

    def units() -> dict[Account, int]:
        held = holding.hold(Transaction.objects.filter(village_id=original.village_id, pk=original.pk))
        if held.reverses_id:
            raise WrongStatus(_("This is a correction itself. Post it anew instead."))
        if Transaction.objects.filter(village_id=held.village_id, reverses=held).exists():
            raise WrongStatus(_("This was taken back before."))
        return {leg.account: -leg.units for leg in queries.legs(held)}

    return _done(_once(event, lambda: _within(event, units)))


def carry_over(source: Account, target: Account, *, by: Actor, key: str, purpose: str) -> Transaction | None:
    """Move all that an account holds to another one, as when households merge; None when it holds nothing."""
    if source.book_id != target.book_id or source.pk == target.pk:
        raise Unbalanced(_("These accounts do not belong together."))
    told = {"source": source.pk, "target": target.pk}
    event = _Event(source.book, by, key, purpose, None, more=told)

    def units() -> dict[Account, int]:
        _hold([source])
        held = queries.balance(source)
        return {source: -held, target: held} if held else {}

    return _once(event, lambda: _within(event, units))


def close(book: Book, *, through_on: date, by: User, second: User) -> Close:
    """Close the book through that day, for ever; the balances of every account become rows.

    Raises:
        NotAllowed: the second person is the first one.
        WrongStatus: the day is closed already, or is not over.
        invariants.Broken: the book does not add up; nothing is closed over a fault.
    """
    if by.pk == second.pk:
        raise NotAllowed(_("A second person has to agree."), field="second")
    if through_on >= clock.today():
        raise WrongStatus(_("This day is not over yet."), field="through_on")
    with audit.together():
        held = holding.hold(Book.objects.filter(village_id=book.village_id, pk=book.pk))
        last = Close.objects.filter(village_id=held.village_id, book=held).order_by("-number").first()
        if through_on <= (last.through_on if last else held.opened_on):
            raise WrongStatus(_("This day is closed already."), field="through_on")
        invariants.must_hold(held, since=last.through_on if last else None)
        holding.after_check()
        return _closed(held, last, through_on, by, second)


# --- the work below -----------------------------------------------------------------------------------------------
def _summed(book: Book, legs: Sequence[Leg]) -> dict[Account, int]:
    """One number for each account; refused unless they are an event of this book."""
    units: dict[Account, int] = {}
    for leg in legs:
        if type(leg.units) is not int:
            raise Unbalanced(_("Only whole units can be posted."))
        if leg.account.book_id != book.pk:
            raise Unbalanced(_("These accounts do not belong together."))
        units[leg.account] = units.get(leg.account, 0) + leg.units
    if len(units) < 2 or not all(units.values()):
        raise Unbalanced(_("An event moves units from one account to another."))
    if sum(units.values()):
        raise Unbalanced(_("What goes out has to come in."))
    if max(map(abs, units.values())) > MOST:
        raise Unbalanced(_("This is more than a book can hold."))
    return units


def _once(event: _Event, work: Callable[[], Transaction | None]) -> Transaction | None:
    """Carry out the request of this key, or answer as it was answered the first time."""
    book = event.book
    if not event.key:
        raise DomainError(_("This form has no key. Please open it again."))
    try:
        with audit.together():
            claim = idempotency.claim(
                village_id=book.village_id,
                actor="",
                operation=f"ledger:{book.pk}",
                key=event.key,
                body=event.body,
                response=str(event.id),
            )
            if claim.replayed:
                return _answered(book, claim.response)
            if (made := work()) is None:
                claim.keep(None)
            return made
    except IntegrityError:  # a key older than the claims are kept: the transaction itself still knows it
        first = Transaction.objects.filter(
            village_id=book.village_id, book=book, key=idempotency.shortened(event.key)
        ).first()
        if first is None:
            raise
        if first.request_hash != event.fingerprint():
            raise KeyReused(_("This form was already sent with other words. Please open it again.")) from None
        return first


def _done(made: Transaction | None) -> Transaction:
    assert made is not None  # noqa: S101 -- only `carry_over` may find nothing to do
    return made


def _answered(book: Book, response: Any) -> Transaction | None:
    return Transaction.objects.get(village_id=book.village_id, pk=response) if response else None


def _within(event: _Event, prepared: Callable[[], dict[Account, int]]) -> Transaction | None:
    """Hold what is counted, look, write. The postings come first and the transaction seals them (`guards`)."""
    book, day = event.book, event.effective_on
    holding.share(Book.objects.filter(village_id=book.village_id, pk=book.pk))
    _must_be_open(book, day)
    if not (units := prepared()):
        return None
    givers = [account for account, n in units.items() if n < 0 and not account.may_go_below]
    _hold(givers)
    for account in givers:
        if (left := queries.lowest_from(account, day)) < -units[account]:
            raise Insufficient(account, left)
    holding.after_check()
    return _written(event, units)


def _must_be_open(book: Book, day: date) -> None:
    if day > clock.today():
        raise DomainError(_("Nothing is posted ahead of its day."), field="effective_on")
    if day < book.opened_on:
        raise DomainError(_("The book was not open on that day."), field="effective_on")
    closed = queries.closed_through(book)
    if closed and day <= closed:
        raise PeriodClosed(_("This period is closed. A correction goes into the open one."), field="effective_on")


def _hold(accounts: Sequence[Account]) -> None:
    if accounts:
        wanted = [account.pk for account in accounts]
        holding.hold_all(Account.objects.filter(village_id=accounts[0].village_id, pk__in=wanted))


def _written(event: _Event, units: Mapping[Account, int]) -> Transaction:
    book = event.book
    made = Transaction(
        id=event.id,
        village_id=book.village_id,
        book=book,
        effective_on=event.effective_on,
        at=clock.now(),
        by=event.by if isinstance(event.by, User) else None,
        by_name=event.by.name if isinstance(event.by, User) else "",
        purpose=event.purpose,
        cause_id=event.cause_id,
        note=event.note,
        key=idempotency.shortened(event.key),
        request_hash=event.fingerprint(),
        reverses=event.reverses,
        second=event.second,
        reason=event.reason,
    )
    postings = [
        Posting(
            village_id=book.village_id,
            transaction_id=made.pk,
            book_id=book.pk,
            account_id=account.pk,
            effective_on=event.effective_on,
            units=n,
        )
        for account, n in units.items()
    ]
    for start in range(0, len(postings), A_STATEMENT):
        inserting.insert_all(postings[start : start + A_STATEMENT])
    inserting.insert(made)
    seal = invariants.seal(made, {account.pk: n for account, n in units.items()})
    audit.record(
        f"ledger.{'reverse' if made.reverses_id else 'post'}",
        by=event.by,
        about=made,
        data={"book": book.pk, "seal": seal},
    )
    return made


def _closed(book: Book, last: Close | None, through_on: date, by: User, second: User) -> Close:
    """The balances first, then the close that seals them."""
    held = queries.balances(book, through_on)
    accounts = Account.objects.filter(village_id=book.village_id, book=book).values_list("pk", flat=True)
    row = Close(
        village_id=book.village_id,
        book=book,
        number=last.number + 1 if last else 1,
        from_on=date.fromordinal(last.through_on.toordinal() + 1) if last else book.opened_on,
        through_on=through_on,
        at=clock.now(),
        by=by,
        second=second,
        digest=invariants.digest(book, through_on, held),
    )
    row.posting_count = Posting.objects.filter(
        village_id=book.village_id, book=book, effective_on__range=(row.from_on, row.through_on)
    ).count()
    balances = [
        ClosingBalance(
            village_id=book.village_id, close_id=row.pk, account_id=pk, through_on=through_on, units=held.get(pk, 0)
        )
        for pk in accounts
    ]
    for start in range(0, len(balances), A_STATEMENT):
        inserting.insert_all(balances[start : start + A_STATEMENT])
    inserting.insert(row)
    audit.record(
        "ledger.close", by=by, about=row, data={"second": second.pk, "digest": row.digest, "through": str(through_on)}
    )
    return row
