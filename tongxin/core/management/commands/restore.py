"""`tongxin restore`: an archive into a fresh place; with `--drill` into a scratch one, to see that it would work."""

import sys
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from tongxin.core.keeping import drill, dumping, restore, sealing
from tongxin.core.logs import described


class Command(BaseCommand):
    help = "Restore a sealed backup into a fresh place. The restored site is muted until a person says that it is live."
    requires_system_checks: list[str] = []  # the machine may be new and have neither keys nor tables

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", nargs="?", help="tongxin-….txb; for a drill the newest if none is named")
        parser.add_argument("--key", metavar="FILE", help="the town's or the supervisor's private key; - to type it in")
        parser.add_argument("--into", metavar="FOLDER", help="the data folder of the restored site")
        parser.add_argument("--database", metavar="URL", default="", help="for PostgreSQL: an empty database")
        parser.add_argument(
            "--drill", action="store_true", help="only try it, in a scratch place, and write down the result"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        archive = Path(options["archive"]) if options["archive"] else None
        try:
            keys = self._keys(options["key"])
            if options["drill"]:
                self._told(drill.hold(archive, keys), "演练 · drill")
                return
            if archive is None or not options["into"]:
                raise CommandError("Name the archive and --into FOLDER; or try one with --drill.")
            anchored = [Path(folder) for folder in (settings.BACKUPS, settings.BACKUPS_COPY) if folder]
            report = restore.put(archive, keys, Path(options["into"]), url=options["database"], anchored_in=anchored)
        except (sealing.Refused, dumping.Failed, OSError) as error:
            raise CommandError(f"没有恢复 · refused: {error}") from None
        except DatabaseError as error:
            raise CommandError(f"没有恢复 · the database does not answer: {described(error)}") from None
        self._told(report, "恢复 · restore")
        self._onward(report)

    def _keys(self, named: str | None) -> list[X25519PrivateKey]:
        if not named:
            return []
        text = sys.stdin.read() if named == "-" else Path(named).read_text("utf-8")
        try:
            return [sealing.read_private(line) for line in text.splitlines() if " private " in f" {line} "]
        except ValueError as error:
            raise CommandError(f"{named}: {error}") from None

    def _told(self, report: restore.Report, what: str) -> None:
        say, found = self.stdout.write, report.found
        say(f"{report.archive}, opened by {report.opened_by}")
        say(f"  picture of {report.manifest['picture_of']}, release {report.manifest['product']}")
        say(f"  {len(found)} tables, {sum(one.rows for one in found.values()):,} rows: every digest equal")
        say(f"  {len(report.manifest['files']):,} files: every SHA-256 equal")
        for note in report.notes:
            say(f"  {note}")
        if report.faults:
            for fault in report.faults:
                self.stderr.write(f"  ✗ {fault}")
            raise CommandError(f"{what}: {len(report.faults)} faults")
        say(f"{what} 好了 · done")

    def _onward(self, report: restore.Report) -> None:
        say = self.stdout.write
        for leap in report.settled["facts"]["leaps"]:
            gap = f"{leap['from']}–{leap['to']} of {leap['name']} {leap['year']}"
            say(f"  numbers {gap} are left out: some may be on paper")
        say(f"  {report.manifest['keys_lie']}")
        say("The copy is muted: it sends nothing and runs no jobs. Put both keys into its folder, start it with")
        say(f"  TONGXIN_DATA={report.folder}" + ("" if report.url.startswith("sqlite") else " DATABASE_URL=…"))
        say("look at it, switch the old site off, and then say: tongxin site --live")
