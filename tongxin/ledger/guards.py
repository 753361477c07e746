# ruff: noqa: S608 -- conditions put together from constants of this file; nothing comes from outside
"""What the database refuses in a ledger, whoever asks (R4, R11). Both dialects read the same conditions.

Sealing: postings come first, then the transaction. A condition below is asked for each new row; NEW is that row.
"""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from tongxin.core.triggers import OnPostgres, OnSqlite, Trigger, raised

CLOSED = "ledger: this day lies in a closed period"
_IN_CLOSED = (
    "EXISTS (SELECT 1 FROM ledger_close c WHERE c.village_id = NEW.village_id AND c.book_id = NEW.book_id"
    " AND c.through_on >= NEW.effective_on)"
)
_MINE = "FROM ledger_posting p WHERE p.transaction_id = NEW.id"
_THEIRS = "FROM ledger_posting o WHERE o.transaction_id = NEW.reverses_id"
_HELD_THEN = (  # what an account held at its last close, and what has come since
    "SELECT b.units FROM ledger_closingbalance b WHERE b.village_id = p.village_id AND b.account_id = p.account_id"
    " ORDER BY b.through_on DESC LIMIT 1"
)
_CLOSED_THEN = _HELD_THEN.replace("b.units", "b.through_on")

Rule = tuple[str, str]  # a condition that must not be true, and what is said when it is

RULES: dict[str, tuple[str, list[Rule]]] = {
    "tx_ledger_posting_open": (
        "ledger_posting",
        [
            (_IN_CLOSED, CLOSED),
            (
                "EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.id = NEW.transaction_id)",
                "ledger: this transaction is sealed",
            ),
        ],
    ),
    "tx_ledger_transaction_seal": (
        "ledger_transaction",
        [
            (_IN_CLOSED, CLOSED),
            (
                "EXISTS (SELECT 1 FROM ledger_book b WHERE b.id = NEW.book_id AND b.opened_on > NEW.effective_on)",
                "ledger: the book was not open on this day",
            ),
            (f"(SELECT count(*) {_MINE}) < 2", "ledger: fewer than two postings"),
            (f"(SELECT sum(p.units) {_MINE}) <> 0", "ledger: the postings do not sum to zero"),
            (
                f"EXISTS (SELECT 1 {_MINE} AND (p.village_id <> NEW.village_id OR p.book_id <> NEW.book_id"
                " OR p.effective_on <> NEW.effective_on))",
                "ledger: a posting of another village, book or day",
            ),
            (
                f"EXISTS (SELECT 1 {_MINE} AND NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = p.account_id"
                " AND a.village_id = p.village_id AND a.book_id = p.book_id))",
                "ledger: an account of another book",
            ),
            (
                f"EXISTS (SELECT 1 {_MINE} AND p.units < 0"
                " AND EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = p.account_id AND NOT a.may_go_below)"
                f" AND COALESCE(({_HELD_THEN}), 0) + (SELECT COALESCE(sum(q.units), 0) FROM ledger_posting q"
                " WHERE q.village_id = p.village_id AND q.account_id = p.account_id"
                f" AND q.effective_on > COALESCE(({_CLOSED_THEN}), '0001-01-01')) < 0)",
                "ledger: an account would go below zero",
            ),
            (
                "NEW.reverses_id IS NOT NULL AND EXISTS (SELECT 1 FROM ledger_transaction o"
                " WHERE o.id = NEW.reverses_id AND o.reverses_id IS NOT NULL)",
                "ledger: a reversal is not reversed",
            ),
            (
                f"NEW.reverses_id IS NOT NULL AND ((SELECT count(*) {_MINE}) <> (SELECT count(*) {_THEIRS}) OR EXISTS"
                f" (SELECT o.account_id, -o.units {_THEIRS} EXCEPT SELECT p.account_id, p.units {_MINE}))",
                "ledger: a reversal takes back exactly what was posted",
            ),
        ],
    ),
    "tx_ledger_close_next": (
        "ledger_close",
        [
            (
                "NEW.number <> 1 + (SELECT count(*) FROM ledger_close c"
                " WHERE c.village_id = NEW.village_id AND c.book_id = NEW.book_id)"
                " OR EXISTS (SELECT 1 FROM ledger_close c WHERE c.village_id = NEW.village_id"
                " AND c.book_id = NEW.book_id AND c.through_on >= NEW.from_on)",
                "ledger: a close follows upon the last one",
            ),
            (
                "(SELECT COALESCE(sum(b.units), 0) FROM ledger_closingbalance b"
                " WHERE b.village_id = NEW.village_id AND b.close_id = NEW.id) <> 0",
                "ledger: the closing balances do not sum to zero",
            ),
        ],
    ),
    "tx_ledger_closingbalance_open": (
        "ledger_closingbalance",
        [("EXISTS (SELECT 1 FROM ledger_close c WHERE c.id = NEW.close_id)", "ledger: this close is sealed")],
    ),
}
NEEDS = frozenset(
    {
        "ledger_posting.effective_on",
        "ledger_transaction.reverses_id",
        "ledger_account.may_go_below",
        "ledger_book.opened_on",
        "ledger_close.through_on",
        "ledger_closingbalance.through_on",
    }
)


def guards(connection: BaseDatabaseWrapper, known: set[str]) -> Iterable[Trigger]:
    """Asked before each insert, on both databases."""
    for name, (table, rules) in RULES.items():
        refusals = " ".join(f"SELECT RAISE(ABORT, '{said}') WHERE {condition};" for condition, said in rules)
        checks = "\n".join(f"IF {condition} THEN {raised(said)} END IF;" for condition, said in rules)
        yield Trigger(
            name,
            table,
            sqlite=OnSqlite("BEFORE INSERT", f"BEGIN {refusals} END"),
            postgres=OnPostgres("BEFORE INSERT", f"BEGIN\n{checks}\nRETURN NEW;\nEND"),
            needs=NEEDS,
        )
