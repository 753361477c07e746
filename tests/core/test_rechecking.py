"""The CHECK of an encrypted column is the one of today, on both databases, after all migrations."""

import pytest
from django.db import connection

from tongxin.core import rotation
from tongxin.core.sealing import MARKS


@pytest.mark.django_db
@pytest.mark.parametrize("field", rotation.fields(), ids=str)
def test_each_encrypted_column_has_one_check_with_todays_marks(field):
    table = field.model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            found = [text for text in cursor.fetchone()[0].split("CHECK") if f'substr("{field.column}"' in text]
        else:
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'",
                [table],
            )
            found = [row[0] for row in cursor.fetchall() if f"substr({field.column}," in row[0]]
    assert len(found) == 1 and all(f"'{mark}'" in found[0] for mark in MARKS), found
