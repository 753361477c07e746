"""No scope, no rows: a forgotten filter is an exception and never a leak."""

import sys
import threading

import pytest

from tests.factories import stage as stages
from tongxin.audit.models import INSTALLATION, AuditEntry
from tongxin.core import cli, console
from tongxin.territory import scope
from tongxin.territory.models import Group


def test_a_villages_table_is_not_asked_outside_a_village(db):
    with pytest.raises(scope.NoScope, match="Group"):
        Group.objects.count()


def test_each_scope_sees_its_own_and_the_lifted_one_sees_all(stage):
    other = stages.settle(stages.village("shiping", "石坪村", 2))
    assert {g.village_id for g in Group.objects.all()} == {stage.village.pk}
    with scope.village(other.village.pk):
        assert {g.village_id for g in Group.objects.all()} == {other.village.pk}
        with scope.everything("a test counts both"):
            assert {g.village_id for g in Group.objects.all()} == {stage.village.pk, other.village.pk}
        assert {g.village_id for g in Group.objects.all()} == {other.village.pk}
    assert {g.village_id for g in Group.objects.all()} == {stage.village.pk}


def test_lifting_it_needs_a_reason():
    with pytest.raises(ValueError, match="reason"), scope.everything(""):
        pass


def test_a_fault_inside_does_not_leave_the_scope_open(stage):
    with pytest.raises(RuntimeError), scope.everything("a test fails in here"):
        raise RuntimeError
    assert scope.active() == stage.village.pk


def test_another_thread_has_no_scope(stage):
    seen = []
    thread = threading.Thread(target=lambda: seen.append(scope.active()))
    thread.start()
    thread.join()
    assert seen == [None]


def entries(village_id=INSTALLATION):
    found = AuditEntry.objects.filter(village_id=village_id, act="territory.open_rows")
    return [(entry.actor_kind, entry.data["command"]) for entry in found]


def test_a_command_that_opens_a_village_stands_in_its_chain_once(stage, monkeypatch):
    """Whatever the command: it is one that nobody has thought of yet, which looks and writes nothing (R17)."""

    def look(argv):
        for _again in range(2):
            with scope.village(stage.village.pk):
                assert Group.objects.count()
        with scope.everything("a look at all"):
            pass

    monkeypatch.setattr("django.core.management.execute_from_command_line", look)
    monkeypatch.setattr(sys, "argv", ["tongxin", "roster"])
    cli.main()
    assert entries(stage.village.pk) == entries() == [("operator", "roster")]
    monkeypatch.setattr(scope, "_watch", lambda village_id: None)
    cli.main()
    assert len(entries(stage.village.pk)) == 1, "without the watch nothing is left: the line above proves something"


def test_a_request_leaves_no_such_entry(stage, client):
    client.get(stage.path("/"))
    assert entries(stage.village.pk) == []


def test_a_command_whose_entry_cannot_be_left_sees_nothing(stage, monkeypatch):
    monkeypatch.setattr("tongxin.audit.actions.record", lambda *args, **kwargs: 1 / 0)
    with console.running("roster"), pytest.raises(ZeroDivisionError), scope.village(stage.village.pk):
        pytest.fail("opened without an entry")
