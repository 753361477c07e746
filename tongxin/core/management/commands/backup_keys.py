"""`tongxin backup_keys`: two pairs of keys, once. The private halves never touch the data folder."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.core.keeping import sealing

NAMES = ("town", "supervisor")


class Command(BaseCommand):
    help = "Make the keys that backups are sealed to: public halves for this machine, private halves for two people."
    requires_system_checks: list[str] = []  # may run before anything else is set up

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--into", metavar="FOLDER", help="write the private keys there (a USB stick) and do not show them"
        )
        parser.add_argument("--again", action="store_true", help="make new ones although there are some")

    def handle(self, *args: Any, **options: Any) -> None:
        public = Path(settings.BACKUP_KEYS)
        if public.exists() and not options["again"]:
            raise CommandError(
                f"{public} is there already. With --again new archives are sealed to new keys; "
                "the old private keys are still needed for the old archives."
            )
        folder = Path(options["into"]) if options["into"] else None
        if folder is not None:
            self._outside(folder)
        pairs = [sealing.new_pair(name) for name in NAMES]
        for to, private in pairs:
            if folder is not None:
                self._write(folder / f"{to.name}-{to.id}.key", private)
            else:
                self.stdout.write(f"\n{to.name}  {to.id}\n{private}\n")
        public.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if public.exists():
            public.rename(public.with_suffix(".keys.old"))
        self._write(public, "\n".join(to.line for to, _private in pairs))
        if folder is None:
            self.stdout.write(
                "Write both down or print them now; this machine forgets them. One goes to the town, one to"
            )
            self.stdout.write("the head of the supervisory committee. Either opens every backup; nothing else does.")
        else:
            self.stdout.write(
                f"Private keys in {folder}: give one file to the town, one to the supervisor, and delete both there."
            )
        self.stdout.write(f"Public keys: {public}")

    def _outside(self, folder: Path) -> None:
        """Raises:
        CommandError: a place that is backed up, or lies beside the backups.
        """
        here = folder.resolve()
        for kept in (Path(settings.DATA), Path(settings.BACKUPS), Path(settings.BACKUPS_COPY or settings.BACKUPS)):
            if here.is_relative_to(kept.resolve()):
                raise CommandError(f"{folder} lies in {kept}. A private key beside what it opens protects nothing.")
        if not folder.is_dir():
            raise CommandError(f"{folder} is not there.")

    def _write(self, path: Path, text: str) -> None:
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandError(f"{path} is there already.") from None
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text + "\n")
            out.flush()
            os.fsync(out.fileno())
