"""`tongxin backup`: one sealed archive, and a copy of it in a second place."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tongxin.core.keeping import backup, dumping


class Command(BaseCommand):
    help = "Make a sealed backup: the database, photos and memos, what they add up to. Keys are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", metavar="FOLDER", help="instead of TONGXIN_BACKUP; nothing is thinned out there")
        parser.add_argument(
            "--with-keys", action="store_true", help="put the field key and the session key into it too"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = backup.make(into=Path(options["to"]) if options["to"] else None, with_keys=options["with_keys"])
        except (backup.Refused, dumping.Failed, OSError) as error:
            raise CommandError(f"没有备份成 · no backup: {error}") from None
        say = self.stdout.write
        say(f"{made.path}")
        say(f"  {made.size:,} bytes, {made.seconds} s, sha256 {made.sha256}")
        say(f"  {made.tables} tables, {made.rows:,} rows, {made.files:,} files")
        if made.sealed_to:
            say(f"  sealed to: {', '.join(made.sealed_to)}")
        else:
            say("  DEMONSTRATION: sealed to nobody but this machine; a real site needs `tongxin backup_keys` first")
        say(f"  copy: {made.copy or 'none; name a second folder with TONGXIN_BACKUP_COPY'}")
        if options["with_keys"]:
            say("  The keys are in it. Whoever opens it reads every telephone number.")
        else:
            say(
                f"  The keys are not in it. Field key: {backup.where_field_key()}; session key: {backup.where_secret()}"
            )
        if made.removed:
            say(f"  thinned out: {', '.join(made.removed)}")
