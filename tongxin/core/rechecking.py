"""For migrations: let a column's CHECK follow its encrypted field.

Django writes a field's own CHECK when it makes the column and forgets it when the field is altered; SQLite makes the
table anew and so is right by itself.
"""

from typing import Any

from django.db.migrations import RunPython

from tongxin.core.crypto import EncryptedTextField


def recheck(app: str, *columns: str) -> RunPython:
    """The operation for "model.field" names of an app, after their `AlterField`."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "sqlite":
            return
        for column in columns:
            model_name, field_name = column.split(".")
            model = apps.get_model(app, model_name)
            field = model._meta.get_field(field_name)
            assert isinstance(field, EncryptedTextField)  # noqa: S101
            _recheck(schema_editor, model, field)

    return RunPython(forwards, RunPython.noop)


def _recheck(schema_editor: Any, model: Any, field: EncryptedTextField) -> None:
    connection, table = schema_editor.connection, model._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table)
    for name, about in found.items():
        if about["check"] and about["columns"] == [field.column]:
            schema_editor.execute(schema_editor._delete_check_sql(model, name))
    name = f"{table}_{field.column}_check"
    schema_editor.execute(schema_editor._create_check_sql(model, name, field.db_check(connection)))
