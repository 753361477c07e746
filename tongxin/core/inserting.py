"""Insert a row, or insert it unless its unique key is taken: one statement, compiled once a table, no savepoint."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connections, models, router
from django.db.transaction import TransactionManagementError

from tongxin.core import triggers


def insert_if_new(row: models.Model) -> bool:
    """True when the row was written, False when a unique constraint already holds such a row.

    On PostgreSQL a rival that is not committed yet is waited for. Unlike Django's `ignore_conflicts`, which becomes
    `INSERT OR IGNORE` on SQLite and swallows CHECK and NOT NULL too, every other refusal is raised.
    """
    try:
        written = _written(row, " ON CONFLICT DO NOTHING")
    except IntegrityError as error:  # SQLite's guard of a table that only grows speaks before the conflict does
        if str(error) != triggers.EXISTS:
            raise
        return False
    if written:
        row._state.adding = False
    return written


def insert(row: models.Model) -> None:
    """`row.save(force_insert=True)` for tables of ours, at a third of its cost: no signals, no parents, no savepoint.

    Raises what the database raises; inside a transaction that may go on after it, use `save`.
    """
    _written(row, "")
    row._state.adding = False


def insert_all(rows: Sequence[models.Model]) -> None:
    """`insert` for some rows of one table, in one statement (SQLite takes 32,766 values)."""
    alias = router.db_for_write(type(rows[0]))
    connection = connections[alias]
    statement, fields = _statement(type(rows[0]), alias)
    holders = statement[statement.rindex("(") :]
    values = [f.get_db_prep_save(f.pre_save(row, True), connection) for row in rows for f in fields]
    with connection.cursor() as cursor:
        cursor.execute(f"{statement}{f', {holders}' * (len(rows) - 1)}", values)
    for row in rows:
        row._state.adding, row._state.db = False, alias


def _written(row: models.Model, tail: str) -> bool:
    alias = router.db_for_write(type(row))
    connection = connections[alias]
    statement, fields = _statement(type(row), alias)
    values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(statement + tail, values)
        written = bool(cursor.rowcount == 1)
    row._state.db = alias
    return written


@cache
def _statement(model: type[models.Model], alias: str) -> tuple[str, list["models.Field[Any, Any]"]]:
    """The INSERT of a table with a placeholder for each column, as Django's compiler writes it."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    odd = [f.name for f in fields if f.has_db_default() or hasattr(f, "get_placeholder")]
    if odd or model._meta.parents:
        raise ImproperlyConfigured(f"{model.__name__}: {odd} or its parents need Django's own insert")
    quote = connections[alias].ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    holders = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({holders})", fields  # noqa: S608 -- our own names


def must_be_in_transaction(model: type[models.Model]) -> None:
    """For what is only true together with the rest of the caller's work."""
    connection = connections[router.db_for_write(model)]
    if not connection.in_atomic_block:
        raise TransactionManagementError("this belongs inside the caller's transaction.atomic()")
