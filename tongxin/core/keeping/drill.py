"""The monthly proof that a backup is one (R53): the newest archive, as it lies on its disk, becomes a site again.

Opened, loaded into a scratch place, compared table by table and file by file, looked over as `doctor` would, and
somebody logs in through the real pages. Then the scratch place is removed, and what came out is a row.
"""

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db import DatabaseError, connection

from tongxin.core import clock
from tongxin.core.keeping import backup, dumping, restore, retention, sealing
from tongxin.core.models import Upkeep, UpkeepKind


def newest() -> Path:
    """Raises:
    sealing.Refused: there is no archive.
    """
    paths = retention.archives(Path(settings.BACKUPS))
    if not paths:
        raise sealing.Refused(f"There is no archive in {settings.BACKUPS}. Make one with: tongxin backup")
    return paths[-1]


def own_key(archive: Path) -> X25519PrivateKey:
    """The key that `backup` left on this machine for its newest archive.

    Raises:
        sealing.Refused
    """
    path = backup.drill_file()
    name, _, line = (path.read_text("utf-8") if path.exists() else "").strip().partition(" ")
    if name != archive.name:
        raise sealing.Refused(
            f"This machine holds no key for {archive.name}, only for the newest archive that it made. "
            "Name the town's or the supervisor's with --key."
        )
    return sealing.read_private(line)


def hold(archive: Path | None = None, keys: Sequence[X25519PrivateKey] = ()) -> restore.Report:
    """Hold one, and write down how it ended.

    Raises:
        sealing.Refused, dumping.Failed: with the row written.
    """
    began, clocked = clock.now(), time.monotonic()
    row = Upkeep(kind=UpkeepKind.DRILL, at=began, is_ok=False)
    try:
        archive = archive or newest()
        row.facts = {"archive": archive.name}
        report = _held(archive, keys or [own_key(archive)])
        row.is_ok = not report.faults
        row.words = "; ".join(report.faults)[:500]
        row.facts |= _facts(report)
        return report
    except (sealing.Refused, dumping.Failed, OSError) as error:
        row.words = str(error)[:500]
        raise
    finally:
        row.seconds = round(time.monotonic() - clocked, 1)
        row.save(force_insert=True)


def _facts(report: restore.Report) -> dict[str, Any]:
    manifest = report.manifest
    return {
        "tables": len(report.found),
        "rows": sum(one.rows for one in report.found.values()),
        "files": len(manifest["files"]),
        "picture_of": manifest["picture_of"],
        "opened_by": report.opened_by,
        "notes": report.notes,
        "faults": report.faults,
    }


def _held(archive: Path, keys: Sequence[X25519PrivateKey]) -> restore.Report:
    scratch = Path(settings.DATA) / "scratch" / f"drill-{archive.stem}"
    shutil.rmtree(scratch, ignore_errors=True)  # of a drill that was broken off
    scratch.mkdir(mode=0o700, parents=True)
    try:
        static = Path(settings.STATIC_ROOT)
        if (static / "staticfiles.json").exists():
            (scratch / "static").symlink_to(static.resolve())
        with _database() as url:
            return restore.put(archive, keys, scratch, url=url, login=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _database() -> Iterator[str]:
    """For PostgreSQL an empty database beside the real one, named for what it is; "" for SQLite.

    Raises:
        dumping.Failed: with what the operator must do, once.
    """
    if connection.vendor == "sqlite":
        yield ""
        return
    name = _name()
    if not _exists(name):
        _make(name)
    url = dumping.url_of(connection, name)
    _empty(url, name)
    try:
        yield url
    finally:
        _empty(url, name)


def provide(owner: str) -> str:
    """As the server's owner: an empty database in which `owner` may drill; its name, or "" when it is there already."""
    name = _name()
    if _exists(name):
        return ""
    _create(name, owner)
    return name


def _create(name: str, owner: str) -> None:
    """While a drill runs it holds a copy of everything: nobody but its owner gets in."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quote(name)} OWNER {quote(owner)} TEMPLATE template0 ENCODING 'UTF8'")
        cursor.execute(f"REVOKE ALL ON DATABASE {quote(name)} FROM PUBLIC")


def _name() -> str:
    return f"{connection.settings_dict['NAME']}_drill"


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _make(name: str) -> None:
    role = connection.settings_dict["USER"]
    try:
        _create(name, role)
    except DatabaseError:
        raise dumping.Failed(
            f"The drill needs an empty database and may not make one. Once, as the server's owner: "
            f"createdb --owner={role} {name}"
        ) from None


def _empty(url: str, name: str) -> None:
    """Only ever of a database that is named for the drill."""
    if not name.endswith("_drill"):
        raise dumping.Failed(f"{name} is not a database for drills")
    with dumping.opened(url) as scratch, scratch.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
        cursor.execute("CREATE SCHEMA public")
