"""S28: what comes back from an archive is what went in, or it is refused and says why."""

import hashlib
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connection

from tests.core.keeping.conftest import digests, place  # noqa: F401 -- a fixture
from tests.factories import stage
from tongxin.core import site
from tongxin.core.keeping import backup, digest, drill, dumping, restore, sealing, unpacking
from tongxin.core.models import Heartbeat

from . import board

CUTS = 100


def sums(folder):
    """{path: SHA-256} of every photo, memo and waiting upload under a data folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for tree in backup.TREES
        for path in (folder / tree).rglob("*")
        if path.is_file()
    }


def copied_live(file: Path, folder: Path) -> list[str]:
    """The control: the database file of a site in WAL mode, copied while it is in use."""
    source, copy = folder / "live.sqlite3", folder / "copied.sqlite3"
    shutil.copyfile(file, source)
    writer = sqlite3.connect(source, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA wal_autocheckpoint=0")
    for n in range(200):
        writer.execute("INSERT INTO core_heartbeat VALUES (?, ?, '2026-06-15 08:20:00')", (f"{n:032x}", f"worker {n}"))
    shutil.copyfile(source, copy)
    try:
        return digest.differences(digest.of_sqlite(source), digest.of_sqlite(copy))
    finally:
        writer.close()


def refusals(raw: bytes, path: Path, key, spots, spoil) -> dict[str, int]:
    """How often which refusal; "opened" is none."""
    found: dict[str, int] = {}
    for spot in spots:
        path.write_bytes(spoil(raw, spot))
        try:
            sealing.verify(path, [key])
            kind = "opened"
        except sealing.Refused as error:
            kind = type(error).__name__
        found[kind] = found.get(kind, 0) + 1
    return found


@pytest.mark.django_db(transaction=True)
def test_a_restored_village_is_the_village(place, tmp_path):  # noqa: F811
    stage.two()
    site.claim()
    before, files = digests(), sums(place.data)
    assert sum(one.rows for one in before.values()) > 500 and len(files) > 10
    made = backup.make()
    folder = tmp_path / "restored"
    with drill._database() as url:
        report = restore.put(made.path, [place.keys["town"]], folder, url=url)
        wrong_tables = len(digest.differences(before, report.found))
        if url:  # the control: one table is forgotten
            with dumping.opened(url) as restored, restored.cursor() as cursor:
                cursor.execute("DROP TABLE issues_voice CASCADE")
                left_out = digest.differences(report.found, digest.of_postgres(restored))
            control = f"one table left out: {len(left_out)} differences"
            failed = "issues_voice: the table is missing" in left_out
        else:
            lost = copied_live(folder / "tongxin.sqlite3", tmp_path)
            control = f"the file copied while WAL is live: {lost[:1]}"
            failed = lost == ["core_heartbeat: 0 rows, should be 200"]
    wrong_files = len(
        {path for path in files.keys() | sums(folder).keys() if files.get(path) != sums(folder).get(path)}
    )
    board.reach(
        f"S28 {connection.vendor}",
        wanted="every table's digest and every file's SHA-256 equal",
        reached=f"{len(before)} tables ({wrong_tables} wrong), {len(files)} files ({wrong_files} wrong)",
        held=not wrong_tables and not wrong_files and not report.faults,
        control=control,
        control_failed=failed,
    )


def test_a_wrong_key_a_cut_and_a_flipped_bit_are_refused_and_told_apart(place, tmp_path):  # noqa: F811
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    Heartbeat(name="x" * 40, at=backup.clock.now()).save()
    for n in range(20):
        place.put_file(f"{n:02x}", random.Random(n).randbytes(20_000))
    made, other = backup.make(), tmp_path / "spoilt.txb"
    raw, key = made.path.read_bytes(), place.keys["supervisor"]
    dice = random.Random(28)
    flips = board.count(ci=400, nightly=20_000)
    wrong = refusals(raw, other, sealing.read_private(sealing.new_pair("stranger")[1]), [0], lambda raw, _: raw)
    cuts = refusals(raw, other, key, [len(raw) * n // CUTS for n in range(CUTS)], lambda raw, at: raw[:at])
    spots = [dice.randrange(len(raw) * 8) for _ in range(flips)]
    spots += [at * 8 + at % 8 for at in (*range(120), *range(len(raw) - 40, len(raw)))]  # its head and its end

    def flipped(raw, bit):
        return raw[: bit // 8] + bytes([raw[bit // 8] ^ 1 << bit % 8]) + raw[bit // 8 + 1 :]

    flips_found = refusals(raw, other, key, spots, flipped)
    # the control: the same archive without its seals, as a plain tar would be read
    plain = tmp_path / "plain"
    unpacked = unpacking.unpack(made.path, [key], plain)
    photo = next(iter((plain / "media").rglob("*.jpg")))
    photo.write_bytes(flipped(photo.read_bytes(), 80_000))
    passed = (plain / "database").exists() and photo.stat().st_size == unpacked.manifest["files"][
        str(photo.relative_to(plain))
    ][0]
    board.reach(
        f"S28 refusals {connection.vendor}",
        wanted=f"wrong key, {CUTS} cuts, {len(spots)} single bits: each refused for what it is",
        reached=f"wrong key {wrong}, cuts {cuts}, bits {flips_found}",
        held=wrong == {"WrongKey": 1} and cuts == {"CutShort": CUTS} and flips_found == {"Altered": len(spots)},
        control="unsealed files with one flipped bit have the same name and size: not noticed",
        control_failed=passed,
    )
