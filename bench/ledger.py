"""The ledger: an event posted beside plain inserts, and a book of a million postings.

Run inside the product's settings in a process of its own: `python -m bench.ledger rates|large` prints one JSON line.
"""

import calendar
import json
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.settings")
django.setup()

from django.db import connection, models, transaction  # noqa: E402

from tongxin.accounts.models import User  # noqa: E402
from tongxin.core import clock, inserting  # noqa: E402
from tongxin.core.ids import uuid7  # noqa: E402
from tongxin.ledger import actions, queries  # noqa: E402
from tongxin.ledger.models import Account, Book, Posting, Transaction  # noqa: E402
from tongxin.territory import queries as territory  # noqa: E402
from tongxin.territory import scope  # noqa: E402
from tongxin.territory.models import Village  # noqa: E402

HOUSEHOLDS, MONTHS, POSTINGS = 772, 60, 1_000_000
OPENED = date(2020, 12, 31)


class Plain(models.Model):
    """What somebody would write who only wants to note a number."""

    account = models.UUIDField(db_index=True)
    units = models.IntegerField()
    at = models.DateTimeField()
    words = models.CharField(max_length=200)

    class Meta:
        app_label = "bench"


def people() -> list[User]:
    return list(User.objects.filter(is_active=True).order_by("username")[:2])


def book_of(village: Village, kind: str, by: User, households: int) -> tuple[Book, Account, list[Account]]:
    book = actions.open_book(village.pk, kind, by=by, unit="分", opened_on=OPENED)
    issued = actions.open_account(book, "issued", by=by, may_go_below=True)
    held = [actions.open_account(book, "household", by=by, owner_id=uuid.uuid4()) for _ in range(households)]
    return book, issued, held


# --- rates --------------------------------------------------------------------------------------------------------
def rates(village: Village) -> dict[str, float]:
    """Events a second by plain inserts a second, bursts in turn; and by an insert and its account's balance."""
    with connection.schema_editor() as editor:
        editor.create_model(Plain)
    by, numbers = people()[0], count()
    book, issued, held = book_of(village, "rates", by, 50)

    def post() -> None:
        to = held[next(numbers) % len(held)]
        legs = [actions.Leg(issued, -5), actions.Leg(to, 5)]
        actions.post(book, legs, by=by, key=str(uuid.uuid4()), purpose="bench.award", note="修路出了工")

    def insert() -> None:
        to = held[next(numbers) % len(held)].pk
        Plain.objects.create(account=to, units=5, at=clock.now(), words="修路出了工")

    def entry_and_balance() -> None:
        to = held[next(numbers) % len(held)].pk
        with transaction.atomic():
            Plain.objects.create(account=to, units=5, at=clock.now(), words="修路出了工")
            Plain.objects.filter(account=to).aggregate(sum=models.Sum("units"))

    rounds = [[rate(one) for one in (post, insert, entry_and_balance)] for _ in range(9)]
    ours, bare, both = (statistics.median(column) for column in zip(*rounds, strict=True))
    return {
        "of_insert": statistics.median(a / b for a, b, _ in rounds),
        "of_both": statistics.median(a / c for a, _, c in rounds),
        "ours_per_s": ours,
        "bare_per_s": bare,
        "both_per_s": both,
    }


def rate(one: Callable[[], None], seconds: float = 0.7) -> float:
    done, began = 0, time.perf_counter()
    while (taken := time.perf_counter() - began) < seconds:
        one()
        done += 1
    return done / taken


# --- a large book -------------------------------------------------------------------------------------------------
def large(village: Village) -> dict[str, float]:
    """Five years of a village, a million postings, closed month by month by the product's own action."""
    by, second = people()
    book, issued, held = book_of(village, "large", by, HOUSEHOLDS)
    each, closes, began = POSTINGS // 2 // MONTHS, [], time.monotonic()
    # the first close compares with the audit chain, in which rows of `fill` have no entries: it closes nothing yet
    actions.close(book, through_on=OPENED + timedelta(days=1), by=by, second=second)
    for year, month in months():
        last = date(year, month, calendar.monthrange(year, month)[1])
        fill(book, issued, held, date(year, month, 3), last.day - 2, each, by)
        with clock.stopped_at(datetime(last.year, last.month, last.day, 12, tzinfo=UTC) + timedelta(days=1)):
            started = time.perf_counter()
            actions.close(book, through_on=last, by=by, second=second)
            closes.append(time.perf_counter() - started)
    filled = time.monotonic() - began
    fill(book, issued, held, date(2026, 1, 1), 28, each, by)  # an open month above it
    looks = []
    for account in [issued, *held[:200]]:
        started = time.perf_counter()
        queries.balance(account)
        looks.append((time.perf_counter() - started) * 1000)
    return {
        "postings": Posting.objects.of(village).filter(book=book).count(),
        "balance_ms": statistics.quantiles(looks, n=20)[18],
        "busiest_balance_ms": looks[0],
        "close_s": max(closes[-3:]),
        "fill_s": filled,
    }


def months() -> Iterator[tuple[int, int]]:
    yield from ((OPENED.year + 1 + n // 12, n % 12 + 1) for n in range(MONTHS))


def fill(book: Book, issued: Account, held: list[Account], first: date, days: int, events: int, by: User) -> None:
    """Events as `actions.post` leaves them, written in batches: only for measuring."""
    for start in range(0, events, actions.A_STATEMENT):
        postings, made = [], []
        for n in range(start, min(start + actions.A_STATEMENT, events)):
            day = first + timedelta(days=n % days)
            row = Transaction(
                id=uuid7(), village_id=book.village_id, book=book, effective_on=day, at=clock.now(), by=by,
                by_name=by.name, purpose="bench.award", key=str(uuid.uuid4()), request_hash="0" * 64,
            )  # fmt: skip
            made.append(row)
            whose = {"village_id": book.village_id, "book_id": book.pk, "transaction_id": row.pk, "effective_on": day}
            postings.append(Posting(account_id=issued.pk, units=-5, **whose))
            postings.append(Posting(account_id=held[n % len(held)].pk, units=5, **whose))
        with transaction.atomic():
            inserting.insert_all(postings)
            inserting.insert_all(made)


def main(what: str) -> None:
    village = territory.home()
    assert village is not None
    with scope.village(village.pk):
        print(json.dumps({"rates": rates, "large": large}[what](village)))


if __name__ == "__main__":
    main(*sys.argv[1:])
