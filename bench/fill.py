"""Fill the register of issues by the database itself: copies of an open and of a settled matter, spread over days.

Only for measuring; the product has no such door.
"""

from django.db import connection

from tongxin.casework.models import StatusGroup
from tongxin.issues.models import Issue

DAYS = 40  # open ones fall due from ten days ago to thirty days ahead


def copies(template: Issue, count: int, prefix: str) -> None:
    """Insert `count` copies of a row with new ids, numbers and dates."""
    table = Issue._meta.db_table
    names = [f.column for f in Issue._meta.concrete_fields]
    postgres = connection.vendor == "postgresql"
    spread = f"(n % {DAYS}) - 10"
    exprs = {
        "id": "gen_random_uuid()" if postgres else "lower(hex(randomblob(16)))",
        "number": f"'{prefix}-' || n",
        "due_on": f"due_on + ({spread})" if postgres else f"date(due_on, ({spread}) || ' days')",
        "told_at": "told_at - n * interval '1 second'" if postgres else "datetime(told_at, '-' || n || ' seconds')",
    }
    columns = ", ".join(names)
    values = ", ".join(exprs.get(name, name) for name in names)
    series = (
        f"generate_series(1, {count}) AS s(n)"
        if postgres
        else f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c) AS s"  # noqa: S608
    )
    pk = template.pk if postgres else template.pk.hex
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table}, {series} WHERE id = %s",  # noqa: S608
            [pk],
        )
        cursor.execute("ANALYZE")


def open_and_settled(village_id: object, open_count: int, settled_count: int, prefix: str) -> None:
    issues = Issue._base_manager.filter(village_id=village_id, route="council", is_sealed=False)
    if open_count:
        copies(
            issues.filter(status="told", status_group=StatusGroup.OPEN).order_by("told_at")[0], open_count, f"{prefix}o"
        )
    if settled_count:
        copies(issues.filter(status="solved").order_by("told_at")[0], settled_count, f"{prefix}s")
