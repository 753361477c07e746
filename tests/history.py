"""Append-only tables in tests: now and then a test has to bend history, to see that it is found out."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tongxin.core import triggers


@contextmanager
def unguarded() -> Iterator[None]:
    """The triggers of this database are down meanwhile, as for somebody who owns it."""
    _settle()
    triggers.remove(connection)
    try:
        yield
    finally:
        _settle()
        triggers.install(connection)


def _settle() -> None:
    """PostgreSQL alters no table on which a foreign key of this transaction is still to be looked at."""
    if connection.vendor == "postgresql" and connection.in_atomic_block and not connection.needs_rollback:
        connection.check_constraints()
