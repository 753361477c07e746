"""Walk along the audit chains now; seal a broken one."""

import argparse
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from tongxin.audit import actions, queries
from tongxin.audit.models import Chain, ChainCheck
from tongxin.core.errors import DomainError

SAID = {0: "whole", 1: "DAMAGED", 3: "damaged once, sealed, whole since"}


class Command(BaseCommand):
    help = "Walk along the audit chains. --seal closes a broken segment in the open and goes on (docs/operations.md)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("village", nargs="?", default="", help="its short name; all of them without it")
        parser.add_argument("--seal", action="store_true", help="of one village, when it is damaged")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seal"] and not options["village"]:
            raise CommandError("Say which village's chain to seal.")
        try:
            asked = [queries.named(options["village"])] if options["village"] else self._every()
        except LookupError as error:
            raise CommandError(str(error)) from error
        found = [self._told(actions.check(village_id)) for village_id in asked]
        if options["seal"]:
            try:
                found = [self._told(actions.seal(asked[0]))]
            except DomainError as error:
                raise CommandError(str(error)) from error
        if any(row.is_broken for row in found):
            raise CommandError("A chain is damaged. docs/operations.md, 'When a chain is broken', says what to do.")

    def _every(self) -> list[UUID]:
        return list(Chain.objects.order_by("village_id").values_list("village_id", flat=True))

    def _told(self, row: ChainCheck) -> ChainCheck:
        slug = queries.names().get(row.village_id, ("", ""))[0] or str(row.village_id)
        self.stdout.write(f"{slug}: {row.seq} entries, {SAID[row.verdict]}")
        for fault in row.found:
            self.stdout.write(f"  {fault}")
        return row
