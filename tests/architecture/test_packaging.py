"""What is installed is what is locked, and there is little of it."""

import re
import tomllib

import tongxin

from .tree import ROOT

MOST = 17  # libraries a county installs (docs/adr/0006); an eighteenth needs another to go


def named(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("#", "-r"))]


def pinned(text: str) -> dict[str, str]:
    """{name: version} of a lock."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, flags=re.M))


def unlocked(wanted: list[str], lock: str) -> list[str]:
    held = {name.lower().replace("_", "-") for name in pinned(lock)}
    return [line for line in wanted if re.split(r"[\[=<>~ ]", line)[0].lower() not in held]


def unhashed(lock: str) -> list[str]:
    entries = re.split(r"\n(?=[A-Za-z])", lock)
    return [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]


def read(name: str) -> str:
    return (ROOT / "requirements" / name).read_text("utf-8")


def test_the_project_names_what_the_lock_is_made_from():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["dependencies"] == named(read("base.in"))
    assert len(project["dependencies"]) <= MOST


def test_the_package_knows_its_own_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert tongxin.__version__ == project["version"]


def test_everything_named_is_locked_with_its_hash():
    assert unlocked(named(read("base.in")), read("base.txt")) == []
    assert unlocked(named(read("dev.in")), read("dev.txt")) == []
    assert unhashed(read("base.txt")) == unhashed(read("dev.txt")) == []


def test_the_development_lock_holds_the_base_lock():
    base, dev = pinned(read("base.txt")), pinned(read("dev.txt"))
    assert {name: dev.get(name) for name in base} == base


def test_a_planted_gap_is_found():
    assert unlocked(["django==5.2.*", "left-pad"], "django==5.2.19 \\\n    --hash=sha256:aa\n") == ["left-pad"]
    assert unhashed("django==5.2.19 \\\n    --hash=sha256:aa\nsegno==1.6.6\n    # via -r base.in\n") == ["segno==1.6.6"]
