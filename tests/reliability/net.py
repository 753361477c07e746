"""The net under every request of the test client: what writes to a village's tables leaves an entry in its audit chain.

Watches the statements of a request, transaction by transaction. Two things are faults: a transaction that wrote to a
village's table and appended nothing, and one that took the head of the chain before it was done with other rows, for
whoever holds the head must wait for nobody. Rows that were rolled back do not count.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

HEAD, ENTRY = "audit_chain", "audit_auditentry"
ALSO = {"accounts_user", "territory_village", "territory_division"}  # belong to no village, or are one
WRITE = re.compile(r'\s*(?:WITH .*?\)\s*)?(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)"?', re.I | re.S)
STAMP = re.compile(r'\s*UPDATE "?accounts_user"? SET "?last_login"? = [^,]+ WHERE', re.I)  # Django's own, at a log-in
BACK = re.compile(r'\s*ROLLBACK TO SAVEPOINT "?(\w+)"?', re.I)


def village_tables() -> set[str]:
    """Every table of a row that belongs to a village, and those of `ALSO`."""
    from tongxin.territory.models import VillageRow

    return ALSO | {model._meta.db_table for model in apps.get_models() if issubclass(model, VillageRow)}


@dataclass(frozen=True)
class Seen:
    """One statement: within which savepoints, what it does, to which table."""

    within: tuple[object, ...]
    verb: str
    table: str


class Net:
    def __init__(self) -> None:
        self.base = len(connection.savepoint_ids)
        self.is_bare = not connection.in_atomic_block  # no test holds a transaction around the request
        self.committed: list[object] = []
        self.tables = village_tables()
        self.seen: list[Seen] = []

    def watch(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(sql)
        if (back := BACK.match(text)) is not None:
            self.seen = [one for one in self.seen if back[1] not in one.within]
        result = execute(sql, params, many, context)
        is_write = context["cursor"].rowcount != 0 and not STAMP.match(text)
        if is_write and (write := WRITE.match(text)) is not None:
            within = (*self._transaction(), *connection.savepoint_ids[self.base :])
            self.seen.append(Seen(within, write[1].split()[0].upper(), write[2]))
        return result

    def _transaction(self) -> Iterator[object]:
        """The real transaction, where there is one of the request's own; its end is no statement that could be seen."""
        if self.is_bare and connection.in_atomic_block:
            block = connection.atomic_blocks[0]
            if not any(one.within[:1] == (block,) for one in self.seen):
                connection.on_commit(lambda: self.committed.append(block))
            yield block

    @property
    def wrote(self) -> set[str]:
        """The tables of villages that were written to."""
        return {one.table for one in self.seen} & self.tables

    def faults(self) -> list[str]:
        transactions: dict[object, list[Seen]] = {}
        for one in self.seen:
            if self.is_bare and one.within and one.within[0] not in self.committed:
                continue  # rolled back as a whole
            transactions.setdefault(one.within[0] if one.within else None, []).append(one)
        return [fault for seen in transactions.values() for fault in self._of(seen)]

    def _of(self, seen: list[Seen]) -> Iterator[str]:
        written = sorted({one.table for one in seen} & self.tables)
        if written and not any(one.table == ENTRY for one in seen):
            yield f"wrote {', '.join(written)} without an audit entry"
        at = next((n for n, one in enumerate(seen) if one.table == HEAD and one.verb == "UPDATE"), len(seen))
        late = sorted({one.table for one in seen[at:] if one.table in self.tables and one.verb != "INSERT"})
        if late:
            yield f"changed {', '.join(late)} while it held the head of the chain: use audit.together()"


@contextmanager
def cast() -> Iterator[Net]:
    net = Net()
    with connection.execute_wrapper(net.watch):
        yield net


def under(handle: Any) -> Any:
    """`ClientHandler.get_response` with the net below it."""

    def netted(self: Any, request: Any) -> Any:
        with cast() as net:
            response = handle(self, request)
        if faults := net.faults():
            raise AssertionError(f"{request.method} {request.path}: {'; '.join(faults)}")
        return response

    return netted
