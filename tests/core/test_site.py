"""A copy sends nothing, by whatever hand it was made, until a person says that it is the live site."""

import json
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from tongxin.core import clock, messages, outbox, periodic, site
from tongxin.core.models import OutboxItem, SiteState, Upkeep

done: list[dict] = []
outbox.register("test.site.inside", done.append)
outbox.register("test.site.outside", done.append, outward=True)


@pytest.fixture
def folder(settings, tmp_path, transactional_db):
    settings.DATA, settings.SMS_FOLDER = tmp_path / "data", str(tmp_path / "sms")
    done.clear()
    return tmp_path


def promise(topic, **payload):
    with transaction.atomic():
        return outbox.put(topic, payload)


def restored(hours_ago=5.0):
    site.claim()
    moment = clock.now() - timedelta(hours=hours_ago)
    return site.mark_restored(archive="tongxin-x.txb", picture_of=moment, leaps=[])


def test_a_new_site_is_live_and_stays_so(folder):
    assert not site.is_muted()
    row = site.claim()
    assert not site.is_muted() and site.claim().pk == row.pk
    assert site.live_file().stat().st_mode & 0o777 == 0o600


def test_a_database_that_comes_to_another_folder_is_mute(folder, settings, tmp_path):
    site.claim()
    settings.DATA = tmp_path / "elsewhere"  # pg_restore by hand, a copied file, a snapshot of the server
    assert site.is_muted()
    (tmp_path / "elsewhere").mkdir()
    site.live_file().write_text("another\n")
    assert site.is_muted()


def test_nothing_leaves_a_copy(folder, monkeypatch):
    promise("test.site.inside")
    restored()
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(periodic, "_claimed", {})
    periodic.register("note", timedelta(days=1), lambda: done.append({}))
    assert periodic.tick() == 0
    assert outbox.work_once() == 0
    with pytest.raises(site.Muted):
        messages.hand_over("13822220001", "words", "key")
    assert done == [] and not (folder / "sms").exists()
    assert OutboxItem.objects.get().state == "waiting"


def test_after_the_word_of_a_person_the_work_goes_on_but_old_messages_are_set_aside(folder):
    with clock.stopped_at(clock.now() - timedelta(hours=6)):
        old_message, old_photo = promise("test.site.outside", n=1), promise("test.site.inside", n=2)
    row = restored()
    new = promise("test.site.outside", n=3)
    assert site.make_live(by_name="文书") == 1
    assert not site.is_muted()
    outbox.work_once()
    assert sorted(one["n"] for one in done) == [2, 3]
    old_message.refresh_from_db()
    assert old_message.state == "parked" and "when the backup was made" in old_message.last_error
    row.refresh_from_db()
    assert row.confirmed_by == "文书" and row.confirmed_at
    assert Upkeep.objects.get(kind="live").facts == {"by": "文书", "set_aside": 1}
    assert (old_photo.state, new.state) == ("waiting", "waiting")


def test_a_restore_into_the_old_folder_is_mute_as_well(folder):
    site.claim()
    word = site.live_file().read_text()
    restored()
    assert site.live_file().read_text() == word
    assert site.is_muted()


def test_a_restore_into_an_empty_folder_is_mute(folder, settings):
    """No word in the database and no file in the folder are not the same word."""
    site.mark_restored(archive="a.txb", picture_of=clock.now(), leaps=[])
    assert not site.live_file().exists()
    assert site.is_muted()


def test_the_old_site_does_not_wake_up_beside_the_new_one(folder):
    """Both hold the same row, but the live one has a new word that the old folder does not know."""
    site.claim()
    old = site.live_file().read_text()
    restored()
    site.make_live(by_name="文书")
    assert site.live_file().read_text() != old


def test_a_cloned_machine_is_muted_by_hand(folder, capsys):
    site.claim()
    call_command("site", "--mute")
    assert site.is_muted() and "muted" in capsys.readouterr().out
    promise("test.site.outside")
    call_command("site", "--live")
    assert not site.is_muted() and "live" in capsys.readouterr().out
    assert OutboxItem.objects.get().state == "waiting"  # nothing was restored, so nothing was sent twice


def test_the_command_says_what_was_left_out(folder, capsys):
    restored()
    SiteState.objects.update(leaps=[{"name": "issues", "year": 2026, "from": 18, "to": 200}])
    call_command("site")
    said = capsys.readouterr().out
    assert "18–200" in said and "tongxin-x.txb" in said


def test_the_worker_of_a_copy_rests_and_takes_up_work_when_it_goes_live(folder):
    promise("test.site.inside", n=1)
    restored()
    assert outbox.work_once() == 0
    site.make_live(by_name="x")
    assert outbox.work_once() == 1


def test_messages_go_out_from_the_live_site(folder):
    site.claim()
    with clock.stopped_at(datetime(2026, 6, 15, 9)):
        assert messages.hand_over("13822220001", "words", "key")
    assert json.loads((folder / "sms" / "key.json").read_text())["to"] == "13822220001"
