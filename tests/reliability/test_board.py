"""A row without a failing control is no row."""

import pytest

from . import board


def test_a_row_that_holds_is_shown_with_its_control(tmp_path):
    path = tmp_path / "board.jsonl"
    with board.kept(path):
        board.reach(
            "S14", wanted="300 of 300", reached="300 of 300", held=True, control="no anchor: 299", control_failed=True
        )
        board.reach("S3 claim", wanted="0", reached="0", held=True, control="no lock: 982 of 1000", control_failed=True)
    lines = list(board.table(board.read(path)))
    assert [line.split()[1] for line in lines[1:]] == ["S3", "S14"]
    assert all(line.startswith("✓") for line in lines[1:])


@pytest.mark.parametrize(("held", "control_failed"), [(False, True), (True, False)])
def test_a_missed_figure_and_a_control_that_passes_are_both_red(tmp_path, held, control_failed):
    path = tmp_path / "board.jsonl"
    with board.kept(path):
        with pytest.raises(AssertionError):
            board.reach("S1", wanted="0", reached="1", held=held, control="sync off", control_failed=control_failed)
        board.reach("S1", wanted="0", reached="0", held=True, control="sync off", control_failed=True)
    [row] = board.read(path)
    assert not row.held  # a later success does not paint over a miss


def test_a_row_needs_a_control():
    with pytest.raises(ValueError, match="proves nothing"):
        board.reach("S1", wanted="0", reached="0", held=True, control="", control_failed=True)
