"""Workflow tables are sound: every status is reached, every step has its verb, every label its Chinese."""

import importlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils.module_loading import module_has_submodule
from django.utils.translation import override

from tongxin.casework.workflow import Step, Workflow

from .tree import nothing


def tables() -> Iterator[tuple[str, Workflow, Any]]:
    """(name, workflow, the app's actions) of every table of the house."""
    for config in apps.get_app_configs():
        if not config.name.startswith("tongxin.") or config.label == "casework":
            continue
        if module_has_submodule(config.module, "workflow"):
            module = importlib.import_module(f"{config.name}.workflow")
            actions = importlib.import_module(f"{config.name}.actions")
            for name, value in vars(module).items():
                if isinstance(value, Workflow):
                    yield f"{config.label}.{name}", value, actions


def faults(name: str, table: Any, actions: Any) -> list[str]:
    """`table` needs `initial`, `groups` and `steps`, as a Workflow has."""
    found = []
    statuses = set(table.groups)
    steps = list(table.steps.values())
    if table.initial not in statuses:
        found.append(f"{name}: the initial status {table.initial} has no group")
    for step in steps:
        if not callable(getattr(actions, step.name, None)):
            found.append(f"{name}.{step.name}: no action of this name")
        for status in {*step.sources, *([step.target] if step.target else [])} - statuses:
            found.append(f"{name}.{step.name}: {status} has no group")
        if not step.sources:
            found.append(f"{name}.{step.name}: leads from nowhere")
        with override("zh-hans"):
            untranslated = str(getattr(step.label, "_args", [""])[0])  # the msgid of a lazy text
            if str(step.label) in {"", untranslated}:
                found.append(f"{name}.{step.name}: its label has no Chinese")
        if not callable(step.who):
            found.append(f"{name}.{step.name}: says not who may take it")
    reached, grown = {table.initial}, True
    while grown:
        more = {step.target for step in steps if step.target and reached & set(step.sources)} - reached
        reached, grown = reached | more, bool(more)
    found += [f"{name}: {status} is never reached" for status in sorted(statuses - reached)]
    for status, group in table.groups.items():
        leaves = any(step.target not in (None, status) for step in steps if status in step.sources)
        if group == "open" and not leaves:
            found.append(f"{name}: {status} is open and nothing leads on from it")
    return [str(fault) for fault in found]


def test_every_table_is_sound():
    nothing([fault for name, table, actions in tables() for fault in faults(name, table, actions)])


def test_the_drawing_is_fresh():
    stale = []
    try:
        call_command("draw_workflows", "--check")
    except CommandError as error:
        stale = [str(error)]
    nothing(stale)


def table(*steps: Step, groups: dict[str, str] | None = None) -> SimpleNamespace:
    given = groups or {"told": "open", "done": "settled"}
    return SimpleNamespace(initial="told", groups=given, steps={step.name: step for step in steps})


def anybody(by, case):
    return True


SOUND = Step("finish", ("told",), "done", "办好", anybody)
ACTIONS = SimpleNamespace(finish=anybody, other=anybody)


def test_a_sound_table_is_let_through():
    assert faults("t", table(SOUND), ACTIONS) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (table(SOUND, Step("vanish", ("told",), "done", "没", anybody)), "no action of this name"),
        (table(Step("other", ("told",), None, "记", anybody)), "done is never reached"),
        (table(Step("other", ("told",), None, "记", anybody)), "nothing leads on"),
        (table(Step("finish", ("told",), "gone", "办好", anybody)), "gone has no group"),
        (table(Step("finish", (), "done", "办好", anybody)), "leads from nowhere"),
        (table(Step("finish", ("told",), "done", "", anybody)), "label has no Chinese"),
        (table(SOUND, groups={"done": "settled"}), "the initial status told has no group"),
    ],
)
def test_a_planted_fault_is_found(planted, said):
    assert any(said in fault for fault in faults("t", planted, ACTIONS))
