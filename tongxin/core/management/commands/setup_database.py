"""`manage.py setup_database`: the two roles of a PostgreSQL installation, once, by a role that may make roles."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from tongxin.core import append_only, roles, triggers
from tongxin.core.keeping import drill


class Command(BaseCommand):
    help = "Make the owner's and the application's role on PostgreSQL and hand the database over."
    requires_system_checks: list[str] = []  # the check of the roles wants what this makes

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", default="tongxin_owner", help="role that migrates and owns the tables")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite has no roles; there is nothing to set up.")
        owner, app = options["owner"], settings.APP_ROLE
        if owner == app:
            raise CommandError("The owner and the application must be two roles.")
        files = {owner: Path(settings.DATA) / "database-owner.env", app: Path(settings.DATA) / "database.env"}
        connection.ensure_connection()
        for name, path in files.items():
            if path.exists() and not roles.exists(connection, name):
                raise CommandError(f"{path} is there already; put it away first, then run this again.")
        made = {name: secrets.token_urlsafe(24) for name in (owner, app)}
        fresh = {name for name, password in made.items() if roles.make(connection, name, password)}
        roles.hand_over(connection, owner)
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {connection.ops.quote_name(owner)}")
            with append_only.being_mended():
                triggers.install(connection)
            roles.grant(connection)
            cursor.execute("RESET ROLE")
        if drills := drill.provide(app):
            self.stdout.write(f"made {drills}, in which restores are drilled")
        if not roles.keep_quiet(connection):
            self.stdout.write("the server's log may quote rows: only a superuser can forbid it (tongxin.W003, W004)")
        for name, path in files.items():
            if name in fresh:
                self._keep(path, f"DATABASE_URL={_url(name, made[name])}")
            else:
                self.stdout.write(f"{name} was there already; its password is unchanged")
        self.stdout.write(f"migrate as {owner}, serve and work as {app}")

    def _keep(self, path: Path, line: str) -> None:
        """A file that only the operator reads."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "w") as out:
            out.write(line + "\n")
        self.stdout.write(f"wrote {path}")


def _url(role: str, password: str) -> str:
    """The present DATABASE_URL with another role."""
    now = connection.settings_dict
    host, options = str(now["HOST"]), dict(now["OPTIONS"])
    if host.startswith("/"):
        host, options = "", {"host": host, **options}
    place = f"{host}:{now['PORT']}" if host and now["PORT"] else host
    query = f"?{urlencode({k: v for k, v in options.items() if isinstance(v, str)}, safe='/')}" if options else ""
    return f"postgresql://{quote(role)}:{quote(password)}@{place}/{quote(str(now['NAME']))}{query}"
