"""Out of a sealed archive into a folder. First every byte is checked, then a byte is written."""

import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tongxin.core.keeping import sealing
from tongxin.core.keeping.digest import Digest

FILE = re.compile(r"(media|spool)/[0-9a-f]{2}/[0-9a-f]{32}(\.[a-z0-9.]{1,12})?")
OTHERS = {"about.json", "database", "manifest.json", "manifest.sign", "keys/field.key", "keys/secret.key"}
SMALL = 512 * 1024 * 1024  # a manifest of four million files


class Wrong(sealing.Refused):
    """Sealed well, but not what it says it is."""


@dataclass(frozen=True)
class Unpacked:
    """`folder` holds database, media/, spool/ and, when they were asked for, keys/."""

    folder: Path
    manifest: dict[str, Any]
    raw: bytes
    signature: str
    opened_by: str

    @property
    def tables(self) -> dict[str, Digest]:
        return {name: Digest(rows, sha256) for name, (rows, sha256) in self.manifest["tables"].items()}


def unpack(archive: Path, keys: Sequence[X25519PrivateKey], folder: Path) -> Unpacked:
    """Check all, then write all, then compare every file with the manifest.

    Raises:
        sealing.Refused: wrong key, cut short, altered; or `Wrong`.
    """
    sealing.verify(archive, keys)
    written: dict[str, list[Any]] = {}
    texts: dict[str, bytes] = {}
    with sealing.Reader(archive, keys) as reader, tarfile.open(mode="r|", fileobj=reader) as tar:
        for member in tar:
            source = tar.extractfile(member) if member.isreg() else None
            if source is None or not (member.name in OTHERS or FILE.fullmatch(member.name)):
                raise Wrong(f"The archive holds something that is none of ours: {member.name[:60]!r}")
            if member.name.endswith((".json", ".sign")):
                texts[member.name] = source.read(min(member.size, SMALL))
            else:
                written[member.name] = _written(source, folder / member.name)
        opened_by = reader.opened_by
    if "manifest.json" not in texts or "manifest.sign" not in texts:
        raise Wrong("The archive holds no manifest.")
    manifest = json.loads(texts["manifest.json"])
    _compare(manifest, written)
    if manifest["database"] == "sqlite":
        _unpressed(folder / "database")
    return Unpacked(folder, manifest, texts["manifest.json"], texts["manifest.sign"].decode(), opened_by)


def _written(source: IO[bytes], path: Path) -> list[Any]:
    for folder in (path.parent.parent, path.parent):  # `parents=True` would give the outer one the common mode
        folder.mkdir(mode=0o700, exist_ok=True)
    hashed, size = hashlib.sha256(), 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while data := source.read(1024 * 1024):
            out.write(data)
            hashed.update(data)
            size += len(data)
        out.flush()
        os.fsync(out.fileno())
    return [size, hashed.hexdigest()]


def _compare(manifest: dict[str, Any], written: dict[str, list[Any]]) -> None:
    wanted = manifest["files"] | {"database": manifest["dump"]}
    found = {name: kept for name, kept in written.items() if not name.startswith("keys/")}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise Wrong(f"{name} is not what the manifest says of it.")


def _unpressed(path: Path) -> None:
    plain = path.with_suffix(".plain")
    with gzip.open(path, "rb") as source, plain.open("wb") as target:
        shutil.copyfileobj(source, target, 1024 * 1024)
    plain.replace(path)
