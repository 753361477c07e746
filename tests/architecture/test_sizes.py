"""No module over 400 lines, no template over 200: past that a room becomes a package, split by noun."""

from pathlib import Path

from .tree import ROOT, nothing, plant, templates

MODULE, TEMPLATE = 400, 200


def faults(root: Path) -> list[str]:
    found = []
    for folder in ("tongxin", "tests", "bench", ".ci"):
        for path in sorted((root / folder).rglob("*.py")):
            lines = len(path.read_text("utf-8").splitlines())
            if lines > MODULE and "migrations" not in path.parts:
                found.append(f"{path.relative_to(root)}: {lines} lines")
    for name, text in templates(root):
        lines = len(text.splitlines())
        if lines > TEMPLATE:
            found.append(f"{name}: {lines} lines")
    return found


def test_every_file_can_be_read_in_one_go():
    nothing(faults(ROOT))


def test_a_planted_long_file_is_found(tmp_path):
    files = {
        "tongxin/issues/views.py": "a = 1\n" * 401,
        "tongxin/issues/forms.py": "a = 1\n" * 400,
        "tongxin/issues/migrations/0001_initial.py": "a = 1\n" * 900,
        "tongxin/issues/templates/issues/long.html": "<p></p>\n" * 201,
    }
    assert [fault.split(":")[0] for fault in faults(plant(tmp_path, files))] == [
        "tongxin/issues/views.py",
        "tongxin/issues/templates/issues/long.html",
    ]
