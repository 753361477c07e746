"""`tongxin site`: whether this is the live site or a copy; `--live` and `--mute` say which it shall be."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from tongxin.core import clock, site


class Command(BaseCommand):
    help = "Show whether this is the live site. A restored copy sends nothing until --live is said."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--live", action="store_true", help="this is the live site, and the old one is switched off")
        which.add_argument("--mute", action="store_true", help="this is a copy: a machine cloned with its data folder")

    def handle(self, *args: Any, **options: Any) -> None:
        who = getpass.getuser()
        if options["mute"]:
            site.mute(by_name=who)
        elif options["live"]:
            aside = site.make_live(by_name=who)
            if aside:
                self.stdout.write(f"{aside} messages of the time before are set aside; the status page shows them")
        row = site.claim()
        if not site.is_muted():
            self.stdout.write("正在使用 · live: messages and jobs go out from here")
            return
        self.stdout.write("静音 · muted: a copy; it sends nothing and runs no jobs")
        if row.restored_at and row.picture_of:
            shows = clock.local(row.picture_of)
            self.stdout.write(f"  from {row.restored_from}, as things stood on {shows:%Y-%m-%d %H:%M}")
        for leap in row.leaps:
            self.stdout.write(f"  numbers {leap['from']}–{leap['to']} of {leap['name']} {leap['year']} are left out")
