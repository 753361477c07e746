"""One archive, complete or not there at all; sealed to two people; the keys stay outside."""

import json
import os
import sqlite3
import tarfile
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.db import transaction

from tongxin.core import clock, counters, outbox, site
from tongxin.core.keeping import backup, drill, dumping, retention, sealing, unpacking
from tongxin.core.models import OutboxItem, Upkeep

from .conftest import digests

redrawn: list[dict] = []
outbox.register("test.redraw", redrawn.append)


def members(made, key):
    with sealing.Reader(made.path, [key]) as reader, tarfile.open(mode="r|", fileobj=reader) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def test_what_is_in_it_and_what_it_adds_up_to(place):
    photo, memo = place.put_file("ab", b"a photo"), place.put_file("cd", b"waits", tree="spool")
    site.claim()
    before = digests()
    made = backup.make()
    found = members(made, place.keys["town"])
    manifest = json.loads(found["manifest.json"])
    assert {name: tuple(d) for name, d in manifest["tables"].items()} == {
        name: (d.rows, d.sha256) for name, d in before.items()
    }
    names = {f"media/ab/{photo.name}", f"spool/cd/{memo.name}"}
    assert set(manifest["files"]) == names
    assert set(found) == names | {"about.json", "database", "manifest.json", "manifest.sign"}
    assert list(found)[-2:] == ["manifest.json", "manifest.sign"]
    assert made.tables == len(before) and made.files == 2
    assert os.stat(made.path).st_mode & 0o777 == 0o600
    row = Upkeep.objects.get(kind="backup")
    assert row.is_ok and row.facts["path"] == made.path.name
    assert not list((place.data / "scratch").iterdir())


def test_keys_are_in_it_only_when_asked_for_and_it_says_where_they_lie(place, settings):
    found = members(backup.make(), place.keys["supervisor"])
    blob = b"".join(found.values())
    assert settings.SECRET_KEY.encode() not in blob
    assert os.environ["TONGXIN_FIELD_KEY"].encode() not in blob
    assert b"TONGXIN_FIELD_KEY" in found["manifest.json"]  # where, not what
    asked = members(backup.make(with_keys=True), place.keys["supervisor"])
    assert asked["keys/field.key"].strip() == os.environ["TONGXIN_FIELD_KEY"].encode()


def test_a_real_site_is_not_backed_up_for_nobody(place, settings):
    lines = settings.BACKUP_KEYS.read_text().splitlines()
    for text in ("", lines[0], f"{lines[0]}\n{lines[0]}", f"{lines[0]}\nsupervisor public AAAA"):
        settings.BACKUP_KEYS.write_text(text)
        with pytest.raises(backup.Refused):
            backup.make()
    assert not retention.archives(place.backups)
    assert [row.is_ok for row in Upkeep.objects.all()] == [False] * 4


def test_a_demonstration_is_sealed_to_its_own_machine_and_says_so(place, settings):
    settings.DEMO = True
    settings.BACKUP_KEYS.unlink()
    made = backup.make()
    assert made.sealed_to == []
    unpacking.unpack(made.path, [drill.own_key(made.path)], place.data / "out")
    with pytest.raises(sealing.WrongKey):
        unpacking.unpack(made.path, [place.keys["town"]], place.data / "out2")


def test_the_machine_holds_a_key_for_its_newest_archive_only(place):
    with clock.stopped_at(datetime(2026, 6, 14, 2)):
        first = backup.make()
    second = backup.make()
    assert sealing.verify(second.path, [drill.own_key(second.path)])
    with pytest.raises(sealing.Refused, match="holds no key"):
        drill.own_key(first.path)
    with pytest.raises(sealing.WrongKey):
        sealing.verify(first.path, [drill.own_key(second.path)])


def test_nothing_is_left_of_a_backup_that_fails(place, monkeypatch):
    place.put_file()

    def full(*_):
        raise OSError(28, "No space left on device", "archive")

    monkeypatch.setattr(backup, "_read_back", full)
    with pytest.raises(OSError):
        backup.make()
    assert list(place.backups.iterdir()) == []
    assert list((place.data / "scratch").iterdir()) == []
    assert not backup.drill_file().exists()
    assert "No space left" in Upkeep.objects.get().words


def test_the_second_place_gets_the_same_bytes_and_its_absence_is_said(place, settings, tmp_path):
    settings.BACKUPS_COPY = str(tmp_path / "stick")
    with pytest.raises(backup.Refused, match="is the disk mounted"):
        backup.make()
    assert len(retention.archives(place.backups)) == 1  # the first place has it all the same
    (tmp_path / "stick").mkdir()
    made = backup.make()
    assert made.copy.read_bytes() == made.path.read_bytes()
    assert json.loads(made.copy.with_suffix(".anchor.json").read_text())["sha256"] == made.sha256


def test_beside_it_lies_how_far_the_numbers_had_come(place):
    with transaction.atomic():
        counters.next_value(None, "posters", 2026)
    told = json.loads(backup.make().path.with_suffix(".anchor.json").read_text())
    assert told["anchors"]["counters"] == {"/posters/2026": 1}
    assert told["site"] == str(site.state().site_id)


def test_two_at_once_are_one(place):
    with backup._alone(), pytest.raises(backup.Refused, match="another backup"):
        backup.make()


def test_what_was_just_uploaded_is_redrawn_first(place):
    original = place.put_file("ef", b"with the place it was taken at", tree="spool")
    redrawn.clear()
    with transaction.atomic():
        outbox.put("test.redraw", {"n": 1})
    outbox._handlers["test.redraw"] = lambda payload: original.unlink()
    try:
        made = backup.make()
    finally:
        outbox._handlers["test.redraw"] = redrawn.append
    assert made.files == 0
    assert not OutboxItem.objects.filter(state="waiting").exists()


def test_an_upload_that_cannot_be_redrawn_yet_is_kept_all_the_same(place, monkeypatch):
    monkeypatch.setattr(backup, "SPOOL_PATIENCE", 0.2)
    place.put_file("ef", b"x", tree="spool")
    assert backup.make().files == 1


def test_a_torn_database_is_not_backed_up_as_if_it_were_whole(place, tmp_path, monkeypatch):
    torn = tmp_path / "torn.sqlite3"
    file = sqlite3.connect(torn)
    file.execute("CREATE TABLE a (id integer PRIMARY KEY, words text)")
    file.executemany("INSERT INTO a (words) VALUES (?)", [(f"line {n}" * 50,) for n in range(500)])
    file.commit()
    file.close()
    raw = bytearray(torn.read_bytes())
    raw[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    torn.write_bytes(raw)
    lite = SimpleNamespace(vendor="sqlite", settings_dict={"NAME": str(torn)})
    monkeypatch.setattr(dumping, "connections", {"default": lite})
    with pytest.raises(dumping.Failed, match="malformed"):
        backup.make()
    assert not retention.archives(place.backups)
