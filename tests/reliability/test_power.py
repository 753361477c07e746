"""S2 · A power cut at any moment: what was acknowledged is there, nothing is half there, the file is whole."""

import contextlib
import hashlib
import random
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from . import board, ground, power

pytestmark = [
    pytest.mark.xdist_group("power"),
    pytest.mark.skipif(
        "os.environ.get('DATABASE_URL', '').startswith('postgresql')", reason="runs on PostgreSQL no cut"
    ),
]
NAME = "tongxin.sqlite3"


@dataclass
class Found:
    """What the cuts of one recording showed."""

    points: int = 0
    lost: int = 0
    half: int = 0
    corrupt: int = 0
    seen: dict[bytes, "Opened"] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.lost} lost, {self.half} half-applied, {self.corrupt} corrupt at {self.points} points"


@dataclass(frozen=True)
class Opened:
    marks: frozenset[str]
    is_half: bool
    is_corrupt: bool


def opened(files: dict[str, bytes], folder: Path) -> Opened:
    """Put the files where they were and open them as the product would after the power is back."""
    for old in folder.iterdir():
        old.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        with contextlib.closing(sqlite3.connect(folder / NAME)) as connection:
            marks = [row[0].split()[-1] for row in connection.execute("SELECT words FROM issues_issue")]
            lines = connection.execute("SELECT count(*) FROM issues_issueentry WHERE step = 'report'").fetchone()[0]
            chains = connection.execute(
                "SELECT count(*), max(seq) FROM audit_auditentry GROUP BY village_id"
            ).fetchall()
            is_whole = connection.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        return Opened(frozenset(), False, True)
    return Opened(frozenset(marks), lines != len(marks) or any(n != seq for n, seq in chains), not is_whole)


def cut_everywhere(base: bytes, steps: list[power.Step], folder: Path, *, torn: int, chance: random.Random) -> Found:
    """Cut the power after each step: once strictly and `torn` times with some of the unsynced on the disk."""
    disk = power.Disk.of({NAME: base})
    acknowledged: set[str] = set()
    found = Found()
    for step in steps:
        if step.what == "ack":
            acknowledged.add(step.data.decode())
        else:
            disk.take(step)
        for turn in range(torn + 1):
            files = disk.after_a_cut(chance if turn else None)
            digest = hashlib.sha256(
                b"".join(name.encode() + content for name, content in sorted(files.items()))
            ).digest()
            if digest not in found.seen:
                found.seen[digest] = opened(files, folder)
            state = found.seen[digest]
            found.points += 1
            found.corrupt += state.is_corrupt
            found.half += state.is_half
            found.lost += not state.is_corrupt and not acknowledged <= state.marks
    return found


def cuts(at: ground.Ground, base: bytes, reports: int, pragmas: list[str], tmp_path: Path, *, torn: int) -> Found:
    folder = tmp_path / "after"
    folder.mkdir(exist_ok=True)
    (at.home / NAME).write_bytes(base)
    steps = power.record(at, reports, pragmas, tmp_path / "trace")
    assert sum(step.what == "ack" for step in steps) == reports
    return cut_everywhere(base, steps, folder, torn=torn, chance=random.Random(7))


def test_a_power_cut_takes_nothing_that_was_acknowledged(tmp_path):
    reports, torn = board.count(ci=16, nightly=60, quick=6), board.count(ci=2, nightly=4)
    points = board.count(ci=4000, nightly=4000, quick=1000)
    with ground.installed() as at:
        base = (at.home / NAME).read_bytes()
        try:
            found = cuts(at, base, reports, [], tmp_path, torn=torn)
        except power.NoTracing as error:
            pytest.skip(f"S2 cannot look at system calls here: {error}")
        loose = {mode: cuts(at, base, 6, [f"synchronous={mode}"], tmp_path, torn=1) for mode in ("OFF", "FULL")}
    board.reach(
        "S2 sqlite",
        wanted=f"0 lost, 0 half-applied, 0 corrupt at {found.points} points",
        reached=str(found),
        held=found.lost == found.half == found.corrupt == 0 and found.points >= points,
        control="; ".join(f"synchronous={mode}: {what}" for mode, what in loose.items()),
        control_failed=all(what.lost + what.corrupt for what in loose.values()),
    )


def test_the_model_knows_what_lasts():
    disk = power.Disk.of({"a": b"old"})
    for step in (power.Step("write", "a", 0, b"new"), power.Step("make", "j"), power.Step("write", "j", 0, b"log")):
        disk.take(step)
    assert disk.after_a_cut(None) == {"a": b"old"}
    disk.take(power.Step("sync", "a"))
    disk.take(power.Step("sync", "j"))
    assert disk.after_a_cut(None) == {"a": b"new"}  # the log's bytes last, its name does not
    disk.take(power.Step("sync-folder"))
    disk.take(power.Step("drop", "j"))
    assert disk.after_a_cut(None) == {"a": b"new", "j": b"log"}  # and a dropped name comes back
    disk.take(power.Step("make", "j"))  # another file of that name
    assert disk.after_a_cut(None) == {"a": b"new", "j": b"log"}
    disk.take(power.Step("sync-folder"))
    assert disk.after_a_cut(None) == {"a": b"new", "j": b""}
