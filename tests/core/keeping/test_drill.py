"""The drill restores the newest archive in earnest, lets somebody log in, and its result is a row."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tongxin.core.keeping import backup, drill, sealing, settling
from tongxin.core.models import Upkeep

from .conftest import digests


def test_backup_then_drill_and_the_row_that_the_status_page_shows(place, capsys):
    place.put_file()
    call_command("backup")
    before = digests()
    call_command("restore", "--drill")
    said = capsys.readouterr().out
    assert "every digest equal" in said and "A test user logged in" in said
    row = Upkeep.objects.get(kind="drill")
    assert row.is_ok and row.words == "" and row.facts["opened_by"] == "drill" and row.facts["files"] == 1
    assert row.seconds > 0
    after = digests()
    assert {name for name in before if before[name] != after[name]} == {"core_upkeep"}  # nothing else was touched
    assert not list((place.data / "scratch").iterdir())


def test_the_town_can_try_its_own_key(place, tmp_path, capsys):
    call_command("backup")
    key = tmp_path / "town.key"
    key.write_text(sealing.private_line("town", place.keys["town"]))
    call_command("restore", "--drill", "--key", str(key))
    assert Upkeep.objects.get(kind="drill").facts["opened_by"] == "town"


def test_a_spoilt_archive_fails_the_drill_and_the_row_says_so(place):
    made = backup.make()
    raw = bytearray(made.path.read_bytes())
    raw[len(raw) // 2] ^= 1
    made.path.write_bytes(raw)
    with pytest.raises(CommandError, match="altered"):
        call_command("restore", "--drill")
    row = Upkeep.objects.get(kind="drill")
    assert not row.is_ok and "altered" in row.words


def test_a_fault_in_the_restored_site_fails_the_drill(place, monkeypatch):
    backup.make()
    monkeypatch.setattr(
        drill.restore, "settle", lambda *_, **__: {"faults": ["Nobody can log in"], "notes": [], "facts": {}}
    )
    with pytest.raises(CommandError, match="1 faults"):
        call_command("restore", "--drill")
    assert not Upkeep.objects.get(kind="drill").is_ok


def test_without_an_archive_there_is_nothing_to_drill(place):
    with pytest.raises(sealing.Refused, match="Make one"):
        drill.hold()
    assert not Upkeep.objects.get().is_ok


def test_a_scratch_database_is_emptied_only_when_it_is_named_for_it(place, on_postgres):
    if not on_postgres:
        return
    with pytest.raises(drill.dumping.Failed, match="not a database for drills"):
        drill._empty("postgresql://", connection.settings_dict["NAME"])


def test_who_stays_outside_and_who_comes_in_is_told_by_where_they_end_up(monkeypatch):
    ends = iter(["http://127.0.0.1:1/login/", "http://127.0.0.1:1/login/"])
    monkeypatch.setattr(settling, "_knock", lambda *_: next(ends))
    notes, faults = [], []
    _run_came_in(monkeypatch, notes, faults)
    assert faults == ["The test user could not log in."]
    ends = iter(["http://127.0.0.1:1/start/", "http://127.0.0.1:1/start/"])
    notes, faults = [], []
    _run_came_in(monkeypatch, notes, faults)
    assert faults == ["A wrong password was let in."]


def _run_came_in(monkeypatch, notes, faults):
    from contextlib import contextmanager

    @contextmanager
    def serving():
        yield "http://127.0.0.1:1"

    class Nobody:
        def __init__(self, **_):
            pass

        def set_password(self, _):
            pass

        def save(self, **_):
            pass

    monkeypatch.setattr(settling, "_serving", serving)
    monkeypatch.setattr("django.contrib.auth.get_user_model", lambda: Nobody)
    monkeypatch.setattr("django.shortcuts.resolve_url", lambda _: "/login/")
    settling._came_in(notes, faults)
