"""Hold first, then read, then write: before a balance, a stock or a ballot is counted (R5).

Everybody holds in the same order, or two wait for each other: ballot, household, book, item, account; several of one
kind by their ids. PostgreSQL locks the rows; SQLite ignores the clause and is serialised by immediate transactions. A
lock is never the last word: what must not happen is also forbidden by a constraint or a trigger.
"""

from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, router

from tongxin.core.inserting import must_be_in_transaction

M = TypeVar("M", bound=models.Model)


def hold(rows: models.QuerySet[M]) -> M:
    """Lock the one row of `rows` until the transaction ends, then read it.

    Raises:
        the model's DoesNotExist.
    """
    _may_be_held(rows)
    return _locked(rows).get()


def hold_all(rows: models.QuerySet[M]) -> list[M]:
    """Lock every row of `rows`, by the order of their ids, then read them. Rows that refer to them may still come."""
    _may_be_held(rows)
    return list(_locked(rows.order_by("pk"), no_key=True))


def share(rows: models.QuerySet[M]) -> M:
    """Keep the one row of `rows` from being held by somebody else, without keeping others from sharing it.

    Django has no word for it; `FOR KEY SHARE` conflicts with `hold` and with nothing else.

    Raises:
        the model's DoesNotExist.
    """
    _may_be_held(rows)
    return _shared(rows)


def after_check() -> None:
    """Stands between reading and writing, and does nothing. Tests put a barrier or a sleep here, to widen the gap."""


def _may_be_held(rows: models.QuerySet[M]) -> None:
    must_be_in_transaction(rows.model)
    if rows.query.distinct:
        raise ImproperlyConfigured("a locked row cannot be DISTINCT")


# Tests replace these two by a plain read, to prove that they would see the race without them.
def _locked(rows: models.QuerySet[M], no_key: bool = False) -> models.QuerySet[M]:
    return rows.select_for_update(of=("self",), no_key=no_key)


def _shared(rows: models.QuerySet[M]) -> M:
    if connections[router.db_for_write(rows.model)].vendor != "postgresql":
        return rows.get()
    statement, params = rows.query.sql_with_params()
    for row in rows.model._base_manager.raw(f"{statement} FOR KEY SHARE", params):
        return row
    raise rows.model.DoesNotExist  # type: ignore[attr-defined]
