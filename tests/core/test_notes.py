"""What the desk's pages say about the whole site; asked seldom, and never in the way."""

from datetime import timedelta

import pytest
from django.db import DatabaseError

from tests.factories import stage as stages
from tongxin.core import clock, heartbeat, notes, site
from tongxin.core.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    notes.forget()
    yield
    notes.forget()


def test_of_a_healthy_site_there_is_nothing_to_say():
    assert not notes.current()


def test_a_copy_a_full_disk_and_a_worker_that_stopped(monkeypatch):
    Heartbeat.objects.create(name=heartbeat.WORKER, at=clock.now() - timedelta(hours=1))
    monkeypatch.setattr(notes.disk, "is_full", lambda: True)
    assert notes.current() == notes.Notes(is_full=True, is_idle=True)
    site.mark_restored(archive="a", picture_of=clock.now(), leaps=[])
    notes.forget()
    assert notes.current() == notes.Notes(is_muted=True, is_full=True)


def test_a_worker_that_was_never_seen_is_told_elsewhere():
    assert not notes.current().is_idle


def test_it_is_asked_once_in_fifteen_seconds(django_assert_num_queries):
    notes.current()
    with django_assert_num_queries(0):
        notes.current()


def test_a_database_that_does_not_answer_breaks_no_page(monkeypatch):
    def gone():
        raise DatabaseError

    monkeypatch.setattr(site, "is_muted", gone)
    assert not notes.current()


def test_every_page_of_the_desk_says_it_and_no_page_of_a_resident(client):
    stage = stages.settle(stages.village())
    site.mark_restored(archive="a", picture_of=clock.now(), leaps=[])
    notes.forget()
    client.force_login(stage.users["clerk"])
    assert "恢复出来的副本" in client.get("/w/").content.decode()
    assert "恢复出来的副本" not in client.get("/").content.decode()
