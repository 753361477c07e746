"""S7 fields: whatever else a POST carries, only what stands on its page is saved (T04, mass assignment)."""

import copy
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import connection, models, transaction

from tests.journeys import doors
from tests.reliability import board, presses
from tests.reliability.neighbours import Two, heard, two
from tongxin.bodies import forms as bodies_forms
from tongxin.core import clock, kept, once
from tongxin.core.crypto import Secret

Cells = dict[str, dict[Any, dict[str, Any]]]  # {table: {key: {column: value}}}
WRITES = re.compile(r'(?:INSERT INTO|UPDATE) "(\w+)"')
Cell = tuple[str, str, Any]  # table, column, value
Written = list[Cell]
MARK = "多塞进来的"
ALWAYS = ("id", "pk", "village", "village_id", "status", "role", "user", "by", "created_by", "is_staff", "is_superuser",
          "is_active", "points", "is_verified", "entered_by", "recorded_by")  # fmt: skip
ALONE = {"only_village"}  # a form that stands nowhere on a site of two villages


def cells(tables: set[str] | None = None) -> Cells:
    """Everything in the tables of the product, or in some by their names in the database; past every scope."""
    found: Cells = {}
    for model in apps.get_models():
        if model._meta.label not in presses.LEFT_OUT and (tables is None or model._meta.db_table in tables):
            names = [one.attname for one in model._meta.concrete_fields]
            found[model._meta.label] = {
                row.pk: {name: _opened(getattr(row, name)) for name in names} for row in model._base_manager.all()
            }
    return found


def _opened(value: Any) -> Any:
    """A sealed text in clear; what was erased, as nothing."""
    if not isinstance(value, Secret):
        return value
    return value.in_clear() if value and not value.trouble else None


def written(before: Cells, after: Cells) -> Iterator[Cell]:
    """(table, column, value) of every cell that is new or another."""
    for table, rows in after.items():
        for key, row in rows.items():
            was = before[table].get(key, {})
            yield from ((table, name, row[name]) for name in row if row[name] != was.get(name, ...))


def planted(one: models.Field, both: Two) -> Any:
    """What is slipped in for a column: (as it is sent, as it would be saved)."""
    if isinstance(one, models.ForeignKey):
        return _foreign(one, both)
    if one.choices:
        return [str(value) for value, _name in one.flatchoices][-1]
    kinds: list[tuple[Any, Any]] = [
        (models.BooleanField, "on"), (models.DateTimeField, "2031-07-08T09:10:11Z"), (models.DateField, "2031-07-08"),
        (models.IntegerField, "31"), (models.UUIDField, "01a21000-0000-7000-8000-000000000031"),
    ]  # fmt: skip
    return next((sent for kind, sent in kinds if isinstance(one, kind)), MARK[: getattr(one, "max_length", 9) or 9])


def _foreign(one: models.ForeignKey, both: Two) -> str | None:
    """A row of the other village; of no village, the last there is."""
    table: Any = one.related_model
    rows = table._base_manager.order_by("pk")
    if any(f.name == "village" for f in table._meta.fields):
        rows = rows.filter(village_id=both.here.village.pk)
    pk = both.here.village.pk if table._meta.label == "territory.Village" else rows.values_list("pk", flat=True).last()
    return None if pk is None else str(pk)


def is_it(one: models.Field, value: Any, sent: str) -> bool:
    """Whether a cell holds what was slipped in."""
    saved: dict[type, Any] = {bool: sent == "on", datetime: datetime(2031, 7, 8, 9, 10, 11, tzinfo=UTC),
                              date: date(2031, 7, 8), int: 31}  # fmt: skip
    return value == saved[type(value)] if type(value) in saved else str(value) == sent


def _shape(found: Written) -> Counter[tuple[str, str]]:
    return Counter((table, name) for table, name, _value in found)


class Extra:
    """One form: pressed as it stands, and with every column of the tables that it writes."""

    def __init__(self, door: doors.Door, both: Two, monkeypatch: pytest.MonkeyPatch) -> None:
        self.door, self.both, self.monkeypatch = door, both, monkeypatch
        self.press = presses.of(door, both.there)
        self.visitor = presses.visitor(both.there, self.press)
        self.data = presses.filled(self.visitor, self.press)
        self.own = set(self.data) | self._shown() | {once.FIELD}
        self.before = cells()

    def _shown(self) -> set[str]:
        page = self.visitor.open(self.press.page)
        if self.press.before:
            page = page.press(holding=next(iter(self.press.before)), **self.press.before)
        return presses.form_on(page, self.press).names

    def pressed(self, **more: Any) -> Written:
        tables: set[str] = set()
        cookies = copy.deepcopy(self.visitor.client.cookies)

        def watch(execute: Any, sql: str, *rest: Any) -> Any:
            tables.update(WRITES.findall(sql))
            return execute(sql, *rest)

        with transaction.atomic():
            with connection.execute_wrapper(watch):
                self.visitor.send(self.press.to, {**self.data, **more})
            found = list(written(self.before, cells(tables)))
            transaction.set_rollback(True)
        self.visitor.client.cookies = cookies
        kept.forget()
        return found

    def columns(self, tables: set[str]) -> dict[tuple[str, str], tuple[models.Field, str]]:
        """What is slipped in, by table and column."""
        found = {}
        for table in tables:
            for one in apps.get_model(table)._meta.concrete_fields:
                if not {one.name, one.attname} & self.own and (sent := planted(one, self.both)) is not None:
                    found[table, one.attname] = one, sent
        return found

    def faults(self) -> Iterator[str]:
        plain = self.pressed()
        tables = {table for table, _name, _value in plain}
        columns = self.columns(tables)
        more = dict.fromkeys((name for name in ALWAYS if name not in self.own), str(self.both.here.village.pk))
        for one, sent in columns.values():
            more |= {one.name: sent, one.attname: sent}
        for prefix in sorted({name.rpartition("-")[0] for name in self.data if "-" in name})[:1]:  # 200 fields at most
            more |= {f"{prefix}-{name}": sent for name, sent in more.items() if f"{prefix}-{name}" not in self.own}
        with heard(self.monkeypatch) as made:
            extra = self.pressed(**more)
        yield from self._saved(plain, extra, columns)
        if _shape(plain) == _shape(extra):
            return
        # refused for what it asks for at other times, or of others: that is its own as well
        asks = {form.add_prefix(name) for form in made for name in form.fields}
        extra = self.pressed(**{name: sent for name, sent in more.items() if name not in asks})
        yield from self._saved(plain, extra, columns)
        if _shape(plain) != _shape(extra):
            yield f"{self.door}: it did not write the same cells"

    def _saved(self, plain: Written, extra: Written, columns: dict[Any, Any]) -> Iterator[str]:
        before, after = (Counter(self._slipped(found, columns)) for found in (plain, extra))
        for table, name in after - before:
            yield f"{self.door}: saved {table}.{name} from a field that is not on its page"

    def _slipped(self, found: Written, columns: dict[Any, Any]) -> Iterator[tuple[str, str]]:
        for table, name, value in found:
            if (table, name) in columns and is_it(columns[table, name][0], value, columns[table, name][1]):
                yield table, name


class Careless(forms.IntegerField):
    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


def test_a_form_saves_nothing_that_is_not_on_its_page(db, monkeypatch):
    both = two()
    every = [door for door in presses.mutating() if not door.line.methods["POST"].relations & ALONE]
    found: list[str] = []
    with clock.stopped_at(clock.now()):
        for door in every:
            found += Extra(door, both, monkeypatch).faults()
        careless = Extra(next(door for door in every if door.name == "bodies:post_new"), both, monkeypatch)
        with monkeypatch.context() as patch:  # taken as it comes, and handed to the action with all the rest
            patch.setitem(bodies_forms.PostForm.base_fields, "position", Careless(required=False))
            bad = list(careless.faults())
    board.reach(
        "S7 fields",
        wanted=f"0 columns saved that are not on the page; {len(every)} forms with every column of what they write",
        reached="".join(f"\n{line}" for line in found[:40]) or "0",
        held=not found,
        control=f"a form that takes one field more: {', '.join(bad) or 'not seen'}",
        control_failed=bool(bad),
    )
