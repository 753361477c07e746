"""One picture of the database into a file, and back into an empty place.

SQLite: `VACUUM INTO`, never a copy of the file, which is empty or torn while somebody writes. PostgreSQL: `pg_dump -Fc`
in the same snapshot in which the digests are taken.
"""

import glob
import os
import secrets
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from tongxin.core.keeping import digest
from tongxin.core.keeping.digest import Digest
from tongxin.core.logs import one_line, scrubbed

PATIENCE = 6 * 3600  # seconds for a dump or a load


class Failed(Exception):
    """It could not be done; the words are the program's, without rows."""


def snapshot(into: Path, alias: str = "default") -> dict[str, Digest]:
    """Write the database to the new file `into`; the digests of what was written.

    Raises:
        Failed
    """
    connection = connections[alias]
    if connection.vendor == "sqlite":
        try:
            _vacuum(Path(connection.settings_dict["NAME"]), into)
            return digest.of_sqlite(into)
        except sqlite3.Error as error:
            raise Failed(f"SQLite: {error}") from None
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        name = cursor.fetchone()[0]
        _run(connection, "pg_dump", "-Fc", "--no-sync", f"--snapshot={name}", f"--file={into}")
        return digest.of_postgres(connection)


def _vacuum(source: Path, into: Path) -> None:
    """The reader keeps writers waiting for as long as it copies; what it copied is checked page by page."""
    into.touch(mode=0o600)  # VACUUM INTO takes an empty file, and leaves its mode
    with closing(sqlite3.connect(source, timeout=60, isolation_level=None)) as reader:
        reader.execute("VACUUM INTO ?", (str(into),))
    with closing(sqlite3.connect(f"{into.resolve().as_uri()}?mode=ro", uri=True)) as copy:
        said = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if said != "ok":
        raise Failed(f"SQLite says of its own copy: {said}")
    handle = os.open(into, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def load_sqlite(dump: Path, target: Path) -> dict[str, Digest]:
    """Put a database file in its place, where nothing may lie yet; the digests of what lies there now.

    Raises:
        Failed
    """
    if target.exists() and target.stat().st_size:
        raise Failed(f"{target} is there already; a restore goes into a fresh place")
    shutil.copyfile(dump, target)  # nobody has it open yet
    target.chmod(0o600)
    return digest.of_sqlite(target)


def load_postgres(dump: Path, connection: BaseDatabaseWrapper) -> dict[str, Digest]:
    """Put a dump into an empty database, as its owner, all or nothing; the digests of what lies there now.

    Raises:
        Failed
    """
    if tables := digest.postgres_tables(connection):
        raise Failed(f"the database has {len(tables)} tables already; a restore goes into an empty one")
    to = f"--dbname={connection.settings_dict['NAME']}"
    how = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
    _run(connection, "pg_restore", *how, to, str(dump))
    return digest.of_postgres(connection)


def url_of(connection: BaseDatabaseWrapper, name: str) -> str:
    """The address of another database of the same server, as DATABASE_URL has it."""
    held: dict[str, Any] = connection.settings_dict
    who = quote(str(held["USER"]), safe="")
    if held["PASSWORD"]:
        who += ":" + quote(str(held["PASSWORD"]), safe="")
    options = {key: str(value) for key, value in held.get("OPTIONS", {}).items() if isinstance(value, str | int)}
    more = urlencode({"host": held["HOST"]} | options)
    port = f":{held['PORT']}" if held["PORT"] else ""
    return f"postgresql://{who}@{port}/{quote(name, safe='')}?{more}"


@contextmanager
def opened(url: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database that is not the site's own."""
    from tongxin.settings import database

    alias = f"restored{secrets.token_hex(4)}"
    known = connections.configure_settings({"default": connections.settings["default"], alias: database(url)})
    connection = load_backend(known[alias]["ENGINE"]).DatabaseWrapper(known[alias], alias)
    try:
        yield connection
    finally:
        connection.close()


def program(name: str) -> str:
    """`pg_dump` or `pg_restore`: the newest that Debian has, since an older one refuses a newer server."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: float(path.split("/")[4]))
    on_path = found[-1] if found else shutil.which(name)
    if on_path is None:
        raise Failed(f"{name} is not on this machine (Debian: apt-get install postgresql-client)")
    return on_path


def _run(connection: BaseDatabaseWrapper, name: str, *arguments: str) -> None:
    """Say where the server is through the environment: a password must not stand in the list of processes."""
    settings: dict[str, Any] = connection.settings_dict
    given = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGHOST": "HOST", "PGPORT": "PORT"}
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    env |= {variable: str(settings[key]) for variable, key in given.items() if settings.get(key)}
    options = settings.get("OPTIONS", {})
    env |= {
        f"PG{key.upper()}": str(options[key])
        for key in ("sslmode", "sslrootcert", "sslcert", "sslkey")
        if key in options
    }
    done = subprocess.run(
        [program(name), *arguments], env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE
    )
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line.lower()), done.stderr[:200])
        raise Failed(f"{name}: {one_line(scrubbed(said))[:300]}")
