"""Append-only tables in tests: now and then a test has to bend history, to see that it is found out."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tongxin.core import triggers


@contextmanager
def unguarded() -> Iterator[None]:
    """The triggers of this database are down meanwhile, as for somebody who owns it."""
    triggers.remove(connection)
    try:
        yield
    finally:
        triggers.install(connection)
