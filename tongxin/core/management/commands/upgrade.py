"""`tongxin upgrade`: back up, look, migrate, look again (R55). Refuses where history does not verify."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from tongxin.core import clock, health, site
from tongxin.core.health import State
from tongxin.core.keeping import backup, dumping
from tongxin.core.models import Upkeep, UpkeepKind


class Command(BaseCommand):
    help = "After the new release was installed and before it is started: back up, verify, migrate, verify."
    requires_system_checks: list[str] = []  # tables of the release before

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", metavar="FILE", help="database-owner.env: migrate as PostgreSQL's owner")
        parser.add_argument("--no-backup", action="store_true", help="there is one of this minute already")

    def handle(self, *args: Any, **options: Any) -> None:
        began, clocked = clock.now(), time.monotonic()
        plan = self._plan()
        self.stdout.write(f"1/5 {len(plan)} 步 · migrations to do")
        self._sound("2/5 查历史 · history verifies", before=True)
        path = ""
        if not options["no_backup"]:
            try:
                made = backup.make()
            except (backup.Refused, dumping.Failed, OSError) as error:
                raise CommandError(f"没有备份成，不升级 · no backup, no upgrade: {error}") from None
            path = made.path.name
            self.stdout.write(f"3/5 备份 · backup: {made.path}")
        self._migrate(options["owner"])
        self.stdout.write("4/5 表和触发器 · tables and guards")
        self._sound("5/5 再查 · verified again", before=False)
        row = Upkeep(kind=UpkeepKind.UPGRADE, at=began, is_ok=True, seconds=round(time.monotonic() - clocked, 1))
        row.words, row.facts = f"{len(plan)} migrations", {"migrations": len(plan), "backup": path}
        row.save(force_insert=True)
        self.stdout.write("好了 · done; now: tongxin collectstatic, then start")

    def _plan(self) -> list[Any]:
        executor = MigrationExecutor(connection)
        if not executor.loader.applied_migrations:
            raise CommandError("This database is empty; a new site begins with: tongxin migrate")
        return executor.migration_plan(executor.loader.graph.leaf_nodes())

    def _sound(self, words: str, *, before: bool) -> None:
        """Chain, books, guards, pages. What only the migration mends is not asked before it."""
        with translation.override("en"):
            found = [one for one in health.restored() if one.state is State.FAULT]
        shown = [one for one in found if not (before and one.check == "migrations")]
        # a guard that this release brings is not there yet; one that somebody took away is shown and put back
        faults = [one for one in shown if not (before and one.check == "guards")]
        for one in shown:
            self.stderr.write(f"✗ {one.name}: {one.words}")
            self.stderr.write(f"    → {one.mend}")
        if faults:
            raise CommandError(
                f"不升级 · refused: {len(faults)} faults" if before else f"{len(faults)} faults afterwards"
            )
        self.stdout.write(words)

    def _migrate(self, owner: str | None) -> None:
        """In a process of its own when it is another role's to do."""
        if owner is None:
            site.claim()
            call_command("migrate", interactive=False, verbosity=1, stdout=self.stdout)
            return
        lines = [line.partition("=") for line in Path(owner).read_text("utf-8").splitlines() if "=" in line]
        env = os.environ | {name.strip(): value.strip() for name, _sign, value in lines}
        command = [sys.executable, "-m", "tongxin.core.cli", "migrate", "--noinput"]
        if subprocess.run(command, cwd=settings.ROOT, env=env, stdin=subprocess.DEVNULL).returncode:
            raise CommandError("migrate failed; the database is as it was")
