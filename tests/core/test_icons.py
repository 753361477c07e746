"""Drawings are trusted markup, so they hold drawings only."""

import re

import pytest

from tongxin.core import icons

DRAWN = {"path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "g", "text"}


def faults(markup):
    """What does not belong into a drawing."""
    names = set(re.findall(r"<\s*([a-zA-Z]+)", markup))
    strange = [name for name in names if name not in DRAWN]
    return strange + re.findall(r"\son\w+=|href|style=|javascript:|url\(", markup)


@pytest.mark.parametrize("name", sorted(icons.drawings()))
def test_a_drawing_holds_nothing_but_shapes(name):
    markup = icons.drawings()[name]
    assert "<" in markup
    assert faults(markup) == []


@pytest.mark.parametrize(
    "planted", ["<script>", '<path onload="x">', '<image href="x">', '<path style="x">', "<foreignObject>"]
)
def test_a_planted_script_is_found(planted):
    assert faults(planted)
