"""docs/indicators.md is what the registry says."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from tongxin.reports import indicators


def test_the_drawing_is_fresh():
    call_command("draw_indicators", "--check")


def test_a_stale_drawing_is_found(tmp_path: Path, capsys):
    with override_settings(ROOT=tmp_path):
        (tmp_path / "docs").mkdir()
        with pytest.raises(CommandError, match="stale"):
            call_command("draw_indicators", "--check")
        call_command("draw_indicators")
        page = tmp_path / "docs" / "indicators.md"
        assert all(f"`{indicator.code}`" in page.read_text("utf-8") for indicator in indicators.ALL)
        call_command("draw_indicators", "--check")
        page.write_text(page.read_text("utf-8").replace("`people`", "`persons`"), "utf-8")
        with pytest.raises(CommandError, match="stale"):
            call_command("draw_indicators", "--check")
