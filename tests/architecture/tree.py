"""Reading a tree of the product's shape: the repository, or a small one with a fault planted in it."""

import ast
import inspect
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@cache
def _project(root: Path) -> dict:
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


def contract(name: str) -> dict:
    """One import-linter contract of pyproject.toml: the floors stand in one place only."""
    return next(c for c in _project(ROOT)["tool"]["importlinter"]["contracts"] if c["id"] == name)


def floors() -> list[str]:
    """The apps from the ground up."""
    return list(reversed(contract("floors")["layers"]))


def apps(root: Path = ROOT) -> list[str]:
    """Every package in tongxin/."""
    return sorted(path.parent.name for path in (root / "tongxin").glob("*/__init__.py"))


def python(root: Path = ROOT, *, migrations: bool = False) -> Iterator[tuple[str, Path]]:
    """(path from the root, file) of the product's Python."""
    for path in sorted((root / "tongxin").rglob("*.py")):
        if migrations or "migrations" not in path.parts:
            yield path.relative_to(root).as_posix(), path


def templates(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """(path from the root, text) of every page and fragment."""
    for path in sorted((root / "tongxin").rglob("*.html")):
        if "templates" in path.parts:
            yield path.relative_to(root).as_posix(), path.read_text("utf-8")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def tracked(root: Path = ROOT) -> list[str]:
    """What is, or is about to be, in the repository; all files where there is no repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, text=True
    )
    if listed.returncode == 0:
        return sorted(name for name in set(listed.stdout.splitlines()) if (root / name).is_file())
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


ALL_VERBS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


def verbs(view: Callable[..., Any]) -> frozenset[str]:
    """The methods that a view takes, as its `require_…` decorators have it; without one it takes all."""
    taken, layer = ALL_VERBS, view
    while layer is not None:
        names = inspect.getclosurevars(layer).nonlocals if inspect.isfunction(layer) else {}
        taken &= frozenset(names.get("request_method_list", ALL_VERBS))
        layer = getattr(layer, "__wrapped__", None)
    return taken


def nothing(found: list[str]) -> None:
    """Fail with the whole list, one finding a line."""
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def plant(root: Path, files: dict[str, str]) -> Path:
    """Write a tree: {path from the root: text}."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root
