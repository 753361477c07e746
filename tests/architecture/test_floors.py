"""Floors: an app imports from lower floors only, and never another app's views, forms or templates."""

import ast
import re
from pathlib import Path

import pytest

from .tree import ROOT, apps, contract, floors, nothing, parsed, plant, python, templates

SHARED = {"core", "casework"}  # the ground shares its partials and its pages' helpers
PRIVATE = {"views", "forms", "urls"}


def imports(path: Path) -> set[tuple[str, ...]]:
    """What a file imports of the product, as parts after `tongxin`, wherever in the file it does."""
    found: set[tuple[str, ...]] = set()
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")[1:]) for alias in node.names if alias.name.startswith("tongxin.")}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "tongxin":
            base = tuple(node.module.split(".")[1:])
            found |= {(*base, alias.name) for alias in node.names}
    return found


def faults(root: Path, order: list[str]) -> list[str]:
    found = [f"tongxin/{app} stands on no floor" for app in apps(root) if app not in {*order, "templates", "static"}]
    for name, path in python(root):
        app = name.split("/")[1]
        if app not in order:
            continue
        for parts in imports(path):
            other = parts[0]
            if other == app or other not in order:
                continue
            if order.index(other) > order.index(app):
                found.append(f"{name} imports upwards: tongxin.{'.'.join(parts)}")
            if other not in SHARED and len(parts) > 1 and parts[1] in PRIVATE:
                found.append(f"{name} reaches into another app's {parts[1]}: tongxin.{'.'.join(parts)}")
    for name, text in templates(root):
        app = name.split("/")[1]
        for other in re.findall(r"{%\s*(?:include|extends)\s+[\"'](\w+)/", text):
            if other in order and app in order and other != app and other not in SHARED:
                found.append(f"{name} uses another app's template: {other}/")
    return found


def test_every_app_stands_on_its_floor_and_looks_down():
    nothing(faults(ROOT, floors()))


def test_every_app_has_its_rooms_watched():
    assert sorted(contract("rooms")["containers"]) == sorted(f"tongxin.{app}" for app in floors())


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("tongxin/core/a.py", "from tongxin.issues import models", "imports upwards"),
        ("tongxin/core/a.py", "def later():\n    import tongxin.people.models", "imports upwards"),
        ("tongxin/issues/a.py", "from tongxin.people.forms import Name", "another app's forms"),
        ("tongxin/parade/__init__.py", "", "stands on no floor"),
        ("tongxin/issues/templates/issues/a.html", "{% include 'people/_row.html' %}", "another app's template"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, name, text, said):
    assert any(said in fault for fault in faults(plant(tmp_path, {name: text}), floors()))


def test_looking_down_is_let_through(tmp_path):
    files = {
        "tongxin/issues/__init__.py": "",
        "tongxin/issues/actions.py": "from tongxin.people import queries\nfrom tongxin.core import clock",
        "tongxin/issues/templates/issues/a.html": "{% include 'casework/_story.html' %}",
    }
    assert faults(plant(tmp_path, files), floors()) == []
