"""S15: history is neither changed nor taken away, by the ORM, by SQL, by a migration; on both databases."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor

from tests import databases, history
from tests.factories import stage
from tongxin.core import append_only, clock, triggers
from tongxin.issues.models import Sitting, SittingItem
from tongxin.people.models import RegisterEntry
from tongxin.territory import queries, scope

from . import board


@dataclass(frozen=True)
class Told:
    """What there is to bend: two lines of the register's history, and a sitting with the act it saw."""

    first: RegisterEntry
    second: RegisterEntry
    item: SittingItem

    def digest(self, using: str = "default") -> str:
        """Over every cell of the three tables."""
        found = hashlib.sha256()
        with connections[using].cursor() as cursor:
            for model in (RegisterEntry, Sitting, SittingItem):
                cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id")
                found.update(repr(cursor.fetchall()).encode())
        return found.hexdigest()


@pytest.fixture
def told(transactional_db):
    queries.forget_villages()
    here = stage.settle(stage.village())
    with scope.village(here.village.pk):
        by = here.users["secretary"]
        first, second = (
            stage.row(RegisterEntry, village=here.village, at=clock.now(), by=by, what=what) for what in ("one", "two")
        )
        issue = stage.told(here, "water")
        sitting = stage.row(
            Sitting, village=here.village, held_on=clock.today(), present=7, recorded_by=by, recorded_at=clock.now()
        )
        yield Told(
            first, second, stage.row(SittingItem, village=here.village, sitting=sitting, entry=issue.entries.first())
        )
    queries.forget_villages()


# --- ways to bend it ------------------------------------------------------------------------------------------------
Way = Callable[[Told, str], object]


def copy(row: models.Model, **changes: object) -> models.Model:
    made = type(row)(**{f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields})
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def rows(told: Told, using: str) -> models.QuerySet:
    return RegisterEntry._base_manager.using(using).filter(pk=told.first.pk)


def save(told, using):
    copy(told.first, what="bent").save(using=using, force_update=True)


def bulk_update(told, using):
    RegisterEntry._base_manager.using(using).bulk_update([copy(told.first, what="bent")], ["what"])


def update_or_create(told, using):
    RegisterEntry._base_manager.using(using).update_or_create(pk=told.first.pk, defaults={"what": "bent"})


def ignoring(told, using):
    RegisterEntry._base_manager.using(using).bulk_create([copy(told.first, what="bent")], ignore_conflicts=True)


def overwriting(told, using):
    RegisterEntry._base_manager.using(using).bulk_create(
        [copy(told.first, what="bent")], update_conflicts=True, unique_fields=["id"], update_fields=["what"]
    )


def sql(*statements: str, told: Told, using: str) -> None:
    """Statements with the names of ids in braces, as this database spells them."""
    connection_ = connections[using]
    spelled = {
        name: RegisterEntry._meta.pk.get_db_prep_value(row.pk, connection_, False)
        for name, row in {"first": told.first, "second": told.second, "item": told.item}.items()
    }
    with connection_.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**{name: f"'{value}'" for name, value in spelled.items()}))


def by_sql(*statements: str) -> Way:
    return lambda told, using: sql(*statements, told=told, using=using)


ORM: dict[str, Way] = {
    "save": save,
    "update": lambda told, using: rows(told, using).update(what="bent"),
    "delete": lambda told, using: rows(told, using).delete(),
    "bulk_update": bulk_update,
    "update_or_create": update_or_create,
    "bulk_create over conflicts": overwriting,
}
R, S, I = (model._meta.db_table for model in (RegisterEntry, Sitting, SittingItem))  # noqa: E741
COLUMNS = "id, village_id, at, by_name, what, old, new"
SQL: dict[str, Way] = {
    "UPDATE": by_sql(f"UPDATE {R} SET what = 'bent' WHERE id = {{first}}"),
    "DELETE": by_sql(f"DELETE FROM {R} WHERE id = {{first}}"),
    "DELETE of all": by_sql(f"DELETE FROM {R}"),
    "upsert": by_sql(
        f"INSERT INTO {R} ({COLUMNS}) SELECT {COLUMNS} FROM {R} WHERE id = {{first}}"
        " ON CONFLICT (id) DO UPDATE SET what = 'bent'"
    ),
}
SHELL = "PRAGMA recursive_triggers = OFF"  # as in anybody's sqlite3 shell
SQLITE: dict[str, Way] = {
    "REPLACE by id": by_sql(
        SHELL, f"REPLACE INTO {R} ({COLUMNS}) SELECT id, village_id, at, 'x', 'bent', old, new FROM {R}"
    ),
    "REPLACE by unique key": by_sql(
        SHELL,
        f"REPLACE INTO {I} (id, village_id, sitting_id, entry_id)"
        f" SELECT {{first}}, village_id, sitting_id, entry_id FROM {I}",
    ),
    "REPLACE by rowid": by_sql(
        SHELL,
        f"REPLACE INTO {R} (rowid, {COLUMNS}) SELECT rowid, {{item}}, village_id, at, 'x', 'bent', old, new FROM {R}"
        " WHERE id = {first}",
    ),
    "UPDATE OR REPLACE": by_sql(SHELL, f"UPDATE OR REPLACE {R} SET id = {{second}} WHERE id = {{first}}"),
    "REPLACE, checks off": by_sql(
        SHELL,
        "PRAGMA ignore_check_constraints = ON",
        f"REPLACE INTO {R} ({COLUMNS}) SELECT id, village_id, at, 'x', 'bent', old, new FROM {R}",
    ),
}
POSTGRES: dict[str, Way] = {
    "TRUNCATE": by_sql(f"TRUNCATE {I}"),
    "TRUNCATE of what it hangs on": by_sql(f"TRUNCATE {S} CASCADE"),
    "MERGE": by_sql(
        f"MERGE INTO {R} AS r USING (SELECT 1) AS one ON r.id = {{first}} WHEN MATCHED THEN UPDATE SET what = 'bent'"
    ),
}
OWNERS: dict[str, Way] = {  # what an owner could do and the application's role may not
    "disable trigger": by_sql(f"ALTER TABLE {R} DISABLE TRIGGER ALL", f"DELETE FROM {R}"),
    "drop trigger": by_sql(f"DROP TRIGGER tx_{R}_row ON {R}", f"DELETE FROM {R}"),
    "other function": by_sql(
        "CREATE OR REPLACE FUNCTION tx_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    ),
    "drop column": by_sql(f"ALTER TABLE {R} DROP COLUMN what"),
    "drop table": by_sql(f"DROP TABLE {R} CASCADE"),
    "replica switch": by_sql("SET session_replication_role = replica", f"DELETE FROM {R}"),
    "grant": by_sql(f"GRANT ALL ON {R} TO CURRENT_USER", f"DELETE FROM {R}"),
    "other role": by_sql("SET ROLE tongxin", f"DELETE FROM {R}"),
    "cascade by a rule": by_sql(f"CREATE RULE bent AS ON INSERT TO {R} DO INSTEAD NOTHING"),
}


def refusals(ways: dict[str, Way], told: Told, using: str) -> tuple[list[str], list[str]]:
    """(those that were refused, those that bent history); each is undone afterwards."""
    refused, bent, before = [], [], told.digest()
    for name, way in ways.items():
        said = None
        with transaction.atomic(using=using):
            try:
                way(told, using)
            except DatabaseError as error:
                said = error
            changed = said is None and told.digest(using) != before
            transaction.set_rollback(True, using=using)
        if connections[using].vendor == "sqlite":
            with connections[using].cursor() as cursor:
                cursor.execute("PRAGMA recursive_triggers = ON")
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
        if said is not None:
            refused.append(name)
        if changed:
            bent.append(name)
    return refused, bent


def test_history_stands_against_every_way(told):
    """As the application's role; the control takes the triggers away and goes the same ways as the owner."""
    postgres = connection.vendor == "postgresql"
    ways = ORM | SQL | (POSTGRES if postgres else SQLITE)
    before = told.digest()
    with databases.as_application() as using:
        refused, bent = refusals(ways | (OWNERS if postgres else {}), told, using)
        with transaction.atomic(using=using):  # says nothing on PostgreSQL, a refusal on SQLite: unchanged on both
            try:
                ignoring(told, using)
            except DatabaseError:
                transaction.set_rollback(True, using=using)
    asked = len(ways) + len(OWNERS if postgres else {})
    held = len(refused) == asked and not bent and told.digest() == before
    with history.unguarded():
        _refused, open_ways = refusals(ways, told, "default")
    board.reach(
        f"S15 ways {connection.vendor}",
        wanted=f"{asked} of {asked} ways refused",
        reached=f"{len(refused)} of {asked} refused, {len(bent)} bent history",
        held=held,
        control=f"no triggers, as owner: {len(open_ways)} of {len(ways)} ways bend it",
        control_failed=len(open_ways) == len(ways),
    )


@pytest.mark.postgres
def test_not_even_a_superuser_gets_past_the_triggers_in_replica_mode(told):
    ways = {"replica switch": OWNERS["replica switch"]}
    assert refusals(ways, told, "default") == (["replica switch"], [])


def test_every_protected_table_refuses_a_change_of_any_cell(told):
    """Not only the three above: each table that is declared has its triggers, whatever its columns are."""
    should = triggers.wanted(connection)
    each = 3 if connection.vendor == "sqlite" else 2
    for table in append_only.protected():
        assert sum(row.table == table and row.name.startswith(f"tx_{table}_") for row in should.values()) >= each, table
    assert triggers.faults(connection) == []


# --- after every migration --------------------------------------------------------------------------------------------
def steps(using: str) -> list[tuple[str, str]]:
    """Every migration, in the order in which they run."""
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [(migration.app_label, migration.name) for migration, _ in plan]


@pytest.mark.django_db(transaction=True)
def test_the_inventory_is_whole_after_every_migration(tmp_path):
    with databases.another("walk", tmp_path) as using:
        there = connections[using]
        walked = steps(using)
        amiss = []
        for app, name in walked:
            call_command("migrate", app, name, database=using, verbosity=0)
            amiss += [f"{app} {name}: {fault}" for fault in triggers.faults(there)]
        count = len(triggers.found(there))
        assert count == len(triggers.wanted(there)) >= 2 * len(append_only.protected())
        control = lost_by_a_rebuild(there) if there.vendor == "sqlite" else lost_by_the_owner(there)
        assert triggers.install(there)
        assert triggers.faults(there) == []
    board.reach(
        f"S15 inventory {connection.vendor}",
        wanted=f"equal after each of {len(walked)} migrations",
        reached=f"{len(amiss)} differ, {count} triggers at the end",
        held=not amiss,
        control=control[0],
        control_failed=control[1],
    )


def lost_by_a_rebuild(there) -> tuple[str, bool]:
    """Adding a column with a default makes Django copy the table; its triggers stay behind."""
    field = models.CharField(max_length=4, default="x")
    field.set_attributes_from_name("added")
    with there.schema_editor() as editor:
        editor.add_field(RegisterEntry, field)
    lost = triggers.faults(there)
    return f"a column with a default, no re-install: {len(lost)} missing", len(lost) == 3


def lost_by_the_owner(there) -> tuple[str, bool]:
    with there.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER tx_{R}_row ON {R}")
        cursor.execute(f"ALTER TABLE {S} DISABLE TRIGGER tx_{S}_row")
        cursor.execute(f"ALTER TABLE {I} ENABLE TRIGGER tx_{I}_row")  # not in replica mode any more
    lost = triggers.faults(there)
    return f"one dropped, one off, one off in replica mode: {len(lost)} found", len(lost) == 3
