"""`tongxin doctor`: everything that can be asked, each fault with its mend; ends with 1 when there is one."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import translation

from tongxin.core import health
from tongxin.core.health import State, machine
from tongxin.core.logs import described

SIGNS = {State.OK: "✓", State.LATE: "!", State.FAULT: "✗"}


class Command(BaseCommand):
    help = "Look at settings, tables, guards, chain, disks, backups, worker; say what is wrong and how to mend it."
    requires_system_checks: list[str] = []  # it says them itself, beside the others

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="leave out what reads much")
        parser.add_argument("--json", action="store_true", help="for a machine")
        parser.add_argument("--language", default=settings.LANGUAGE_CODE, help="en, zh-hans, zh-hant")
        parser.add_argument("--https", metavar="NAME[:PORT]", help="look at the certificate that is served there, too")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                found = health.quick() if options["quick"] else health.everything()
            except DatabaseError as error:
                raise CommandError(f"the database does not answer: {described(error)}") from None
            if options["https"]:
                found.append(machine.certified(options["https"]))
        if options["json"]:
            rows = [
                {"check": one.check, "name": one.name, "state": one.state.value, "words": one.words, "mend": one.mend}
                for one in found
            ]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
        else:
            for one in found:
                self.stdout.write(f"{SIGNS[one.state]} {one.name}: {one.words}")
                if one.mend:
                    self.stdout.write(f"    → {one.mend}")
        if faults := sum(1 for one in found if one.state is State.FAULT):
            raise CommandError(f"{faults} 处毛病 · faults", returncode=1)
