"""The reliability scoreboard: each row says what is wanted, what was reached, and that its control failed.

A row counts only when its control (the guard taken away, the setting made unsafe) fails in that run; `reach` refuses
a row without one. The rows are those of the design's scoreboard, S1–S39.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

NIGHTLY = "TONGXIN_NIGHTLY"
FILE = "TONGXIN_BOARD"


def count(ci: int, nightly: int, quick: int | None = None) -> int:
    """How often: the full set in `make test-nightly`, the scoreboard's figure in `make reliability`; where that takes
    long, `quick` is what every `make test` does."""
    if os.environ.get(NIGHTLY):
        return nightly
    return ci if quick is None or os.environ.get(FILE) else quick


@dataclass(frozen=True)
class Row:
    """`name` as S14 or, where a row has several parts, `S15 postgres`; `control` says what was taken away and what
    that did."""

    name: str
    wanted: str
    reached: str
    control: str
    held: bool

    @property
    def order(self) -> tuple[int, str]:
        number = "".join(ch for ch in self.name.split()[0] if ch.isdigit())
        return int(number), self.name


def reach(name: str, *, wanted: str, reached: str, held: bool, control: str, control_failed: bool) -> None:
    """Put a row on the board, then fail the test when the figure is missed or the control passed."""
    if not control:
        raise ValueError(f"{name}: a row without a control proves nothing")
    row = Row(name, wanted, reached, control if control_failed else f"DID NOT FAIL: {control}", held and control_failed)
    if path := os.environ.get(FILE):
        line = json.dumps(asdict(row), ensure_ascii=False) + "\n"
        with Path(path).open("a", encoding="utf-8") as out:  # one write below PIPE_BUF: workers do not mix lines
            out.write(line)
    assert held, f"{name}: wanted {wanted}, reached {reached}"
    assert control_failed, f"{name}: the control did not fail: {control}"


def read(path: Path) -> list[Row]:
    """The rows of a run; the last word on a name counts, except that a miss is never overwritten."""
    rows: dict[str, Row] = {}
    for line in path.read_text("utf-8").splitlines():
        row = Row(**json.loads(line))
        if row.name not in rows or rows[row.name].held:
            rows[row.name] = row
    return sorted(rows.values(), key=lambda row: row.order)


def table(rows: list[Row]) -> Iterator[str]:
    """The table as `make reliability` prints it."""
    head = ("", "row", "figure wanted", "figure reached", "control")
    cells = [head] + [("✓" if r.held else "✗", r.name, r.wanted, r.reached, r.control) for r in rows]
    widths = [max(len(line[i]) for line in cells) for i in range(4)]
    for line in cells:
        yield "  ".join([*(text.ljust(width) for text, width in zip(line, widths, strict=False)), line[4]]).rstrip()


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """Rows of this process go to `path`."""
    before = os.environ.get(FILE)
    os.environ[FILE] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ[FILE]
        else:
            os.environ[FILE] = before
