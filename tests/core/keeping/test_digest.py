"""The same rows give the same digest, on either database; another cell, row or table gives another."""

import json
import sqlite3
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from tongxin.core.keeping import digest
from tongxin.core.keeping.digest import Digest, canonical

ID = uuid.UUID("018f0000-0000-7000-8000-000000000001")
# kind, as SQLite holds it, as PostgreSQL's driver gives it
SAME = [
    ("uuid", ID.hex, ID),
    ("boolean", 1, True),
    ("boolean", 0, False),
    ("moment", "2026-06-15 08:20:00", datetime(2026, 6, 15, 8, 20, tzinfo=UTC)),
    ("moment", "2026-06-15 08:20:00.000007", datetime(2026, 6, 15, 8, 20, 0, 7, tzinfo=UTC)),
    ("day", "2026-02-28", date(2026, 2, 28)),
    ("time", "07:30:00", time(7, 30)),
    ("decimal", 12.5, Decimal("12.50")),
    ("decimal", 0, Decimal("0.00")),
    ("json", '{"b": 1, "a": "\\u6e20"}', '{"a": "渠", "b": 1}'),
    ("json", '{"a": 1e2, "c": 0.10}', '{"a": 100, "c": 0.1}'),
    ("bytes", b"\x00\xff", memoryview(b"\x00\xff")),
    ("span", 90_000_000, timedelta(seconds=90)),
    ("text", "水渠 🚰", "水渠 🚰"),
    ("integer", 7, 7),
]


@pytest.mark.parametrize(("kind", "lite", "postgres"), SAME)
def test_both_databases_spell_a_value_alike(kind, lite, postgres):
    assert canonical(lite, kind) == canonical(postgres, kind)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("text", "1", "１"),
        ("json", '{"a": 1}', '{"a": "1"}'),
        ("json", "[1, 2]", "[2, 1]"),
        ("json", "null", '"null"'),
        ("moment", "2026-06-15 08:20:00", "2026-06-15 08:20:00.000001"),
        ("boolean", 0, None),
        ("text", "", None),
        ("decimal", Decimal("1.10"), Decimal("1.01")),
    ],
)
def test_what_is_not_the_same_is_not_spelt_the_same(kind, one, other):
    assert canonical(one, kind) != canonical(other, kind)


def test_what_does_not_fit_its_column_is_shown_and_not_passed_over():
    assert canonical("a quarter past", "moment") == "?'a quarter past'"


DECLARED = {  # Django's own words for them
    "id": ("char(32)", "uuid"),
    "words": ("text", "text"),
    "name": ("varchar(20)", "varchar(20)"),
    "is_on": ("bool", "boolean"),
    "at": ("datetime", "timestamptz"),
    "day": ("date", "date"),
    "hour": ("time", "time"),
    "n": ("bigint", "bigint"),
    "money": ("decimal", "numeric(12,2)"),
    "data": ('text CHECK (JSON_VALID("data") OR "data" IS NULL)', "jsonb"),
    "raw": ("BLOB", "bytea"),
}


def rows(count):
    for n in range(count):
        yield {
            "id": uuid.UUID(int=(n * 7919) % 65537 + (7 << 76)),
            "words": None if n % 5 == 0 else f"第 {n} 件 — 'ключ' 🚰",
            "name": "" if n % 3 == 0 else f"n{n}",
            "is_on": n % 2 == 0,
            "at": datetime(2026, 6, 15, 8, 20, tzinfo=UTC) + timedelta(microseconds=n * 333),
            "day": date(2026, 1, 1) + timedelta(days=n),
            "hour": time(n % 24, 30),
            "n": n - 3,
            "money": Decimal(n) / 4,
            "data": {"名": n, "b": [1, None, True, "x"], "a": {"z": 1.5}},
            "raw": bytes([n % 256, 0]),
        }


def as_sqlite_keeps(name, value):
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return json.dumps(value) if isinstance(value, dict) else value


def sqlite_file(path, entries, *, key=True, columns=None):
    file = sqlite3.connect(path)
    names = list(columns or DECLARED)
    parts = [f'"{name}" {DECLARED[name][0]}' + (" PRIMARY KEY" if key and name == "id" else "") for name in names]
    file.execute(f"CREATE TABLE thing ({', '.join(parts)})")
    for entry in entries:
        values = [as_sqlite_keeps(name, entry[name]) for name in names]
        file.execute(f"INSERT INTO thing VALUES ({', '.join('?' * len(names))})", values)
    file.commit()
    file.close()
    return path


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_table_of_every_kind_has_one_digest_on_both_databases(tmp_path):
    lite = digest.of_sqlite(sqlite_file(tmp_path / "a.sqlite3", rows(300)))["thing"]
    with connection.cursor() as cursor:
        parts = [f'"{name}" {kinds[1]}' + (" PRIMARY KEY" if name == "id" else "") for name, kinds in DECLARED.items()]
        cursor.execute(f"CREATE TABLE thing ({', '.join(parts)})")
        try:
            for entry in reversed(list(rows(300))):
                values = [json.dumps(value) if isinstance(value, dict) else value for value in entry.values()]
                cursor.execute(f"INSERT INTO thing VALUES ({', '.join(['%s'] * len(values))})", values)
            assert digest.of_postgres(connection)["thing"] == lite
            cursor.execute("UPDATE thing SET n = n + 1 WHERE n = 100")
            assert digest.of_postgres(connection)["thing"] != lite
        finally:
            cursor.execute("DROP TABLE thing")


@settings(max_examples=15)
@given(st.permutations(range(20)))
def test_the_order_of_writing_does_not_count_with_a_key_or_without(tmp_path_factory, order):
    entries = list(rows(20))
    folder = tmp_path_factory.mktemp("order")
    for key in (True, False):
        plain = digest.of_sqlite(sqlite_file(folder / f"a{key}", entries, key=key))
        mixed = digest.of_sqlite(sqlite_file(folder / f"b{key}", [entries[n] for n in order], key=key))
        assert plain == mixed


def test_columns_in_another_order_are_the_same_table_and_one_more_is_another(tmp_path):
    one = digest.of_sqlite(sqlite_file(tmp_path / "a", rows(9)))
    turned = digest.of_sqlite(sqlite_file(tmp_path / "b", rows(9), columns=list(reversed(DECLARED))))
    fewer = digest.of_sqlite(sqlite_file(tmp_path / "c", rows(9), columns=[n for n in DECLARED if n != "raw"]))
    assert one == turned != fewer


def test_every_cell_counts(tmp_path):
    sound = digest.of_sqlite(sqlite_file(tmp_path / "a", rows(3)))
    for name in DECLARED:
        entries = list(rows(3))
        entries[1] = entries[1] | {name: entries[2][name] if name != "id" else uuid.UUID(int=5 + (7 << 76))}
        if entries[1][name] == list(rows(3))[1][name]:
            entries[1][name] = None
        assert digest.of_sqlite(sqlite_file(tmp_path / f"b{name}", entries)) != sound, name


def test_the_differences_are_named():
    a, b = Digest(3, "aa"), Digest(3, "bb")
    wanted = {"same": a, "gone": a, "fewer": a, "other": a}
    found = {"same": a, "fewer": Digest(2, "cc"), "other": b, "new": a}
    assert digest.differences(wanted, found) == [
        "gone: the table is missing",
        "new: nobody knows this table",
        "fewer: 2 rows, should be 3",
        "other: the same number of rows with other contents",
    ]


@pytest.mark.django_db(transaction=True)
def test_every_table_of_the_product_is_read(on_postgres):
    from .conftest import digests

    found = digests()
    assert set(connection.introspection.table_names()) == set(found)
    assert found["django_migrations"].rows > 0
