"""Each check is asked, and one that breaks is a fault and not the end."""

import pytest

from tongxin.core import health
from tongxin.core.health import Finding, State


@pytest.fixture
def checks(monkeypatch):
    monkeypatch.setattr(health, "_checks", {})


def well():
    yield Finding("a", State.OK, "well")


def broken():
    yield Finding("b", State.OK, "not yet")
    raise ZeroDivisionError


def test_a_check_that_breaks_is_a_fault_and_the_next_is_asked(checks, caplog):
    health.register("broken", broken)
    health.register("well", well)
    found = health.everything()
    assert [(one.name, one.state) for one in found] == [("broken", State.FAULT), ("a", State.OK)]
    assert "ZeroDivisionError" in found[0].words and found[0].mend


def test_quick_and_deep_and_those_that_hold_in_a_copy(checks):
    health.register("quick", well)
    health.register("deep", well, is_deep=True, in_copy=True)
    assert (len(health.quick()), len(health.deep()), len(health.restored())) == (1, 1, 1)
    assert health.names() == ["quick", "deep"]


def test_two_of_one_name_are_refused(checks):
    health.register("a", well)
    health.register("a", well)
    with pytest.raises(ValueError):
        health.register("a", broken)
