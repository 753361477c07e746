"""Write the audit chain of a village as JSON lines, for somebody who checks it without this server."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tongxin.audit import queries


class Command(BaseCommand):
    help = "Write the audit chain of a village as JSON lines; tongxin/audit/verifier.py checks them by itself."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("village", help="its short name in addresses, or 'installation'")
        parser.add_argument("--out", default="", help="a new file; standard output without it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            village_id = queries.named(options["village"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        if not options["out"]:
            sys.stdout.writelines(f"{line}\n" for line in queries.exported(village_id))
            return
        try:
            with Path(options["out"]).open("x", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in queries.exported(village_id))
        except FileExistsError as error:
            raise CommandError(f"{options['out']} is there already.") from error
