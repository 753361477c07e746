"""What must be true of every book at every moment: asked each night, before a close, and by the tests after each step.

I1 the postings of a transaction sum to zero · I2 so does the book · I3 no account is below zero that may not, on any
day · I4 a close plus what came since is what is there now · I5 a key belongs to one transaction · I6 nothing is taken
back twice, and then exactly · I7 nothing came into a period after its close · I9 a published figure is what is counted
anew.
Beside them the audit chain: every transaction is what its entry there says, and there is an entry for each.
(I8, a settlement that equals its pool, is the promise of the app that settles; its arithmetic is `apportion`.)
"""

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.audit.models import AuditEntry
from tongxin.core import health
from tongxin.ledger.models import Book, Close, ClosingBalance, Posting, Transaction
from tongxin.territory import scope

log = logging.getLogger(__name__)

_OPEN = " AND p.effective_on > %(since)s"
_ASKED: dict[str, tuple[str, str, str]] = {
    # rule: (what a row found means, the question, how it is narrowed to the open period)
    "I1": (
        "transaction {} does not sum to zero",
        # without the village in the join: SQLite would go through all postings of the village for each transaction
        "SELECT t.id FROM ledger_transaction t LEFT JOIN ledger_posting p ON p.transaction_id = t.id"
        " WHERE t.village_id = %(village)s AND t.book_id = %(book)s{open}"
        " GROUP BY t.id, t.village_id, t.book_id, t.effective_on"
        " HAVING count(p.id) < 2 OR sum(p.units) <> 0 OR min(p.effective_on) <> t.effective_on"
        " OR max(p.effective_on) <> t.effective_on OR count(CASE WHEN p.book_id <> t.book_id"
        " OR p.village_id <> t.village_id THEN 1 END) > 0",
        " AND t.effective_on > %(since)s",
    ),
    "I2": (
        "the book does not sum to zero but to {}",
        "SELECT sum(p.units) FROM ledger_posting p WHERE p.village_id = %(village)s AND p.book_id = %(book)s{open}"
        " HAVING sum(p.units) <> 0",
        _OPEN,
    ),
    "I3": (
        "account {} was below zero at the end of {}",
        "SELECT account_id, min(effective_on) FROM (SELECT p.account_id, p.effective_on, {base} + sum(sum(p.units))"
        " OVER (PARTITION BY p.account_id ORDER BY p.effective_on) AS held FROM ledger_posting p"
        " JOIN ledger_account a ON a.id = p.account_id AND NOT a.may_go_below"
        " WHERE p.village_id = %(village)s AND p.book_id = %(book)s{open} GROUP BY p.account_id, p.effective_on) d"
        " WHERE held < 0 GROUP BY account_id",
        _OPEN,
    ),
    "I5": (
        "key {} belongs to more than one transaction",
        "SELECT t.key FROM ledger_transaction t WHERE t.village_id = %(village)s AND t.book_id = %(book)s"
        " GROUP BY t.key HAVING count(*) > 1",
        "",
    ),
    "I6": (
        "transaction {} was taken back more than once, or is a reversal taken back",
        "SELECT t.reverses_id FROM ledger_transaction t JOIN ledger_transaction o ON o.id = t.reverses_id"
        " WHERE t.village_id = %(village)s AND t.book_id = %(book)s GROUP BY t.reverses_id"
        " HAVING count(*) > 1 OR count(o.reverses_id) > 0",
        "",
    ),
    "I6 exactly": (
        "reversal {} is not what was posted",
        "SELECT DISTINCT t.id FROM ledger_transaction t JOIN ledger_posting p"
        " ON p.transaction_id IN (t.id, t.reverses_id) WHERE t.village_id = %(village)s AND t.book_id = %(book)s"
        " AND t.reverses_id IS NOT NULL{open} GROUP BY t.id, p.account_id HAVING sum(p.units) <> 0",
        " AND t.effective_on > %(since)s",
    ),
}
_BASE = (
    "COALESCE((SELECT b.units FROM ledger_closingbalance b WHERE b.village_id = %(village)s"
    " AND b.account_id = p.account_id AND b.through_on = %(since)s), 0)"
)
_RECOUNTED = (  # what moved in each closed period, by account
    "SELECT c.id, p.account_id, sum(p.units), count(*) FROM ledger_close c JOIN ledger_posting p"
    " ON p.village_id = c.village_id AND p.book_id = c.book_id AND p.effective_on BETWEEN c.from_on AND c.through_on"
    " WHERE c.village_id = %(village)s AND c.book_id = %(book)s GROUP BY c.id, p.account_id"
)


class Broken(RuntimeError):
    """A book does not add up. Nothing mends this by itself: a person looks, and corrects by further entries."""


def faults(book: Book, since: date | None = None) -> list[str]:
    """What is not true of the book, each with its rule; with `since`, of the open period after that close only."""
    found = [*_found(book, since)]
    if since is None:
        found += [*_recounted(book), *_unchained(book)]
    return found


def must_hold(book: Book, since: date | None = None) -> None:
    """Raises Broken."""
    if found := faults(book, since):
        raise Broken("; ".join(found))


def digest(book: Book, through_on: date, balances: Mapping[UUID, int]) -> str:
    """SHA-256 over the closing balances that are not zero, in canonical JSON."""
    rows = sorted([str(account), units] for account, units in balances.items() if units)
    text = json.dumps([str(book.pk), through_on.isoformat(), rows], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal(made: Transaction, legs: Mapping[UUID, int]) -> str:
    """SHA-256 over everything that a transaction says, for its entry in the audit chain."""
    told = [made.pk, made.book_id, made.effective_on, made.by_id, made.purpose, made.cause_id, made.note, made.key]
    told += [made.request_hash, made.reverses_id, made.second_id, made.reason]
    rows = sorted([str(account), units] for account, units in legs.items())
    text = json.dumps(["" if one is None else str(one) for one in told] + rows, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def watch() -> None:
    """Every book of every village, each night. What is broken is logged line by line and set aside for a person."""
    with scope.everything("the nightly look at all books"):
        found = [(book, fault) for book in Book.objects.order_by("village_id", "kind") for fault in faults(book)]
    for book, fault in found:
        log.error("ledger: book %s of village %s: %s", book.pk, book.village_id, fault)
    if found:
        raise Broken(f"{len(found)} faults in the books")


def findings() -> Iterator[health.Finding]:
    """Every book of every village, for whoever looks after the site; also in a restored copy."""
    name, count, broken = _("Books"), 0, 0
    with scope.everything("the look at all books"):
        for book in Book.objects.order_by("village_id", "kind"):
            count += 1
            for fault in faults(book)[:1]:
                broken += 1
                words = _("Book %(book)s: %(fault)s") % {"book": book.pk, "fault": fault}
                yield health.Finding(
                    name, health.State.FAULT, words, _("docs/ledger.md says how a book is looked into.")
                )
    if not broken:
        words = ngettext("%(count)s book adds up.", "%(count)s books add up.", count) % {"count": count}
        yield health.Finding(name, health.State.OK, words)


def _found(book: Book, since: date | None) -> Iterator[str]:
    plain = Book._meta.pk.get_db_prep_value
    params: dict[str, Any] = {
        "village": plain(book.village_id, connection, False),
        "book": plain(book.pk, connection, False),
        "since": since,
    }
    for rule, (said, question, narrow) in _ASKED.items():
        statement = question.format(open=narrow if since else "", base=_BASE if since else "0")
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
            yield from (f"{rule.split()[0]}: {said.format(*row)}" for row in cursor.fetchall())


def _recounted(book: Book) -> Iterator[str]:
    """I4, I7, I9: each closed period counted anew from its postings, against the rows that the close left."""
    plain = Book._meta.pk.get_db_prep_value
    moved: dict[UUID, dict[UUID, tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        named = {"village": book.village_id, "book": book.pk}
        cursor.execute(_RECOUNTED, {name: plain(value, connection, False) for name, value in named.items()})
        for close_id, account_id, units, count in cursor.fetchall():
            moved.setdefault(UUID(str(close_id)), {})[UUID(str(account_id))] = (int(units), count)
    held: dict[UUID, int] = {}
    for close in Close.objects.filter(village_id=book.village_id, book=book).order_by("number"):
        period = moved.get(close.pk, {})
        for account, (units, _count) in period.items():
            held[account] = held.get(account, 0) + units
        rows = ClosingBalance.objects.filter(village_id=book.village_id, close=close)
        kept = dict(rows.values_list("account_id", "units"))
        wrong = [account for account in {*held, *kept} if held.get(account, 0) != kept.get(account, 0)]
        yield from (f"I4: account {account} at close {close.number} is not what its postings say" for account in wrong)
        if sum(count for _units, count in period.values()) != close.posting_count:
            yield f"I7: the number of postings before close {close.number} has changed"
        if digest(book, close.through_on, kept) != close.digest:
            yield f"I9: the figures of close {close.number} are not those that were published"


def _unchained(book: Book) -> Iterator[str]:
    """Transactions that the audit chain does not know as they are, and entries whose transaction is gone."""
    made = Transaction.objects.filter(village_id=book.village_id, book=book).order_by("pk").iterator()
    postings = Posting.objects.filter(village_id=book.village_id, book=book).order_by("transaction_id")
    rows = postings.values_list("transaction_id", "account_id", "units").iterator()
    legs = ((pk, {row[1]: row[2] for row in group}) for pk, group in groupby(rows, key=itemgetter(0)))
    known = AuditEntry.objects.filter(village_id=book.village_id, subject=Transaction._meta.label_lower)
    entries = known.order_by("subject_id").values_list("subject_id", "data").iterator()
    seals = ((pk, data.get("seal")) for pk, data in entries if pk and data.get("book") == str(book.pk))
    for pk, one, of_it, said in _side_by_side(((row.pk, row) for row in made), legs, seals):
        if one is None:
            yield f"chain: transaction {pk.hex} is gone from the book"
        elif said != seal(one, of_it or {}):
            yield f"chain: transaction {pk.hex} is not what the audit chain says"


def _side_by_side(*streams: Iterator[tuple[UUID, Any]]) -> Iterator[list[Any]]:
    """[id, what each stream has for it, or None], from streams in the order of their ids; holds one row of each."""
    heads = [next(stream, None) for stream in streams]
    while present := [head[0] for head in heads if head is not None]:
        pk = min(present)
        yield [pk, *(head[1] if head is not None and head[0] == pk else None for head in heads)]
        for i, stream in enumerate(streams):
            if (head := heads[i]) is not None and head[0] == pk:
                heads[i] = next(stream, None)
