"""Taking secrets away for ever (R15; PIPL 47): of some rows, or of a whole village at once.

A row's secret is written over with a mark and the day; a village's are lost with its keys. Nothing of it stays but that
it was there. Copies in backups go when those expire: `docs/operations.md` says how long that is.
"""

import re
import time
from typing import Any
from uuid import UUID

from django.db import connection, models

from tongxin.core import clock, crypto, keyring, rotation
from tongxin.core.crypto import EncryptedTextField, Sealed
from tongxin.core.models import SealingKey
from tongxin.core.sealing import ERASED

TRIES, PAUSE = 120, 0.25  # s: half a minute for whoever still reads an old version


def erase(rows: models.QuerySet[Any]) -> int:
    """Write over every secret of these rows and the fingerprints by which they were found; how many secrets."""
    gone = Sealed(f"{ERASED}{clock.today().isoformat()}")
    count = 0
    for field in [f for f in rows.model._meta.local_concrete_fields if isinstance(f, EncryptedTextField)]:
        there = rows.exclude(**{f"{field.name}__stored": ""}).exclude(**{f"{field.name}__sealed_by": [ERASED]})
        blank = {index.attname: "" for index in crypto.indexes_of(field)}
        count += there.exclude(**{field.name: None}).update(**{field.name: gone}, **blank)
    return count


def destroy_village(village: UUID, because: str) -> int:
    """Destroy the keys of a village: all its secrets, wherever they lie, are unreadable from now on. How many keys."""
    return keyring.destroy(village, because)


def sweep_traces() -> bool:
    """Have the database take what was written over out of its files as well; False when that could not be done.

    Both databases keep old versions of a row until somebody clears up. Outside a transaction only; locks the tables.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
        return True
    tables = sorted({SealingKey._meta.db_table} | {f.model._meta.db_table for f in rotation.fields()})
    return all(_is_ours(table) and _rewritten(table) for table in tables)


def _is_ours(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_catalog.pg_get_userbyid(relowner) = current_user FROM pg_class WHERE oid = %s::regclass",
            [table],
        )
        return bool(cursor.fetchone()[0])


def _rewritten(table: str) -> bool:
    """Write a table of PostgreSQL anew without its old versions.

    Those that an older snapshot may still read (a long report, a statistics run) are taken along: then once more.
    """
    for _ in range(TRIES):
        if not _left_behind(table):
            return True
        time.sleep(PAUSE)
    return False


def _left_behind(table: str) -> int:
    """How many old versions `VACUUM FULL` had to keep: the first number of what it says, in whatever language."""
    said: list[str] = []

    def listen(notice: Any) -> None:
        said.append(notice.message_detail or "")

    connection.ensure_connection()
    driver = connection.connection
    driver.add_notice_handler(listen)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM (FULL, VERBOSE) {connection.ops.quote_name(table)}")
    finally:
        driver.remove_notice_handler(listen)
    numbers = [int(found[0]) for text in said if (found := re.search(r"\d+", text))]
    return sum(numbers)
