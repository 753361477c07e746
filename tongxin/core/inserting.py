"""Insert a row unless its unique key is taken, in one statement, without a savepoint. Hold a row before counting."""

from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connections, models, router
from django.db.models import sql
from django.db.transaction import TransactionManagementError

from tongxin.core import triggers

M = TypeVar("M", bound=models.Model)


def insert_if_new(row: models.Model) -> bool:
    """True when the row was written, False when a unique constraint already holds such a row.

    On PostgreSQL a rival that is not committed yet is waited for. Unlike Django's `ignore_conflicts`, which becomes
    `INSERT OR IGNORE` on SQLite and swallows CHECK and NOT NULL too, every other refusal is raised.
    """
    model = type(row)
    connection = connections[router.db_for_write(model)]
    query = sql.InsertQuery(model)
    query.insert_values([f for f in model._meta.concrete_fields if not f.generated], [row])
    ((statement, params),) = query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"{statement} ON CONFLICT DO NOTHING", params)
        except IntegrityError as error:  # SQLite's guard of a table that only grows speaks before the conflict does
            if str(error) != triggers.EXISTS:
                raise
            return False
        written = bool(cursor.rowcount == 1)
    if written:
        row._state.adding = False
    return written


def must_be_in_transaction(model: type[models.Model]) -> None:
    """For what is only true together with the rest of the caller's work."""
    connection = connections[router.db_for_write(model)]
    if not connection.in_atomic_block:
        raise TransactionManagementError("this belongs inside the caller's transaction.atomic()")


def hold(rows: models.QuerySet[M]) -> M:
    """Lock the one row of `rows` until the transaction ends, then read it: before a balance or a ballot is counted.

    PostgreSQL locks the row; SQLite ignores the clause and is serialised by immediate transactions.

    Raises:
        the model's DoesNotExist.
    """
    must_be_in_transaction(rows.model)
    if rows.query.distinct:
        raise ImproperlyConfigured("a locked row cannot be DISTINCT")
    return rows.select_for_update(of=("self",)).get()
