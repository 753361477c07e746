"""What a database says, as one SHA-256 a table: the same for the same rows on SQLite and on PostgreSQL.

Read from the database's own catalogue and not from the models, so that an archive of an older release can be compared
before it is migrated, and a table that no model knows is not forgotten. Values are read as they lie: sealed fields stay
sealed, and no key is needed.
"""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

BATCH = 2000
_JSON_CHECK = re.compile(r"JSON_VALID\(\"(\w+)\"\)", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """`kind`: text | uuid | integer | boolean | moment | day | time | decimal | float | json | bytes | span."""

    name: str
    kind: str


@dataclass(frozen=True)
class Table:
    """Columns by name; `key` names the primary key's columns in their order, and is empty when there is none."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@dataclass(frozen=True)
class Digest:
    rows: int
    sha256: str


def of_sqlite(path: Path) -> dict[str, Digest]:
    """Every table of a database file, opened for reading only."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=20, isolation_level=None)
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        connection.execute("BEGIN")  # one picture, however long it takes
        return {
            table.name: _digest(table, connection.execute(_select(table, collate="")), bool(table.key))
            for table in sqlite_tables(connection)
        }
    finally:
        connection.close()


def of_postgres(connection: BaseDatabaseWrapper) -> dict[str, Digest]:
    """Every table of the schema that the connection sees first; in the caller's transaction, if there is one."""
    found = {}
    for table in postgres_tables(connection):
        with connection.chunked_cursor() as cursor:
            cursor.execute(_select(table, collate=' COLLATE "C"'))
            found[table.name] = _digest(table, _fetched(cursor), bool(table.key))
    return found


def differences(wanted: dict[str, Digest], found: dict[str, Digest]) -> list[str]:
    """What is not the same, in words; nothing when all is."""
    said = [f"{name}: the table is missing" for name in sorted(wanted.keys() - found.keys())]
    said += [f"{name}: nobody knows this table" for name in sorted(found.keys() - wanted.keys())]
    for name in sorted(wanted.keys() & found.keys()):
        a, b = wanted[name], found[name]
        if a.rows != b.rows:
            said.append(f"{name}: {b.rows} rows, should be {a.rows}")
        elif a != b:
            said.append(f"{name}: the same number of rows with other contents")
    return said


# --- the catalogues -----------------------------------------------------------------------------------------------
def sqlite_tables(connection: sqlite3.Connection) -> list[Table]:
    found = []
    known = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    for name, sql in connection.execute(f"{known} ORDER BY name").fetchall():
        is_json = set(_JSON_CHECK.findall(sql))
        columns, key = [], []
        for _cid, column, declared, _notnull, _default, pk in connection.execute(f'PRAGMA table_info("{name}")'):
            columns.append(Column(column, "json" if column in is_json else _sqlite_kind(declared)))
            if pk:
                key.append((pk, column))
        found.append(_table(name, columns, [column for _, column in sorted(key)]))
    return found


def _sqlite_kind(declared: str) -> str:
    """What Django declares a column as, back to what it holds."""
    plain = declared.lower()
    if plain == "char(32)":
        return "uuid"
    beginnings = {
        "bool": "boolean",
        "datetime": "moment",
        "date": "day",
        "time": "time",
        "decimal": "decimal",
        "real": "float",
        "blob": "bytes",
    }
    for beginning, kind in beginnings.items():
        if plain.startswith(beginning):
            return kind
    return "integer" if "int" in plain else "text"


POSTGRES_KINDS = {
    "uuid": "uuid",
    "boolean": "boolean",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "timestamp with time zone": "moment",
    "date": "day",
    "time without time zone": "time",
    "numeric": "decimal",
    "double precision": "float",
    "jsonb": "json",
    "bytea": "bytes",
    "interval": "span",
}


def postgres_tables(connection: BaseDatabaseWrapper) -> list[Table]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.table_name, c.column_name, c.data_type FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE table_schema = current_schema() AND t.table_type = 'BASE TABLE'"
        )
        columns: dict[str, list[Column]] = {}
        for table, name, kind in cursor.fetchall():
            columns.setdefault(table, []).append(Column(name, POSTGRES_KINDS.get(kind, "text")))
        cursor.execute(
            "SELECT r.relname, a.attname FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid "
            "JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = ANY(i.indkey) "
            "WHERE i.indisprimary AND r.relnamespace = current_schema()::regnamespace "
            "ORDER BY r.relname, array_position(i.indkey::int2[], a.attnum)"
        )
        keys: dict[str, list[str]] = {}
        for table, name in cursor.fetchall():
            keys.setdefault(table, []).append(name)
    return [_table(name, columns[name], keys.get(name, [])) for name in sorted(columns)]


def _table(name: str, columns: Iterable[Column], key: Iterable[str]) -> Table:
    return Table(name, tuple(sorted(columns, key=lambda column: column.name)), tuple(key))


# --- the rows -----------------------------------------------------------------------------------------------------
def _select(table: Table, collate: str) -> str:
    """Names come from the catalogue. Text keys are put in the order of their bytes, which both databases can."""
    kinds = {column.name: column.kind for column in table.columns}
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{name}"' + (collate if kinds[name] == "text" else "") for name in table.key)
    return f'SELECT {names} FROM "{table.name}"' + (f" ORDER BY {order}" if order else "")  # noqa: S608


def _fetched(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(BATCH):
        yield from rows


def _digest(table: Table, rows: Iterable[tuple[Any, ...]], is_ordered: bool) -> Digest:
    head = json.dumps([table.name, [[column.name, column.kind] for column in table.columns]])
    whole, count, loose = hashlib.sha256(head.encode()), 0, []
    kinds = [column.kind for column in table.columns]
    for row in rows:
        line = "\n" + json.dumps(
            [canonical(value, kind) for value, kind in zip(row, kinds, strict=True)], ensure_ascii=False
        )
        count += 1
        if is_ordered:
            whole.update(line.encode("utf-8", "surrogatepass"))
        else:  # without a key there is no order but that of the contents
            loose.append(hashlib.sha256(line.encode("utf-8", "surrogatepass")).digest())
    for one in sorted(loose):
        whole.update(one)
    return Digest(count, whole.hexdigest())


def canonical(value: Any, kind: str) -> str | int | bool | None:
    """One spelling for what both databases mean by a value; what does not fit its column is shown as it lies."""
    if value is None:
        return None
    try:
        return _canonical(value, kind)
    except (ValueError, TypeError, ArithmeticError):
        return f"?{value!r}"


def _canonical(value: Any, kind: str) -> str | int | bool:
    if kind == "integer":
        return int(value)
    if kind == "boolean":
        return bool(value)
    if kind == "uuid":
        return UUID(str(value)).hex
    if kind == "moment":
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment.isoformat(timespec="microseconds")
    if kind == "day":
        return value.isoformat() if isinstance(value, date) else date.fromisoformat(value).isoformat()
    if kind == "time":
        return (value if isinstance(value, time) else time.fromisoformat(value)).isoformat(timespec="microseconds")
    if kind == "decimal":
        return _decimal(Decimal(str(value)))
    if kind == "float":
        return float(value).hex()
    if kind == "json":
        return _json(value)
    if kind == "bytes":
        return bytes(value).hex()
    if kind == "span":  # Django keeps a span as microseconds on SQLite
        return value // timedelta(microseconds=1) if isinstance(value, timedelta) else int(value)
    return str(value)


def _decimal(number: Decimal) -> str:
    return "0" if number == 0 else f"{number.normalize():f}"


def _json(value: Any) -> str:
    """Sorted keys; a number by its value (PostgreSQL writes 1e2 as 100), behind a character that no text can hold."""
    text = value if isinstance(value, str) else json.dumps(value)
    read = json.loads(text, parse_float=_number, parse_int=_number)
    return json.dumps(read, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _number(text: str) -> str:
    return f"\0{_decimal(Decimal(text))}"
