"""Declared once, guarded on both databases, counted at each start and every night. All ways around it: S15."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, transaction

from tests.factories import stage
from tongxin.accounts.models import User
from tongxin.casework.models import Entry
from tongxin.core import append_only, clock, inserting, triggers
from tongxin.people.models import Household, RegisterEntry
from tongxin.territory import scope

pytestmark = pytest.mark.django_db
TABLE = RegisterEntry._meta.db_table


@pytest.fixture
def line():
    village = stage.village().village
    with scope.village(village.pk):
        yield stage.row(RegisterEntry, village=village, at=clock.now(), what="moved")


def dropped(name=f"tx_{TABLE}_update"):
    name = name if connection.vendor == "sqlite" else f"tx_{TABLE}_row"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if connection.vendor == "postgresql" else ""))
    return name


def test_every_timeline_only_grows():
    lines = [model for model in apps.get_models() if issubclass(model, Entry)]
    assert lines
    assert {model._meta.db_table for model in lines} <= append_only.protected().keys()


def test_a_line_that_was_written_stays_as_it_is(line):
    for bend in (
        lambda: RegisterEntry.objects.update(what="stayed"),
        lambda: RegisterEntry.objects.all().delete(),
        lambda: line.save(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            bend()
    assert RegisterEntry.objects.get().what == "moved"


def test_inserting_what_is_there_is_no_fault_but_a_no(line):
    again = RegisterEntry(pk=line.pk, village=line.village, at=clock.now(), what="again")
    assert not inserting.insert_if_new(again)
    assert inserting.insert_if_new(RegisterEntry(village=line.village, at=clock.now(), what="new"))


def test_a_table_is_protected_in_one_way_only():
    with pytest.raises(ValueError, match="two ways"):
        append_only.protect(RegisterEntry, lockable=True)
    append_only.protect(RegisterEntry)  # twice the same is the same
    assert User._meta.db_table not in append_only.protected()
    assert Household._meta.db_table not in append_only.protected()


def test_a_missing_trigger_is_refused_at_start_with_its_mend():
    assert append_only.counted(None, databases=["default"]) == []
    name = dropped()
    [fault] = append_only.counted(None, databases=["default"])
    assert fault.id == "tongxin.E030"
    assert name in fault.msg
    assert "migrate" in fault.hint
    with pytest.raises(SystemCheckError, match=name):
        call_command("check", databases=["default"])


def test_the_nightly_look_raises_what_it_finds():
    append_only.watch()
    name = dropped()
    with pytest.raises(append_only.Bent, match=name):
        append_only.watch()


def test_migrate_is_the_mend_and_is_not_stopped_by_the_fault_it_mends(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]  # the keys of a test are no secret
    dropped()
    call_command("migrate", verbosity=0, skip_checks=False)
    assert triggers.faults(connection) == []


def test_looking_at_a_plan_mends_nothing():
    dropped()
    call_command("migrate", plan=True, verbosity=0)
    assert triggers.faults(connection)


# --- SQLite: a key that is there already ------------------------------------------------------------------------------
@pytest.fixture
def scratch():
    """A table of one's own, with the given unique index, guarded."""
    if connection.vendor != "sqlite":
        pytest.skip("the guard of inserts is SQLite's; runs on PostgreSQL without it")

    def make(index=""):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE scratch (id text PRIMARY KEY, a text, b text, ended text)")
            if index:
                cursor.execute(index)
            conditions = " OR ".join(append_only._taken(connection, "scratch"))
            cursor.execute(
                f"CREATE TRIGGER scratch_in BEFORE INSERT ON scratch WHEN {conditions} {triggers.refused('taken')}"
            )
            cursor.execute("INSERT INTO scratch VALUES ('1', 'x', 'y', NULL)")

    return make


def replace(*values, columns="id, a, b, ended"):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
        try:
            marks = ", ".join(["%s"] * len(values))
            cursor.execute(f"REPLACE INTO scratch ({columns}) VALUES ({marks})", values)
        finally:
            cursor.execute("PRAGMA recursive_triggers = ON")


def test_a_key_of_two_columns_is_guarded_and_nothing_else_is(scratch):
    scratch("CREATE UNIQUE INDEX scratch_key ON scratch (a, b)")
    for taken in (("1", "p", "q", None), ("2", "x", "y", None)):
        with pytest.raises(IntegrityError, match="taken"):
            replace(*taken)
    with pytest.raises(IntegrityError, match="taken"):
        replace(1, "3", "p", "q", None, columns="rowid, id, a, b, ended")
    replace("2", "x", "z", None)
    replace("3", None, "y", None)
    replace("4", None, "y", None)  # NULLs are all different to a unique index


def test_a_partial_key_binds_only_where_both_rows_meet_its_condition(scratch):
    scratch("CREATE UNIQUE INDEX scratch_key ON scratch (a) WHERE ended IS NULL")
    with pytest.raises(IntegrityError, match="taken"):
        replace("2", "x", "", None)
    replace("2", "x", "", "yesterday")
    replace("3", "x", "", "yesterday")
    replace("4", "w", "", None)


def test_a_unique_expression_cannot_be_guarded_and_says_so(scratch):
    with pytest.raises(ImproperlyConfigured, match="scratch_key"):
        scratch("CREATE UNIQUE INDEX scratch_key ON scratch (lower(a))")
