"""Two roles on PostgreSQL: the owner migrates, the application reads and writes and cannot bend history (R2, R9).

SQLite has no roles: there the triggers stand alone, and whoever holds the file is found out by the audit chain.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning
from django.core.checks import register as register_check
from django.db import ProgrammingError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tongxin.core import append_only
from tongxin.core.checks import DISCREET, only_here

READ_ONLY = "django_migrations"  # which migrations have run is the owner's to say


@dataclass(frozen=True)
class Rights:
    """What the role that we are connected as could do to history."""

    role: str
    is_superuser: bool
    owns: Sequence[str] = ()
    may_change: Sequence[str] = ()

    def faults(self) -> list[str]:
        found = []
        if self.is_superuser:
            found.append(f"The database role {self.role} is a superuser.")
        elif self.owns:
            found.append(f"The database role {self.role} owns the tables it should only add to: {self.owns[0]}.")
        elif self.may_change:
            found.append(f"The database role {self.role} may change what should only grow: {self.may_change[0]}.")
        return found


def rights(connection: BaseDatabaseWrapper) -> Rights:
    """As PostgreSQL answers for the role of this connection."""
    tables = sorted(append_only.protected())
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        role, is_superuser = cursor.fetchone()
        cursor.execute(
            "SELECT relname, pg_has_role(relowner, 'USAGE'), has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s) ORDER BY relname",
            [tables],
        )
        rows = cursor.fetchall()
    return Rights(role, is_superuser, [name for name, owns, _ in rows if owns], [name for name, _, may in rows if may])


@register_check(Tags.database)
def not_the_owner(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refused where other machines may ask, a warning on one's own machine; `migrate` is the owner's and may."""
    found: list[CheckMessage] = []
    if append_only.is_being_mended():
        return found
    for alias in databases or []:
        if connections[alias].vendor != "postgresql":
            continue
        kind, number = (Warning, "W031") if only_here() else (Error, "E031")
        hint = "Run `manage.py setup_database` once, and give the servers the DATABASE_URL of the application's role."
        found += [kind(said, hint=hint, id=f"tongxin.{number}") for said in rights(connections[alias]).faults()]
    return found


def grant(connection: BaseDatabaseWrapper) -> None:
    """Give the application's role what it needs and nothing more. As the owner, after each migration.

    Does nothing where there is no such role or no PostgreSQL: one role for everything then, and the check says so.
    """
    if connection.vendor != "postgresql":
        return
    app = connection.ops.quote_name(settings.APP_ROLE)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(current_schema()), quote_ident(current_database()) FROM pg_roles"
            " WHERE rolname = %s AND rolname <> current_user",
            [settings.APP_ROLE],
        )
        if (row := cursor.fetchone()) is None:
            return
        schema, database = row
        cursor.execute(f"GRANT CONNECT ON DATABASE {database} TO {app}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {app}")
        cursor.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {app}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {app}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {app}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {app}")
        there = set(connection.introspection.table_names(cursor))
        kept = {**append_only.protected(), READ_ONLY: False}
        for table, lockable in kept.items():
            if table not in there:
                continue
            quoted = connection.ops.quote_name(table)
            takes = "INSERT, UPDATE, DELETE" if table == READ_ONLY else "UPDATE, DELETE, TRUNCATE"
            cursor.execute(f"REVOKE {takes} ON {quoted} FROM {app}")
            if lockable:
                cursor.execute(f"GRANT UPDATE (id) ON {quoted} TO {app}")


def exists(connection: BaseDatabaseWrapper, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def make(connection: BaseDatabaseWrapper, name: str, password: str) -> bool:
    """Make a role that may log in, or leave the one there as it is; whether it was made.

    The password is hashed here, so that no statement log holds it.
    """
    if exists(connection, name):
        return False
    with connection.cursor() as cursor:
        session: Any = connection.connection
        hashed = session.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        role = f"{connection.ops.quote_name(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
        cursor.execute(f"CREATE ROLE {role} PASSWORD '{hashed}'")
        return True


def keep_quiet(connection: BaseDatabaseWrapper) -> bool:
    """Let the server's log quote no rows of this database (W003, W004); False when this role may not say so."""
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_database())")
            (database,) = cursor.fetchone()
            for name, value in DISCREET.items():
                cursor.execute(f"ALTER DATABASE {database} SET {name} = {value}")
    except ProgrammingError:
        return False
    return True


def hand_over(connection: BaseDatabaseWrapper, owner: str) -> None:
    """Make `owner` the owner of the database, its schema and all that is in it; nobody else may make anything there."""
    quote = connection.ops.quote_name
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_database()), quote_ident(current_schema())")
        database, schema = cursor.fetchone()
        cursor.execute(f"ALTER DATABASE {database} OWNER TO {quote(owner)}")
        cursor.execute(f"ALTER SCHEMA {schema} OWNER TO {quote(owner)}")
        cursor.execute(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        cursor.execute(
            "SELECT format('ALTER %s %s OWNER TO', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW'"
            " ELSE 'TABLE' END, oid::regclass) FROM pg_class c WHERE relnamespace = current_schema()::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'S')"
            " AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype IN ('i', 'a') AND relkind = 'S')"
            " UNION ALL SELECT format('ALTER FUNCTION %s OWNER TO', oid::regprocedure) FROM pg_proc"
            " WHERE pronamespace = current_schema()::regnamespace"
        )
        for (change,) in cursor.fetchall():
            cursor.execute(f"{change} {quote(owner)}")
