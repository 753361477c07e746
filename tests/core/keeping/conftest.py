"""A site of this test's own: a data folder, two people with keys, something to back up."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.db import connection

from tongxin.core.keeping import digest, sealing


@dataclass
class Place:
    """`keys`: the private halves, which the site itself never sees."""

    data: Path
    backups: Path
    keys: dict[str, X25519PrivateKey] = field(default_factory=dict)

    def put_file(self, name: str = "ab", content: bytes = b"a photo", tree: str = "media") -> Path:
        path = self.data / tree / name[:2] / f"{name[:2] * 16}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path


def digests():
    """Of the database that the test runs on, as it is now."""
    if connection.vendor == "sqlite":
        return digest.of_sqlite(Path(connection.settings_dict["NAME"]))
    return digest.of_postgres(connection)


@pytest.fixture
def place(settings, tmp_path, transactional_db):
    """With the town's and the supervisor's public keys."""
    data = tmp_path / "data"
    for name in ("media", "spool"):
        (data / name).mkdir(parents=True)
    settings.DATA, settings.MEDIA_ROOT, settings.SPOOL_ROOT = data, data / "media", data / "spool"
    settings.BACKUPS, settings.BACKUP_KEYS = tmp_path / "backups", data / "backup.keys"
    made = Place(data, tmp_path / "backups")
    lines = []
    for name in ("town", "supervisor"):
        to, private = sealing.new_pair(name)
        made.keys[name] = sealing.read_private(private)
        lines.append(to.line)
    settings.BACKUP_KEYS.write_text("\n".join(lines))
    return made
