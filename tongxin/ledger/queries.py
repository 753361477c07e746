"""What an account holds, on any day; nothing is kept that is not also counted.

A balance is the sum of the account's postings. It is counted on from the last close, whose balances are rows, so that
it costs the open period only.
"""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.db.models import DateField, Sum, UUIDField

from tongxin.core.db.prepared import Prepared
from tongxin.ledger.models import Account, Book, Close, ClosingBalance, Posting, Transaction
from tongxin.territory import scope

DAWN = date(1, 1, 1)


def book(village_id: UUID, kind: str) -> Book:
    """Raises Book.DoesNotExist."""
    return Book.objects.get(village_id=village_id, kind=kind)


def account(book: Book, kind: str, owner_id: UUID | None = None) -> Account:
    """Raises Account.DoesNotExist."""
    return Account.objects.get(village_id=book.village_id, book=book, kind=kind, owner_id=owner_id)


def closed_through(book: Book) -> date | None:
    """The last day that is closed for ever."""
    scope.must_reach(book.village_id)
    last = next(_LAST_CLOSE.ask(village=book.village_id, book=book.pk), None)
    return last[0] if last else None


def balance(account: Account, on: date | None = None) -> int:
    """What the account held at the end of that day; without a day, all that was ever posted."""
    since, held = _closing(account, on)
    asked = {"village": account.village_id, "account": account.pk, "since": since, "until": on or date.max}
    moved: list[tuple[UUID, int]] = list(_MOVED.ask(**asked))
    return held + sum(units for _, units in moved)


def balances(book: Book, on: date | None = None) -> dict[UUID, int]:
    """Account -> what it held at the end of that day, for every account that ever moved or was closed over."""
    closes = Close.objects.filter(village_id=book.village_id, book=book)
    last = (closes.filter(through_on__lte=on) if on else closes).order_by("-through_on").first()
    found: dict[UUID, int] = {}
    rows = Posting.objects.filter(village_id=book.village_id, book=book)
    if last is not None:
        closing = ClosingBalance.objects.filter(village_id=book.village_id, close=last)
        found.update(closing.values_list("account_id", "units"))
        rows = rows.filter(effective_on__gt=last.through_on)
    if on is not None:
        rows = rows.filter(effective_on__lte=on)
    for account_id, units in rows.values_list("account_id").annotate(sum=Sum("units")):
        found[account_id] = found.get(account_id, 0) + units
    return found


def lowest_from(account: Account, day: date) -> int:
    """The least that the account holds at the end of `day` or of any later day: so much may still be taken on `day`."""
    since, held = _closing(account, None)
    by_day: list[tuple[date, int]] = list(_BY_DAY.ask(village=account.village_id, account=account.pk, since=since))
    lowest = held = held + sum(units for on, units in by_day if on <= day)
    for on, units in by_day:
        if on > day:
            held += units
            lowest = min(lowest, held)
    return lowest


def statement(account: Account, since: date | None = None, until: date | None = None) -> Iterator[tuple[Posting, int]]:
    """Every posting of the account in the order in which it counts, each with the balance after it."""
    rows = Posting.objects.filter(village_id=account.village_id, account=account).select_related("transaction")
    held = balance(account, date.fromordinal(since.toordinal() - 1)) if since else 0
    if since:
        rows = rows.filter(effective_on__gte=since)
    if until:
        rows = rows.filter(effective_on__lte=until)
    for row in rows.order_by("effective_on", "transaction_id"):
        held += row.units
        yield row, held


def legs(transaction: Transaction) -> list[Posting]:
    """The postings of a transaction with their accounts."""
    rows = Posting.objects.filter(village_id=transaction.village_id, transaction=transaction)
    return list(rows.select_related("account").order_by("account_id"))


def _closing(account: Account, on: date | None) -> tuple[date, int]:
    """(through which day, what it held then) at the last close not after `on`; before the first: nothing."""
    scope.must_reach(account.village_id)
    through = on or date.max
    for day, units in _CLOSED_AT.ask(village=account.village_id, account=account.pk, through=through):
        return day, units
    return DAWN, 0


# What every posting and every balance asks, put into SQL once.
_LAST_CLOSE = Prepared(
    lambda village, book: (
        Close._base_manager.filter(village_id=village, book_id=book)
        .order_by("-through_on")
        .values_list("through_on")[:1]
    ),
    village=UUIDField(),
    book=UUIDField(),
)
_CLOSED_AT = Prepared(
    lambda village, account, through: (
        ClosingBalance._base_manager.filter(village_id=village, account_id=account, through_on__lte=through)
        .order_by("-through_on")
        .values_list("through_on", "units")[:1]
    ),
    village=UUIDField(),
    account=UUIDField(),
    through=DateField(),
)
_BY_DAY = Prepared(
    lambda village, account, since: (
        Posting._base_manager.filter(village_id=village, account_id=account, effective_on__gt=since)
        .values_list("effective_on")
        .annotate(sum=Sum("units"))
        .order_by("effective_on")
    ),
    village=UUIDField(),
    account=UUIDField(),
    since=DateField(),
)
_MOVED = Prepared(
    lambda village, account, since, until: (
        Posting._base_manager.filter(
            village_id=village, account_id=account, effective_on__gt=since, effective_on__lte=until
        )
        .values_list("account_id")
        .annotate(sum=Sum("units"))
    ),
    village=UUIDField(),
    account=UUIDField(),
    since=DateField(),
    until=DateField(),
)
