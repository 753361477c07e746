"""Rows, one by one or a table at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

_waiting: list[dict[type, list]] = []


def row(model, **fields):
    """A valid row, without asking anybody."""
    return keep(model(**fields))


def keep(made):
    if _waiting:
        _waiting[-1].setdefault(type(made), []).append(made)
    else:
        made.save(force_insert=True)
    return made


@contextmanager
def rows_at_once() -> Iterator[None]:
    """Rows made in here are written when it ends, a table at a time: a stage is made for every other test."""
    _waiting.append({})
    try:
        yield
    finally:
        waiting = _waiting.pop()
    with transaction.atomic():  # posts name each other
        for model, rows in waiting.items():
            model._base_manager.bulk_create(rows)
