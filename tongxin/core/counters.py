"""Numbers without gaps: the 617th matter of a village's year."""

from typing import Any
from uuid import UUID

from django.db import connections, router

from tongxin.core.inserting import insert_if_new, must_be_in_transaction
from tongxin.core.models import Counter


def next_value(village_id: UUID | None, name: str, year: int) -> int:
    """The next number of that counter, from 1, inside the caller's transaction.

    The counter's row stays locked until the caller commits, so that a rolled-back number is given out again and two
    callers never get the same; take it late, after what is slow.
    """
    must_be_in_transaction(Counter)
    value = _drawn(village_id, name, year)
    if value is None:
        insert_if_new(Counter(village_id=village_id, name=name, year=year, value=0))
        value = _drawn(village_id, name, year)
    if value is None:
        raise LookupError("the counter is gone")
    return value


def _drawn(village_id: UUID | None, name: str, year: int) -> int | None:
    """Count up and read in one statement; both databases return what they have written (SQLite from 3.35 on)."""
    connection = connections[router.db_for_write(Counter)]
    village = Counter._meta.get_field("village_id").get_db_prep_value(village_id, connection, False)
    here = "village_id IS NULL" if village is None else "village_id = %s"
    known: list[Any] = [name, year] if village is None else [name, year, village]
    statement = f"UPDATE core_counter SET value = value + 1 WHERE name = %s AND year = %s AND {here} RETURNING value"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, known)
        row = cursor.fetchone()
    return int(row[0]) if row else None
