"""S29 · A migration that breaks off leaves everything as it was: every table, every trigger; and there is a way back.

There are no releases yet. The oldest state (the first migration of each app) is filled with rows of every kind that its
tables take, and led forward one migration at a time; each is broken off after its operations first.
"""

import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connections, models, router, transaction
from django.db.migrations.executor import MigrationExecutor

from tests import databases
from tongxin.core import keyring, triggers
from tongxin.core.keeping import digest

from . import board

APPS = ["core", "audit", "accounts", "territory", "people", "bodies", "exports", "ledger", "issues"]
AT = datetime(2026, 6, 15, 8, 20, tzinfo=UTC)


@contextmanager
def elsewhere(name, folder):
    """Another database, and whatever asks for the usual one gets that: a data migration names none."""

    class There:
        def db_for_read(self, model, **_):
            return using

        db_for_write = db_for_read

    with databases.another(name, folder) as using:
        before = router.routers
        router.routers = [There()]
        keyring.forget_keys()
        try:
            yield using
        finally:
            router.routers = before
            keyring.forget_keys()


class BrokenOff(Exception):
    """The power went, or the disk was full."""


def state(using):
    """Digest of every table but the list of what has run, and every trigger."""
    there = connections[using]
    tables = (
        digest.of_sqlite(Path(there.settings_dict["NAME"])) if there.vendor == "sqlite" else digest.of_postgres(there)
    )
    return tables, triggers.found(there)


def plain(using):
    tables, guards = state(using)
    return {name: one for name, one in tables.items() if name != "django_migrations"}, guards


def migrations(using):
    """Every migration of ours in its order, the first of each app left out."""
    executor = MigrationExecutor(connections[using])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [m for m, _ in plan if m.app_label in APPS and not m.name.startswith("0001")]


# --- rows for tables of long ago ----------------------------------------------------------------------------------
def value(field, n, made):
    if field.is_relation:
        rows = made.get(field.related_model._meta.label)
        return rows[n % len(rows)] if rows else None
    if field.choices:
        return field.choices[n % len(field.choices)][0]
    kinds = [
        (models.UUIDField, uuid.uuid4()),
        (models.BooleanField, n % 2 == 0),
        (models.DateTimeField, AT),
        (models.DateField, date(2026, 6, 1 + n)),
        (models.JSONField, {"n": n, "名": "渠"}),
        (models.IntegerField, n + 1),
        (models.FloatField, n / 2),
        (models.DecimalField, n),
        (models.BinaryField, b"\x00" * n),
    ]
    for kind, sample in kinds:
        if isinstance(field, kind):
            return sample
    if type(field).__name__ in {"EncryptedTextField", "BlindIndexField"}:
        return ""
    return f"{field.name}{n}水渠"[: field.max_length or 40]


def fill(using, times=3):
    """Rows in every table that takes any; which did not."""
    executor = MigrationExecutor(connections[using])
    applied = [key for key in executor.loader.applied_migrations if key in executor.loader.graph.nodes]
    old = executor.loader.project_state(applied).apps
    made, left = {}, [model for model in old.get_models() if model._meta.app_label in APPS]
    for _round in range(6):
        for model in list(left):
            for n in range(times):
                given = {
                    f.name: value(f, n, made)
                    for f in model._meta.concrete_fields
                    if not f.generated and not f.primary_key
                }
                if model._meta.pk.get_internal_type() == "UUIDField":
                    given[model._meta.pk.name] = uuid.uuid4()
                row = model(**given)
                try:
                    with transaction.atomic(using=using):
                        row.save(using=using, force_insert=True)
                except (DatabaseError, ValidationError, ValueError, TypeError):
                    continue
                made.setdefault(model._meta.label, []).append(row)
            if model._meta.label in made:
                left.remove(model)
    return sorted(made), sorted(model._meta.label for model in left)


# --- breaking off -------------------------------------------------------------------------------------------------
def broken_off(using, migration, at):
    """Run it, and stop after its operation number `at`."""
    operation = type(migration).operations[at]
    plain_forwards = operation.database_forwards

    def forwards(*args):
        plain_forwards(*args)
        raise BrokenOff

    operation.database_forwards = forwards
    try:
        with pytest.raises(BrokenOff):
            call_command("migrate", migration.app_label, migration.name, database=using, verbosity=0)
    finally:
        del operation.database_forwards


def spots(migration):
    """After which operations: all of them at night, else the last one, when the most has been done."""
    count = len(type(migration).operations)
    return [count - 1] if board.count(ci=1, nightly=0) else range(count)


def oldest(using):
    for app in APPS:
        call_command("migrate", app, "0001", database=using, verbosity=0)
    return fill(using)


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_breaks_off_leaves_everything_as_it_was(tmp_path):
    with elsewhere("releases", tmp_path) as using:
        filled, empty = oldest(using)
        tried, differ = 0, []
        for migration in migrations(using):
            before = state(using)
            for at in spots(migration):
                broken_off(using, migration, at)
                tried += 1
                if state(using) != before:
                    differ.append(f"{migration} after {at}")
            call_command("migrate", migration.app_label, migration.name, database=using, verbosity=0)
        call_command("migrate", database=using, verbosity=0)
        assert triggers.faults(connections[using]) == []
        at_head = plain(using)
        back = migrations_at_head(using)
        for app, before_last in back:
            call_command("migrate", app, before_last, database=using, verbosity=0)
        call_command("migrate", database=using, verbosity=0)
        there_and_back = plain(using) == at_head
        rows = sum(one.rows for one in at_head[0].values())
    control, failed = without_a_transaction(tmp_path)
    board.reach(
        f"S29 {connections['default'].vendor}",
        wanted="digests and triggers equal after each break; forward–back–forward equal",
        reached=f"{tried} breaks, {len(differ)} differ; {rows} rows in {len(filled)} tables ({len(empty)} took none); "
        f"{len(back)} apps back and forth: {'equal' if there_and_back else 'differ'}",
        held=not differ and there_and_back and len(filled) > len(empty),
        control=control,
        control_failed=failed,
    )


def migrations_at_head(using):
    """(app, the migration before its last) of every app that has more than one."""
    loader = MigrationExecutor(connections[using]).loader
    found = []
    for app in reversed(APPS):
        names = sorted(name for label, name in loader.graph.nodes if label == app)
        if len(names) > 1:
            found.append((app, names[-2]))
    return found


def without_a_transaction(tmp_path):
    """The control: the same break in a migration that is not atomic leaves half of it behind."""
    with elsewhere("loose", tmp_path) as using:
        oldest(using)
        migration = next(m for m in migrations(using) if len(type(m).operations) > 1)
        before = state(using)[0]
        kind = type(migration)
        kind.atomic = False
        try:
            broken_off(using, migration, len(kind.operations) - 1)
        finally:
            del kind.atomic
        left = digest.differences(before, state(using)[0])
    return f"{migration} not atomic: {len(left)} tables differ", bool(left)
