"""docs/access.md is what the matrix says, every door and every right of it."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tongxin.core import matrix


def test_a_stale_drawing_is_found(tmp_path: Path, capsys):
    with override_settings(ROOT=tmp_path):
        (tmp_path / "docs").mkdir()
        with pytest.raises(CommandError, match="stale"):
            call_command("draw_access", "--check")
        call_command("draw_access")
        page = tmp_path / "docs" / "access.md"
        call_command("draw_access", "--check")
        page.write_text(page.read_text("utf-8").replace("●", "", 1), "utf-8")
        with pytest.raises(CommandError, match="stale"):
            call_command("draw_access", "--check")


def test_every_right_and_every_door_is_drawn():
    from tongxin.bodies.management.commands import draw_access

    page = draw_access.draw()
    for name, right in matrix.whole().rights.items():
        assert f"`{name}`" in page, right
    places = {name: str(entry.pattern) for name, entry in matrix.routes()}
    for name in matrix.whole().doors:
        assert f"`/{places[name]}`" in page, name


@pytest.mark.parametrize(
    ("door", "role", "mark"),
    [
        ("people:household_edit", "clerk", "●"),
        ("people:household_edit", "grid_worker", "◐"),
        ("people:household_edit", "council", ""),
        ("issues:issue", "clerk", "◐"),
        ("territory:poster", "helper", "●"),
        ("bodies:appoint", "township", "●"),
    ],
)
def test_a_mark_says_always_sometimes_or_never(door, role, mark):
    from tongxin.bodies.management.commands import draw_access

    line = matrix.door(door)
    always, sometimes = draw_access._who(line.right("GET"), line)
    assert ("●" if role in always else "◐" if role in sometimes else "") == mark
