"""`manage.py migrate`: Django's, and afterwards the triggers and the rights of the application's role, always."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from tongxin.core import append_only, roles, triggers


class Command(migrate.Command):
    database = "default"

    def check(self, *args: Any, **options: Any) -> None:
        with append_only.being_mended():  # a missing trigger must not stop the command that puts it back
            super().check(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        self.database = options["database"]
        connection = connections[self.database]
        if options["plan"] or options["check_unapplied"] or options["prune"]:
            super().handle(*args, **options)
            return
        try:
            super().handle(*args, **options)
        finally:
            triggers.install(connection)
            roles.grant(connection)

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        connection = connections[self.database]
        if action in ("apply_start", "unapply_start") and connection.vendor == "sqlite":
            triggers.remove(connection)  # SQLite renames a rebuilt table only while no trigger elsewhere names it
        super().migration_progress_callback(action, migration, fake)
