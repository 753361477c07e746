"""Rules that the database itself keeps, on SQLite and PostgreSQL, from one place (R10).

An app says in `ready()` which triggers it wants; `migrate` installs them after every run, and a check counts them at
each start. Django's table rebuild on SQLite drops triggers in silence, so nothing else may create one.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

EXISTS: Final = "append-only: this row is there already"  # said by SQLite's guard; `insert_if_new` listens for it
PREFIX: Final = "tx_"  # ours; what bears another name on a guarded table is reported and left alone
_BITS: Final = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}  # pg_trigger.tgtype


@dataclass(frozen=True)
class OnSqlite:
    """`CREATE TRIGGER … {event} ON … {action}`; the action begins with WHEN or BEGIN."""

    event: str
    action: str


@dataclass(frozen=True)
class OnPostgres:
    """A function in PL/pgSQL and when it is called: `BEFORE UPDATE OR DELETE`, for each ROW or STATEMENT."""

    event: str
    body: str
    each: str = "ROW"
    function: str = ""  # shared by several triggers when it is named


@dataclass(frozen=True)
class Trigger:
    """One rule on one table. It is wanted as soon as all of `needs` ("table.column") exist, not before."""

    name: str
    table: str
    sqlite: OnSqlite | None = None
    postgres: OnPostgres | None = None
    needs: frozenset[str] = frozenset()


Source = Callable[[BaseDatabaseWrapper, set[str]], Iterable[Trigger]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """`source(connection, columns)` gives triggers; `columns` are those that exist, as "table.column"."""
    if source not in _sources:
        _sources.append(source)


def refused(message: str) -> str:
    """The statement by which a trigger on SQLite says no."""
    return f"BEGIN SELECT RAISE(ABORT, '{message}'); END"


def raised(message: str) -> str:
    """The statement by which a function on PostgreSQL says no; both arrive as Django's IntegrityError."""
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"


def before_insert(
    name: str, table: str, rules: Callable[[str], Sequence[tuple[str, str]]], needs: frozenset[str]
) -> Trigger:
    """One that asks before each insert. `rules(dialect)`: conditions on NEW that must not be true, and what is said."""
    asked = " ".join(f"SELECT RAISE(ABORT, '{said}') WHERE {condition};" for condition, said in rules("sqlite"))
    checks = "\n".join(f"IF {condition} THEN {raised(said)} END IF;" for condition, said in rules("postgres"))
    return Trigger(
        name,
        table,
        sqlite=OnSqlite("BEFORE INSERT", f"BEGIN {asked} END"),
        postgres=OnPostgres("BEFORE INSERT", f"BEGIN\n{checks}\nRETURN NEW;\nEND"),
        needs=needs,
    )


# --- what should be and what is -----------------------------------------------------------------------------------
def wanted(connection: BaseDatabaseWrapper) -> dict[str, Trigger]:
    """Every trigger that this database, as far as it is migrated, should have."""
    known = columns(connection)
    rows = [row for source in _sources for row in source(connection, known)]
    here = [row for row in rows if row.needs <= known and getattr(row, _dialect(connection)) is not None]
    return {row.name: row for row in here}


def found(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Every trigger that is there, ours or not: name -> (table, definition)."""
    with connection.cursor() as cursor:
        if _dialect(connection) == "sqlite":
            cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
            return {name: (table, text) for name, table, text in cursor.fetchall()}
        cursor.execute(
            "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.proname, p.prosrc, p.proconfig, p.prosecdef"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE NOT t.tgisinternal AND n.nspname = current_schema()"
        )
        return {
            name: (table, _described(kind, enabled, function, body, (config or [""])[0], bool(definer)))
            for name, table, kind, enabled, function, body, config, definer in cursor.fetchall()
        }


def faults(connection: BaseDatabaseWrapper) -> list[str]:
    """What differs between the two, in words: nothing when the database keeps all its rules."""
    should, there = wanted(connection), found(connection)
    guarded = {row.table for row in should.values()}
    said = [f"{name} on {row.table} is missing" for name, row in should.items() if name not in there]
    said += [
        f"{name} on {row.table} is not as it was installed"
        for name, row in should.items()
        if name in there and there[name] != (row.table, _definition(connection, row))
    ]
    said += [
        f"{name} on {table} is nobody's"
        for name, (table, _text) in there.items()
        if name not in should and (name.startswith(PREFIX) or table in guarded)
    ]
    return sorted(said)


def columns(connection: BaseDatabaseWrapper) -> set[str]:
    """What exists, as "table.column"."""
    with connection.cursor() as cursor:
        if _dialect(connection) == "sqlite":
            cursor.execute(
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"
            )
        else:
            cursor.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()"
            )
        return {f"{table}.{column}" for table, column in cursor.fetchall()}


# --- putting up and taking down -------------------------------------------------------------------------------------
def install(connection: BaseDatabaseWrapper) -> list[str]:
    """Bring the database to what is wanted, in one transaction; the names of what was mended."""
    should, there = wanted(connection), found(connection)
    stale = [n for n, (t, text) in there.items() if n.startswith(PREFIX) and _differs(connection, should, n, t, text)]
    new = [name for name in should if name not in there or name in stale]
    if not stale and not new:
        return []
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name in stale:
            cursor.execute(_dropped(connection, name, there[name][0]))
        for name in new:
            for statement in _created(connection, should[name]):
                cursor.execute(statement)
    return sorted({*stale, *new})


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take all of ours down: before a table is rebuilt on SQLite, where one trigger may name another's table."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for name, (table, _text) in found(connection).items():
            if name.startswith(PREFIX):
                cursor.execute(_dropped(connection, name, table))


def _differs(connection: BaseDatabaseWrapper, should: dict[str, Trigger], name: str, table: str, text: str) -> bool:
    return name not in should or (table, text) != (should[name].table, _definition(connection, should[name]))


def _dialect(connection: BaseDatabaseWrapper) -> str:
    return "sqlite" if connection.vendor == "sqlite" else "postgres"


def _dropped(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    quote = connection.ops.quote_name
    return f"DROP TRIGGER {quote(name)}" + (f" ON {quote(table)}" if _dialect(connection) == "postgres" else "")


def _created(connection: BaseDatabaseWrapper, row: Trigger) -> list[str]:
    """The statements that put one trigger up. On PostgreSQL it fires in replica mode as well (ENABLE ALWAYS)."""
    if _dialect(connection) == "sqlite":
        return [_definition(connection, row)]
    assert row.postgres is not None  # noqa: S101 -- `wanted` has seen to it
    quote, this = connection.ops.quote_name, row.postgres
    function = quote(this.function or row.name)
    return [
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql"
        f" SET search_path = {_schema(connection)}, pg_temp AS $tx${this.body}$tx$",
        f"CREATE TRIGGER {quote(row.name)} {this.event} ON {quote(row.table)}"
        f" FOR EACH {this.each} EXECUTE FUNCTION {function}()",
        f"ALTER TABLE {quote(row.table)} ENABLE ALWAYS TRIGGER {quote(row.name)}",
    ]


def _definition(connection: BaseDatabaseWrapper, row: Trigger) -> str:
    """The text by which a trigger is known again: on SQLite its statement, on PostgreSQL what the catalogue holds."""
    if row.sqlite is not None and _dialect(connection) == "sqlite":
        quote = connection.ops.quote_name
        return f"CREATE TRIGGER {quote(row.name)} {row.sqlite.event} ON {quote(row.table)} {row.sqlite.action}"
    assert row.postgres is not None  # noqa: S101 -- `wanted` has seen to it
    kind = sum(_BITS[word] for word in {*re.findall(r"[A-Z]+", row.postgres.event), row.postgres.each} & {*_BITS})
    path = f"search_path={_schema(connection)}, pg_temp"
    return _described(kind, "A", row.postgres.function or row.name, row.postgres.body, path, False)


def _described(kind: int, enabled: Any, function: str, body: str, path: str, definer: bool) -> str:
    enabled = enabled.decode() if isinstance(enabled, bytes) else enabled
    return f"{kind} {enabled} {function} {path} {'definer' if definer else 'invoker'} {body}"


def _schema(connection: BaseDatabaseWrapper) -> str:
    """The schema of our tables, named in each function: a temporary table of the same name must not be asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return str(cursor.fetchone()[0])
