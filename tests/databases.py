"""Other doors to a test's database: an empty one beside it, and the application's role on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from tongxin.core import roles

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@contextmanager
def another(alias: str, folder: Path) -> Iterator[str]:
    """An empty database of the same kind under `alias`, thrown away afterwards."""
    name = f"tx_{alias}_{WORKER}" if connection.vendor == "postgresql" else str(folder / f"{alias}.sqlite3")
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
            cursor.execute(f'CREATE DATABASE "{name}"')
    with _door(alias, NAME=name):
        yield alias
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}"')


@contextmanager
def as_application() -> Iterator[str]:
    """The alias of a connection as the application's role. SQLite knows no roles: there it is the usual one.

    Only for tests that commit: it is another session.
    """
    if connection.vendor != "postgresql":
        yield "default"
        return
    role, before = f"tx_app_{WORKER}", settings.APP_ROLE
    roles.make(connection, role, "only-for-tests")
    settings.APP_ROLE = role
    try:
        roles.grant(connection)
        with _door("app", USER=role, PASSWORD="only-for-tests"):
            yield "app"
    finally:
        settings.APP_ROLE = before
        with connection.cursor() as cursor:
            cursor.execute(f'DROP OWNED BY "{role}"')
            cursor.execute(f'DROP ROLE "{role}"')


@contextmanager
def _door(alias: str, **changes: str) -> Iterator[None]:
    connections.settings[alias] = {**connection.settings_dict, **changes}
    connections[alias].connect()  # Django's test case forbids to open what it has not been told of
    try:
        yield
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]
