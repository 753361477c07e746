"""A backup: one picture of the database, every photo and memo, what they add up to; sealed; in two places (R52).

    about.json      first: what this is, for a program that must decide whether it can read on
    database        SQLite file, gzip, or pg_dump's custom format
    media/… spool/… as they lie in the data folder; names are random and say nothing
    keys/…          only when asked for
    manifest.json   last: digest of every table, SHA-256 of every file, anchors; signed with the field key

The field key and the signing key of the sessions stay outside: whoever finds an archive and one private key must still
not read a telephone number.
"""

import fcntl
import gzip
import hashlib
import hmac
import io
import json
import os
import platform
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

import tongxin
from tongxin.core import clock, crypto, outbox, site
from tongxin.core.keeping import anchors, dumping, retention, sealing
from tongxin.core.models import OutboxItem, OutboxState, Upkeep, UpkeepKind

FORMAT = 1
TREES = ("media", "spool")
SPOOL_PATIENCE = 60.0  # seconds for the worker to redraw what was just uploaded, so that no original is archived
ENDING = ".txb"


class Refused(Exception):
    """No backup was made; the words say why and what mends it."""


@dataclass(frozen=True)
class Made:
    path: Path
    copy: Path | None
    size: int
    sha256: str
    tables: int
    rows: int
    files: int
    sealed_to: list[str]
    removed: list[str]
    seconds: float


# --- who can open it ----------------------------------------------------------------------------------------------
def recipients() -> list[sealing.Recipient]:
    """The public keys of the town and the supervisor; none on a demonstration that has not been given any.

    Raises:
        Refused: fewer than two on a real site, or a line that cannot be read.
    """
    path = Path(settings.BACKUP_KEYS)
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    try:
        found = [sealing.read_public(line) for line in lines if line.strip() and not line.startswith("#")]
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None
    if len({one.id for one in found}) < 2 and not site.claim().is_demo:
        raise Refused(
            f"{path} holds {len(found)} public keys; two are needed, the town's and the supervisor's. "
            "Make them with: tongxin backup_keys"
        )
    return found


# --- making -------------------------------------------------------------------------------------------------------
def make(*, into: Path | None = None, with_keys: bool = False) -> Made:
    """Make one, copy it, thin out the old ones, and write down how it went.

    Raises:
        Refused, dumping.Failed, OSError: and no archive is left behind.
    """
    began, clocked = clock.now(), time.monotonic()
    try:
        with _alone():
            made = _make(into or Path(settings.BACKUPS), with_keys, began, clocked)
    except (Refused, dumping.Failed, OSError) as error:
        words = str(error) if not isinstance(error, OSError) else f"{error.strerror}: {error.filename}"
        _write_down(began, clocked, words=words)
        raise
    _write_down(began, clocked, made=made)
    return made


def _write_down(began: datetime, clocked: float, *, words: str = "", made: Made | None = None) -> None:
    facts: dict[str, Any] = {}
    if made is not None:
        facts = asdict(made) | {"path": made.path.name, "folder": str(made.path.parent)}
        facts["copy"] = str(made.copy.parent) if made.copy else ""
    row = Upkeep(kind=UpkeepKind.BACKUP, at=began, seconds=round(time.monotonic() - clocked, 1), is_ok=made is not None)
    row.words, row.facts = words[:500], facts
    row.save(force_insert=True)


@contextmanager
def _alone() -> Iterator[None]:
    """One backup at a time on a machine; the lock ends with the process."""
    data = Path(settings.DATA)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused("another backup is running on this machine") from None
        yield


def _make(folder: Path, with_keys: bool, began: datetime, clocked: float) -> Made:
    sealed_to = recipients()
    drill, private = sealing.new_pair("drill")
    waited_for_spool()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = retention.new_name(began)
    path, part = folder / f"{name}{ENDING}", folder / f".{name}.part"
    scratch = Path(settings.DATA) / "scratch" / name
    scratch.mkdir(mode=0o700, parents=True)
    try:
        picture_of = clock.now()
        tables = dumping.snapshot(scratch / "database")
        about = _about(picture_of, sealed_to)
        manifest = about | {"tables": {n: [d.rows, d.sha256] for n, d in tables.items()}}
        manifest["anchors"] = anchors.all_now()
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            header = {"made_at": began.isoformat(), "site": about["site"]}
            writer = sealing.Writer(out, [*sealed_to, drill], header)
            files = _fill(writer, scratch / "database", about, manifest, with_keys)
            writer.finish()
            out.flush()
            os.fsync(out.fileno())
        size, sha256 = writer.size, writer.sha256
        _read_back(part, sha256)
        part.rename(path)
        anchor = {"archive": path.name, "sha256": sha256, "size": size, "site": manifest["site"]}
        anchor |= {"picture_of": picture_of.isoformat(), "anchors": manifest["anchors"]}
        _write(path.with_suffix(".anchor.json"), json.dumps(anchor, indent=1, sort_keys=True, ensure_ascii=False))
        _write(drill_file(), f"{path.name} {private}\n")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        part.unlink(missing_ok=True)
    copy = _copied(path, sha256)
    removed = retention.thin_out(folder) if folder == Path(settings.BACKUPS) else []
    return Made(
        path=path,
        copy=copy,
        size=size,
        sha256=sha256,
        tables=len(tables),
        rows=sum(one.rows for one in tables.values()),
        files=files,
        sealed_to=[f"{to.name} {to.id}" for to in sealed_to],
        removed=removed,
        seconds=round(time.monotonic() - clocked, 1),
    )


def drill_file() -> Path:
    """The one private key that stays: of a pair made for each archive, so it opens the newest and no other."""
    return Path(settings.DATA) / "drill.key"


def waited_for_spool() -> int:
    """Uploads as they came hold places and phone models; let them be redrawn first. How many are left."""
    until = time.monotonic() + SPOOL_PATIENCE
    due = OutboxItem.objects.filter(state__in=[OutboxState.WAITING, OutboxState.TAKEN], due_at__lte=clock.now())
    while (left := _in_spool()) and due.exists() and not site.is_muted() and time.monotonic() < until:
        if not outbox.work_once():
            time.sleep(0.5)
    return left


def _in_spool() -> int:
    return sum(1 for path in Path(settings.SPOOL_ROOT).glob("*/*") if path.is_file())


def _about(picture_of: datetime, sealed_to: list[sealing.Recipient]) -> dict[str, Any]:
    migrations: dict[str, list[str]] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        migrations.setdefault(app, []).append(name)
    return {
        "format": FORMAT,
        "product": tongxin.__version__,
        "python": platform.python_version(),
        "database": connection.vendor,
        "picture_of": picture_of.isoformat(),
        "site": str(site.claim().site_id),
        "is_demo": site.claim().is_demo,
        "migrations": migrations,
        "sealed_to": [f"{to.name} {to.id}" for to in sealed_to],
        "field_keys": [crypto.key_id(crypto.read_key(line)) for line in crypto.key_lines()],
        "keys_lie": f"field key: {where_field_key()}; session key: {where_secret()}; not in this archive",
    }


def where_field_key() -> str:
    return "environment TONGXIN_FIELD_KEY" if os.environ.get("TONGXIN_FIELD_KEY") else str(settings.DATA / "field.key")


def where_secret() -> str:
    return "environment TONGXIN_SECRET_KEY" if os.environ.get("TONGXIN_SECRET_KEY") else str(settings.SECRET_FILE)


# --- the archive --------------------------------------------------------------------------------------------------
def _fill(writer: sealing.Writer, dump: Path, about: dict[str, Any], manifest: dict[str, Any], with_keys: bool) -> int:
    """Everything in its order; how many files. The manifest gets what was really written."""
    files: dict[str, list[Any]] = {}
    with tarfile.open(mode="w|", fileobj=writer, format=tarfile.PAX_FORMAT) as tar:
        _add(tar, "about.json", json.dumps(about, sort_keys=True).encode())
        if manifest["database"] == "sqlite":
            dump = _pressed(dump)
        manifest["dump"] = _add_file(tar, "database", dump)
        for tree, path in _media():
            if (kept := _add_file(tar, f"{tree}/{path.parent.name}/{path.name}", path)) is not None:
                files[f"{tree}/{path.parent.name}/{path.name}"] = kept
        if with_keys:
            manifest["keys_lie"] = "in this archive"
            _add(tar, "keys/field.key", "\n".join(crypto.key_lines()).encode() + b"\n")
            _add(tar, "keys/secret.key", settings.SECRET_KEY.encode() + b"\n")
        manifest["files"] = files
        text = json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()
        _add(tar, "manifest.json", text)
        _add(tar, "manifest.sign", signature(text).encode())
    return len(files)


def signature(manifest: bytes, line: str = "") -> str:
    """By the field key's first line, or another: whoever has only the public keys can seal an archive, but not one of
    this site.
    """
    key = crypto.read_key(line or crypto.key_lines()[0])
    return hmac.digest(hmac.digest(key, b"tongxin backup manifest", "sha256"), manifest, "sha256").hex()


def _media() -> Iterator[tuple[str, Path]]:
    """After the database, so that every row of the picture finds its file; halves of writes begin with a dot."""
    roots = {"media": Path(settings.MEDIA_ROOT), "spool": Path(settings.SPOOL_ROOT)}
    for tree in TREES:
        for path in sorted(roots[tree].glob("*/*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield tree, path


def _pressed(dump: Path) -> Path:
    pressed = dump.with_suffix(".gz")
    with dump.open("rb") as source, gzip.open(pressed, "wb", compresslevel=4) as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
    dump.unlink()
    return pressed


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    tar.addfile(_member(name, len(data)), io.BytesIO(data))


def _add_file(tar: tarfile.TarFile, name: str, path: Path) -> list[Any] | None:
    """[size, SHA-256] of what went in; None when the file has gone meanwhile, and with it its row."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        return None
    with source:
        size = os.fstat(source.fileno()).st_size
        hashed = _Hashed(source)
        tar.addfile(_member(name, size), hashed)
    return [size, hashed.sha256]


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


class _Hashed:
    """Reads through and hashes the very bytes that go by."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._hash = source, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._hash.update(data)
        return data

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.rename(path)


def _read_back(path: Path, sha256: str) -> None:
    """What the disk gives back is what was handed to it."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise Refused(f"{path.parent}: the disk gives back other bytes than were written to it")


def _copied(path: Path, sha256: str) -> Path | None:
    """The second place. That it is missing or full does not unmake the first copy, but it is said (`status`)."""
    if not settings.BACKUPS_COPY:
        return None
    folder = Path(settings.BACKUPS_COPY)
    if not folder.is_dir():  # a mount that has come off must not become a folder on this disk
        raise Refused(f"{path.name} is made, but the second folder {folder} is not there; is the disk mounted?")
    target, part = folder / path.name, folder / f".{path.name}.part"
    try:
        with path.open("rb") as source, open(os.open(part, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as out:
            shutil.copyfileobj(source, out, 1024 * 1024)
            out.flush()
            os.fsync(out.fileno())
        _read_back(part, sha256)
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    shutil.copyfile(path.with_suffix(".anchor.json"), target.with_suffix(".anchor.json"))
    retention.thin_out(folder)
    return target
