"""An archive into a fresh place: opened, loaded, compared table by table and file by file, muted (R52-R54)."""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tongxin.core import crypto
from tongxin.core.keeping import anchors, backup, digest, dumping, sealing, unpacking
from tongxin.core.keeping.digest import Digest

SETTLING = 3600  # seconds


class Refused(sealing.Refused):
    """The place is not fresh, or the archive does not belong here."""


@dataclass
class Report:
    """What was compared; `faults` is empty when all is equal."""

    archive: str
    manifest: dict[str, Any]
    opened_by: str
    found: dict[str, Digest]
    folder: Path
    url: str
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    settled: dict[str, Any] = field(default_factory=dict)


def put(
    archive: Path,
    keys: Sequence[X25519PrivateKey],
    folder: Path,
    *,
    url: str = "",
    anchored_in: Sequence[Path] = (),
    login: bool = False,
) -> Report:
    """Restore into `folder`, and for PostgreSQL into the empty database at `url`. Nothing stays behind when it fails.

    Args:
        anchored_in: folders where newer anchors of the site may lie; the archive's own is looked into anyway.
        login: let a person who was invented for it log in through the real pages.

    Raises:
        sealing.Refused, dumping.Failed
    """
    given = _fresh(folder)
    part = folder / f".restoring-{secrets.token_hex(3)}"
    part.mkdir(mode=0o700)
    done = False
    try:
        unpacked = unpacking.unpack(archive, keys, part)
        manifest = unpacked.manifest
        _readable(manifest)
        notes = [_origin(unpacked)]
        found, url = _loaded(unpacked, folder, url)
        report = Report(archive.name, manifest, unpacked.opened_by, found, folder, url, notes)
        report.faults += digest.differences(unpacked.tables, found)
        if report.faults:
            raise Refused("After loading, the database is not what the archive says: " + "; ".join(report.faults[:5]))
        for tree in (*backup.TREES, "keys"):
            _moved(part / tree, folder)
        told = anchors.heard([archive.parent, *anchored_in], manifest["site"])
        report.settled = settle(report, [*told, manifest["anchors"]], login=login)
        report.faults += report.settled["faults"]
        report.notes += report.settled["notes"]
        done = True
        return report
    finally:
        shutil.rmtree(part, ignore_errors=True)
        if not done:
            _swept(folder, given)


def _fresh(folder: Path) -> set[str]:
    """The names of the keys that may lie there already; anything else means that something lives here."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    names = {path.name for path in folder.iterdir()}
    if others := sorted(name for name in names if not name.endswith(".key") and name != "static"):
        raise Refused(f"{folder} is not fresh: {', '.join(others[:5])}. A restore never goes over anything.")
    return names


def _swept(folder: Path, given: set[str]) -> None:
    for path in folder.iterdir():
        if path.name not in given:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _readable(manifest: dict[str, Any]) -> None:
    if manifest["format"] != backup.FORMAT:
        raise Refused(f"The archive has format {manifest['format']}; this release reads {backup.FORMAT}.")
    known = MigrationLoader(None).disk_migrations
    newer = [f"{app}.{name}" for app, names in manifest["migrations"].items() for name in names
             if app in {key[0] for key in known} and (app, name) not in known]  # fmt: skip
    if newer:
        raise Refused(
            f"The archive is of a newer release ({manifest['product']}: {newer[0]} is not known here). "
            "Install that release and restore with it."
        )


def _origin(unpacked: unpacking.Unpacked) -> str:
    """Whether this site made it. Public keys are public: sealing alone does not say who sealed.

    Raises:
        Refused
    """
    try:
        mine = [crypto.key_id(crypto.read_key(line)) for line in crypto.key_lines()]
    except ValueError:
        mine = []
    if not mine:
        return "Who made the archive was not checked: the field key is not here."
    if not set(mine) & set(unpacked.manifest["field_keys"]):
        theirs = ", ".join(unpacked.manifest["field_keys"])
        raise Refused(f"The field key here ({', '.join(mine)}) is not the one of the archive ({theirs}).")
    if unpacked.signature not in {backup.signature(unpacked.raw, line) for line in crypto.key_lines()}:
        raise Refused("The archive was sealed by somebody who does not hold the field key. Do not use it.")
    return "The archive was made by the holder of the field key."


def _loaded(unpacked: unpacking.Unpacked, folder: Path, url: str) -> tuple[dict[str, Digest], str]:
    vendor, dump = unpacked.manifest["database"], unpacked.folder / "database"
    if vendor == "sqlite":
        if url:
            raise Refused("The archive is of SQLite; it goes into a folder, without --database.")
        target = folder / "tongxin.sqlite3"
        return dumping.load_sqlite(dump, target), f"sqlite:///{target}"
    if not url.startswith("postgresql"):
        raise Refused("The archive is of PostgreSQL: name an empty database with --database postgresql://…")
    with dumping.opened(url) as connection:
        return dumping.load_postgres(dump, connection), url


def _moved(tree: Path, folder: Path) -> None:
    if not tree.is_dir():
        return
    if tree.name == "keys":
        for path in tree.iterdir():
            if not (folder / path.name).exists():
                path.rename(folder / path.name)
        return
    tree.rename(folder / tree.name)


def settle(report: Report, told: list[dict[str, Any]], *, login: bool) -> dict[str, Any]:
    """Everything that needs the restored site itself runs in a process of its own, which knows no other place."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("TONGXIN_") or name == "TONGXIN_LOG"
    }
    env |= {
        "DJANGO_SETTINGS_MODULE": "tongxin.settings",
        "TONGXIN_DATA": str(report.folder),
        "DATABASE_URL": report.url,
        "TONGXIN_HOSTS": "127.0.0.1",
        "TONGXIN_SECRET_KEY": secrets.token_urlsafe(64),  # for this process alone
        "TONGXIN_FIELD_KEY": ",".join(crypto.key_lines()) or _field_key(report.folder),
    }
    asked = {
        "archive": report.archive,
        "picture_of": report.manifest["picture_of"],
        "anchors": told,
        "login": login,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tongxin.core.keeping.settling"],
        cwd=settings.ROOT, env=env, input=json.dumps(asked), capture_output=True, text=True, timeout=SETTLING,
    )  # fmt: skip
    lines = done.stdout.strip().splitlines()
    try:
        answer: dict[str, Any] = json.loads(lines[-1])
    except (IndexError, ValueError):
        said = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise Refused(f"The restored site does not start: {said[:300]}") from None
    return answer


def _field_key(folder: Path) -> str:
    path = folder / "field.key"
    return ",".join(path.read_text().split()) if path.exists() else ""
