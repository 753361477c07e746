"""Writes happen in `actions`, nowhere else: a transaction, `by=`, a timeline entry.

The mechanisms on the ground (core, casework) write their own tables and are where actions write through.
"""

import ast
from pathlib import Path

import pytest

from .tree import ROOT, nothing, parsed, plant, python

ALWAYS = {"create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "aupdate", "acreate", "asave"}
# These names are also borne by dictionaries, files and caches, which take positional arguments.
ONLY_WITHOUT_ARGUMENTS = {"save", "delete", "update"}
OURS = {"insert", "insert_if_new", "insert_many"}  # of core.inserting, which writes past the models
SQL = ("INSERT ", "UPDATE ", "DELETE ", "TRUNCATE ")
GROUND = {"core", "casework"}


def may_write(name: str) -> bool:
    parts = Path(name).with_suffix("").parts[1:]
    return parts[0] in GROUND or len(parts) == 1 or parts[1] == "actions"


def writes(tree: ast.Module) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            verb = node.func.attr
            if verb in ALWAYS or (verb in ONLY_WITHOUT_ARGUMENTS and not node.args):
                found.append((node.lineno, f".{verb}("))
            if verb in OURS and getattr(node.func.value, "id", "") == "inserting":
                found.append((node.lineno, f"inserting.{verb}("))
            if verb in {"execute", "executemany"} and node.args:
                text = str(getattr(node.args[0], "value", ""))
                found += [(node.lineno, f".{verb}(")] if text.lstrip().upper().startswith(SQL) else []
    return found


def faults(root: Path) -> list[str]:
    return [
        f"{name}:{line}: {verb} outside actions"
        for name, path in python(root)
        if not may_write(name)
        for line, verb in writes(parsed(path))
    ]


def test_only_actions_write():
    nothing(faults(ROOT))


@pytest.mark.parametrize(
    "code",
    [
        "issue.save()",
        "form.save(commit=False)",
        "Issue.objects.create(title='a')",
        "Issue.objects.filter(pk=1).update(status='told')",
        "Issue.objects.all().delete()",
        "Issue.objects.bulk_create(rows)",
        "Issue.objects.get_or_create(pk=1)",
        "inserting.insert(issue)",
        "cursor.execute('update issues_issue set status = 1')",
    ],
)
@pytest.mark.parametrize("room", ["views", "models", "queries", "management/commands/mend"])
def test_a_planted_write_is_found(tmp_path, code, room):
    assert faults(plant(tmp_path, {f"tongxin/issues/{room}.py": code}))
    assert not faults(plant(tmp_path / "b", {"tongxin/issues/actions/telling.py": code}))


@pytest.mark.parametrize(
    "code",
    [
        "seen.update({1: 2})",
        "cache.delete('key')",
        "image.save(path)",
        "cursor.execute('select 1')",
        "rows.insert(0, row)",
    ],
)
def test_what_only_sounds_like_a_write_is_let_through(tmp_path, code):
    assert not faults(plant(tmp_path, {"tongxin/issues/views.py": code}))
