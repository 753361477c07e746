"""A question that is asked at every click, put into SQL once.

Django builds the SQL of a query set anew each time; for one over several tables that takes ten times as long as the
database takes to answer. A prepared question is built for the first asker on a connection; the next only put in what
they ask for. Its SQL must not depend on that: a list of any length, or None, has no place in it.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection, models

# Values that nobody asks for: they mark the places of the real ones.
_MARKS: dict[type, Callable[[int], Any]] = {
    models.UUIDField: lambda n: UUID(int=2**128 - n),
    models.DateField: lambda n: date(1, 1, n),
    models.DateTimeField: lambda n: datetime(1, 1, n, 12, tzinfo=UTC),
}


class Prepared:
    """`ask(**values)` gives the tuples of the `values_list` which `write` builds from arguments of these kinds."""

    def __init__(self, write: Callable[..., models.QuerySet[Any, Any]], **kinds: "models.Field[Any, Any]") -> None:
        if strange := [name for name, kind in kinds.items() if type(kind) not in _MARKS]:
            raise TypeError(f"no mark for {', '.join(strange)}")
        self.write, self.kinds = write, kinds

    def ask(self, **values: Any) -> Iterator[tuple[Any, ...]]:
        kept = connection.__dict__.setdefault("_prepared", {})  # a connection belongs to one thread, and so does this
        if self not in kept:
            kept[self] = self._built()
        compiler, sql, marked = kept[self]
        fitted = {name: kind.get_db_prep_value(values[name], connection) for name, kind in self.kinds.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [fitted[name] if name else value for name, value in marked])
            rows = cursor.fetchall()
        found: Iterator[tuple[Any, ...]] = compiler.results_iter([rows], tuple_expected=True)
        return found

    def _built(self) -> tuple[Any, str, list[tuple[str, Any]]]:
        """The compiler, its SQL, and for each place the name of what is put there, or what always stands there."""
        numbers = count(1)
        marks = {name: _MARKS[type(kind)](next(numbers)) for name, kind in self.kinds.items()}
        compiler = self.write(**marks).query.get_compiler(connection=connection)
        sql, places = compiler.as_sql()
        named = {self.kinds[name].get_db_prep_value(mark, connection): name for name, mark in marks.items()}
        marked = [(named.get(value, ""), value) for value in places]
        if missing := set(self.kinds) - {name for name, _ in marked}:
            raise ValueError(f"{', '.join(sorted(missing))} asked for, and nowhere in {sql}")
        return compiler, sql, marked
