"""No scope, no rows: a forgotten filter is an exception and never a leak."""

import threading

import pytest

from tests.factories import stage as stages
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
