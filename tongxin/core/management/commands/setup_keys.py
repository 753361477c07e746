"""`manage.py setup_keys`: the data folder and the two keys, once."""

import base64
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Make the data folder, secret.key and field.key (mode 0600) where they are missing. Never replaces a key."
    requires_system_checks: list[str] = []  # the checks want the keys that this makes

    def handle(self, *args: Any, **options: Any) -> None:
        data = Path(settings.DATA)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (settings.MEDIA_ROOT, settings.SPOOL_ROOT):
            Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make(Path(settings.SECRET_FILE), secrets.token_urlsafe(64))
        self._make(data / "field.key", base64.b64encode(secrets.token_bytes(32)).decode())

    def _make(self, path: Path, text: str) -> None:
        if path.exists():
            return
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as out:
            out.write(text + "\n")
            out.flush()
            os.fsync(out.fileno())
        self.stdout.write(f"made {path.name}")
