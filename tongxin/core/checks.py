"""What is unsafe is refused at start-up, and the message says the mend (R2, R59)."""

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from tongxin.core import clock, keyring, rotation, workdays
from tongxin.core.ciphers import SUITES
from tongxin.core.models import CalendarDay, SealingKey

log = logging.getLogger(__name__)
SAMPLES = ("django-insecure", "only-for-", "change", "secret", "example", "test")  # how keys from a handbook begin
SAFE = ("fsync", "full_page_writes", "synchronous_commit")
DISCREET = {"log_error_verbosity": "terse", "log_min_error_statement": "panic"}
LOOPBACK = {"localhost", "127.0.0.1", "[::1]", "testserver"}
WAL_SAFE = (3, 51, 3)  # before it, two connections in WAL mode can spoil the file (reliability, finding 3)


@register(Tags.security)
def keys(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The signing key and the field key."""
    found: list[CheckMessage] = []
    mend = "Run `manage.py setup_keys`, or set TONGXIN_SECRET_KEY to 50 random characters."
    try:
        secret = settings.SECRET_KEY
    except ImproperlyConfigured:  # Django refuses an empty one at its first use
        secret = ""
    if not secret:
        found.append(Error("There is no secret key.", hint=mend, id="tongxin.E001"))
    elif len(secret) < 50 or len(set(secret)) < 5:
        found.append(Error("The secret key is too short or too plain.", hint=mend, id="tongxin.E002"))
    elif secret.lower().startswith(SAMPLES) and not only_here():
        found.append(Error("The secret key is a sample that others know.", hint=mend, id="tongxin.E007"))
    lines = keyring.key_lines()
    try:
        for line in lines:
            keyring.read_key(line)
    except ImproperlyConfigured as error:
        found.append(Error(str(error), hint="Put the field key back from its safe copy.", id="tongxin.E004"))
    if settings.GM and not SUITES["s"].works():
        hint = "Install a cryptography with SM3 and SM4, or unset TONGXIN_GM."
        found.append(Error("TONGXIN_GM is set and the library has no SM4.", hint=hint, id="tongxin.E008"))
    if not lines:
        found.append(Error("There is no field key.", hint="Run `manage.py setup_keys`.", id="tongxin.E003"))
    for path in (Path(settings.SECRET_FILE), Path(settings.DATA) / "field.key"):
        if path.exists() and path.stat().st_mode & 0o077:
            found.append(Error(f"Others may read {path}.", hint=f"chmod 600 {path}", id="tongxin.E006"))
    return found


def only_here() -> bool:
    """Nobody else can ask: a check, a test, a try-out on one's own machine."""
    return set(settings.ALLOWED_HOSTS) <= LOOPBACK


@register(Tags.security)
def debug(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """DEBUG shows the inside to whoever asks."""
    if settings.DEBUG and not only_here():
        return [
            Error(
                "DEBUG is on while other machines may ask.",
                hint="Unset TONGXIN_DEBUG, or leave only loopback names in TONGXIN_HOSTS.",
                id="tongxin.E005",
            )
        ]
    return []


def sqlite_faults(options: dict[str, Any], pragmas: dict[str, Any], version: tuple[int, ...]) -> list[CheckMessage]:
    """What is wrong with SQLite's settings: `options` of Django, `pragmas` as the open database answers."""
    found: list[CheckMessage] = []

    def wrong(what: str, hint: str, number: int) -> None:
        found.append(Error(what, hint=hint, id=f"tongxin.E0{number}"))

    if options.get("transaction_mode") != "IMMEDIATE":
        wrong("SQLite transactions are not immediate.", "Set OPTIONS['transaction_mode'] = 'IMMEDIATE'.", 10)
    if float(options.get("timeout", 0)) < 20:
        wrong("SQLite gives up waiting too early.", "Set OPTIONS['timeout'] to 20 or more.", 11)
    journal = str(pragmas.get("journal_mode", "")).lower()
    if journal != "delete" and not (journal == "wal" and version >= WAL_SAFE):
        wrong(
            f"SQLite's journal mode is {journal or 'unknown'}.",
            "Use PRAGMA journal_mode=DELETE (WAL only from SQLite 3.51.3 on).",
            12,
        )
    if int(pragmas.get("synchronous", 0)) < (
        2 if journal == "wal" else 3
    ):  # docs/adr: a journal's name has to go for good
        wrong("SQLite does not wait for the disk.", "Use PRAGMA synchronous=EXTRA.", 13)
    if not int(pragmas.get("foreign_keys", 0)):
        wrong("SQLite does not check foreign keys.", "Use PRAGMA foreign_keys=ON.", 14)
    if not int(pragmas.get("recursive_triggers", 0)):
        wrong("SQLite's REPLACE walks past triggers.", "Use PRAGMA recursive_triggers=ON.", 15)
    return found


@register(Tags.database)
def sqlite(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        pragmas = {}
        with connection.cursor() as cursor:
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers"):
                pragmas[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
        found += sqlite_faults(connection.settings_dict.get("OPTIONS", {}), pragmas, sqlite3.sqlite_version_info)
    return found


def postgres_faults(shown: dict[str, str]) -> list[CheckMessage]:
    """What is wrong with a PostgreSQL server, by its own `SHOW`."""
    numbers = {"fsync": 20, "full_page_writes": 21, "synchronous_commit": 22}
    return [
        Error(
            f"PostgreSQL runs with {name} = {shown.get(name, '?')}: an answer could be lost after it was given.",
            hint=f"Set {name} = on in postgresql.conf and reload.",
            id=f"tongxin.E0{number}",
        )
        for name, number in numbers.items()
        if shown.get(name, "") in ("off", "")
    ]


def postgres_advice(shown: dict[str, str]) -> list[CheckMessage]:
    """What a PostgreSQL server's own log would quote of a failed statement: whole rows, with names and words."""
    return [
        Warning(
            f"PostgreSQL runs with {name} = {shown.get(name, '?')}: its log may quote rows of persons.",
            hint=f"Run `manage.py setup_database` as a superuser, or set {name} = {value} in postgresql.conf.",
            id=f"tongxin.W00{number}",
        )
        for number, (name, value) in enumerate(DISCREET.items(), start=3)
        if shown.get(name) != value
    ]


@register(Tags.database)
def postgres(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue
        shown = {}
        with connection.cursor() as cursor:
            for name in (*SAFE, *DISCREET):
                cursor.execute(f"SHOW {name}")
                shown[name] = cursor.fetchone()[0]
        found += postgres_faults(shown) + postgres_advice(shown)
    return found


@register(Tags.database)
def calendar(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """From October the holidays of the next year must be known, or deadlines are guessed."""
    if not databases or CalendarDay._meta.db_table not in connections[databases[0]].introspection.table_names():
        return []  # before the first migration
    today = clock.today()
    wanted = today.year + (today.month >= 10)
    if workdays.known_until().year >= wanted:
        return []
    return [
        Warning(
            f"The working days of {wanted} are not known; Monday to Friday are taken for them.",
            hint="Enter them as calendar days from the State Council's notice, or install a newer chinesecalendar.",
            id="tongxin.W001",
        )
    ]


@register(Tags.database)
def village_keys(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Every key of a village opens, and a rotation that was begun has been ended."""
    if not databases or SealingKey._meta.db_table not in connections[databases[0]].introspection.table_names():
        return []  # before the first migration
    rows = list(SealingKey.objects.exclude(wrapped=""))
    if not keyring.key_lines() or not rows:
        return []
    if closed := sum(keyring.unwrap(row) is None for row in rows):
        mend = "Put the missing line back into field.key, from its safe copy."
        return [Error(f"{closed} keys of villages open with no line of the field key.", hint=mend, id="tongxin.E050")]
    retired = [row for row in rows if row.retired_at is not None]
    left = sum(rotation.pending(field).exists() for field in rotation.fields()) if retired else 0
    if left or rotation.index_pending():
        words = "Secrets are still sealed or found by old keys."
        return [Warning(words, hint="Run `tongxin rotate_keys` to its end.", id="tongxin.W005")]
    return []


class Unsafe(ImproperlyConfigured):
    """The product does not start like this."""


def refuse_unsafe() -> None:
    """Run our checks, those of the database too, before the first request: a server runs none by itself.

    Raises:
        Unsafe: naming each fault and its mend.
    """
    _refuse(run_checks(tags=[Tags.security]))  # first by itself: without keys there may be no database either
    try:
        _refuse(run_checks(tags=[Tags.database], databases=list(connections)))
    finally:
        connections.close_all()  # a server that forks must not hand an open connection to its children


def _refuse(found: Sequence[CheckMessage]) -> None:
    faults = [message for message in found if message.is_serious()]
    if faults:
        raise Unsafe("\n".join(f"{fault.id}: {fault.msg} {fault.hint or ''}" for fault in faults))
    for message in found:
        log.warning("%s %s %s", message.id, message.msg, message.hint or "")
