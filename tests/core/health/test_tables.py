"""Tables of another release, and a database that is torn in itself."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from tongxin.core import triggers
from tongxin.core.health import State, tables


@pytest.mark.django_db
def test_the_tables_of_this_release_are_well():
    found = [*tables.migrations(), *tables.guards(), *tables.sound()]
    assert [one.state for one in found] == [State.OK] * 3


@pytest.mark.django_db
def test_a_guard_that_was_taken_away_is_named():
    trigger = sorted(triggers.found(connection))[0]
    with connection.cursor() as cursor:
        cursor.execute(triggers._dropped(connection, trigger, triggers.wanted(connection)[trigger].table))
    [found] = tables.guards()
    assert found.state is State.FAULT and trigger in found.words and "migrate" in found.mend


@pytest.mark.django_db
def test_a_missing_migration_and_one_of_a_newer_release_are_faults():
    recorder = MigrationRecorder(connection)
    [(_app, newest)] = MigrationLoader(connection).graph.leaf_nodes("core")
    recorder.record_unapplied("core", newest)
    [found] = tables.migrations()
    assert found.state is State.FAULT and "1" in found.words and "upgrade" in found.mend
    recorder.record_applied("core", newest)
    recorder.record_applied("core", "0999_later")
    [found] = tables.migrations()
    assert found.state is State.FAULT and "core.0999_later" in found.words
