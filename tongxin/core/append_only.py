"""Tables that only grow: what was written there is neither changed nor taken away (R8, R9).

    append_only.protect(IssueEntry)          in the app's `ready()`

SQLite: three triggers, before update, before delete, and before an insert whose id or unique key is there already,
because `REPLACE` deletes without asking a delete trigger. PostgreSQL: a row trigger, a statement trigger for TRUNCATE,
and the rights of the application's role (`core.roles`). What has to change goes into another table, or a further row.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.core.checks import CheckMessage, Error, Tags
from django.core.checks import register as register_check
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from tongxin.core import triggers
from tongxin.core.triggers import OnPostgres, OnSqlite, Trigger, refused

_FUNCTION: Final = "tx_append_only"
_BODY: Final = """BEGIN
RAISE EXCEPTION 'append-only: %', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END"""
_tables: dict[type[models.Model], bool] = {}
_mending: ContextVar[bool] = ContextVar("mending", default=False)


class Bent(RuntimeError):
    """The database no longer keeps its rules."""


def protect(model: type[models.Model], *, lockable: bool = False) -> None:
    """Declare a table append-only. Called from an app's `ready()`.

    Args:
        lockable: its rows are held by `select_for_update`, for which PostgreSQL wants a right to update; the
            application's role then gets that of the key alone, and the trigger still refuses every change.
    """
    if _tables.setdefault(model, lockable) is not lockable:
        raise ValueError(f"{model.__name__} is protected in two ways")


def protected() -> dict[str, bool]:
    """Table -> whether its rows may be held."""
    return {model._meta.db_table: lockable for model, lockable in _tables.items()}


def is_being_mended() -> bool:
    return _mending.get()


@contextmanager
def being_mended() -> Iterator[None]:
    """The check keeps silent while `migrate`, its mend, is starting."""
    token = _mending.set(True)
    try:
        yield
    finally:
        _mending.reset(token)


def _triggers(connection: BaseDatabaseWrapper, known: set[str]) -> Iterable[Trigger]:
    for table in protected():
        if not any(name.startswith(f"{table}.") for name in known):
            continue
        no = refused(f"append-only: {table}")
        yield Trigger(
            f"tx_{table}_row", table, postgres=OnPostgres("BEFORE UPDATE OR DELETE", _BODY, function=_FUNCTION)
        )
        yield Trigger(
            f"tx_{table}_stmt", table, postgres=OnPostgres("BEFORE TRUNCATE", _BODY, "STATEMENT", function=_FUNCTION)
        )
        yield Trigger(f"tx_{table}_update", table, sqlite=OnSqlite("BEFORE UPDATE", no))
        yield Trigger(f"tx_{table}_delete", table, sqlite=OnSqlite("BEFORE DELETE", no))
        if connection.vendor == "sqlite":
            when = f"WHEN {' OR '.join(_taken(connection, table))} {refused(triggers.EXISTS)}"
            yield Trigger(f"tx_{table}_insert", table, sqlite=OnSqlite("BEFORE INSERT", when))


def _taken(connection: BaseDatabaseWrapper, table: str) -> list[str]:
    """Conditions, one for each unique key of an SQLite table, that a new row would meet an old one there.

    NEW.rowid is -1 where the statement names none; a statement that names one can replace by it.
    """
    quote = connection.ops.quote_name
    mine = quote(table)
    found = [f"EXISTS (SELECT 1 FROM {mine} WHERE rowid = NEW.rowid)"]  # noqa: S608 -- our own table's name
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pragma_table_info(%s) ORDER BY cid", [table])
        every = [row[0] for row in cursor.fetchall()]
        cursor.execute(
            'SELECT l.name, m.sql FROM pragma_index_list(%s) l JOIN sqlite_master m ON m.name = l.name WHERE l."unique"'
            " ORDER BY l.name",
            [table],
        )
        for index, text in cursor.fetchall():
            cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
            names = [row[0] for row in cursor.fetchall()]
            if None in names:
                raise ImproperlyConfigured(f"{index}: a unique expression cannot be guarded on a table that only grows")
            same = " AND ".join(f"{quote(name)} = NEW.{quote(name)}" for name in names)
            if condition := re.search(r"\bWHERE\b(.+)$", text or "", flags=re.S):
                # a partial index binds only where the old and the new row both meet its condition
                where, new = condition.group(1).strip(), ", ".join(f"NEW.{quote(n)} AS {quote(n)}" for n in every)
                same += f" AND ({where}) AND EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {where})"  # noqa: S608
            found.append(f"EXISTS (SELECT 1 FROM {mine} WHERE {same})")  # noqa: S608 -- names from the schema
    return found


triggers.register(_triggers)


# --- told at each start, and every night ------------------------------------------------------------------------------
@register_check(Tags.database)
def counted(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """The triggers of each database against the list of what should be there."""
    if is_being_mended():
        return []
    hint = "Ask who took it away (docs/operations.md, 'History that cannot be bent'); `manage.py migrate` puts it back."
    return [
        Error(f"Trigger {fault}: written history could be changed.", hint=hint, id="tongxin.E030")
        for alias in databases or []
        for fault in triggers.faults(connections[alias])
    ]


def watch() -> None:
    """The same between two starts. Raises Bent, which the worker logs, tries again and sets aside for a person."""
    if found := triggers.faults(connections["default"]):
        raise Bent("; ".join(found))
