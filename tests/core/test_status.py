"""How the site is doing, for whom, and what they may decide."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.core import clock, heartbeat, notes, outbox, site, status, watch
from tongxin.core.models import Alarm, Heartbeat, OutboxItem, SiteState, Upkeep

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(settings, tmp_path):
    settings.DATA, settings.BACKUPS = tmp_path / "data", tmp_path / "data" / "backups"
    settings.MEDIA_ROOT, settings.SPOOL_ROOT = tmp_path / "data" / "media", tmp_path / "data" / "spool"
    settings.MEDIA_ROOT.mkdir(parents=True)
    notes.forget()
    made = stages.settle(stages.village())
    site.claim()
    yield made
    notes.forget()


@pytest.fixture
def clerk(client, stage):
    client.force_login(stage.users["clerk"])
    return client


def parked(count=2):
    now = clock.now()
    for n in range(count):
        OutboxItem(topic=f"test.{n}", put_at=now, due_at=now, state="parked", last_error="no room").save()


def test_the_page_says_everything_at_once(clerk):
    now = clock.now()
    Heartbeat(name=heartbeat.WORKER, at=now).save()
    facts = {"tables": 41, "rows": 9328, "files": 44, "path": "tongxin-x.txb", "size": 1_900_000}
    Upkeep(kind="backup", at=now, is_ok=True, seconds=1.2, facts=facts).save()
    Upkeep(kind="drill", at=now, is_ok=False, words="the archive was altered").save()
    Alarm(name="drill", day=clock.today(), at=now, words="恢复演练：没成").save()
    parked()
    watch.nightly()
    page = clerk.get(reverse("core:status")).content.decode()
    for said in (
        "41 张表",
        "the archive was altered",
        "恢复演练：没成",
        "no room",
        "core.sweep",
        "在干活",
        "Django 5.2",
    ):
        assert said in page, said
    assert "处马上要人管" in page
    assert "这是正式站点吗" not in page


def test_the_page_stands_on_an_empty_site_too(clerk):
    page = clerk.get(reverse("core:status"))
    assert page.status_code == 200
    assert "还没有备份过" in page.content.decode()


@pytest.mark.parametrize(
    ("who", "status_code"),
    [("secretary", 200), ("clerk", 200), ("supervisor", 200), ("township", 200), ("council", 403), ("worker", 403)],
)
def test_who_may_see_it(client, stage, who, status_code):
    client.force_login(stage.users[who])
    assert client.get(reverse("core:status")).status_code == status_code


def restored():
    site.mark_restored(
        archive="tongxin-x.txb",
        picture_of=clock.now() - timedelta(hours=5),
        leaps=[{"name": "issues", "year": 2026, "from": 18, "to": 200}],
    )
    notes.forget()


def test_a_copy_is_made_live_by_a_person_who_says_that_the_old_site_is_off(clerk):
    restored()
    page = clerk.get(reverse("core:status")).content.decode()
    assert "这是正式站点吗" in page and "18 到 200" in page
    clerk.post(reverse("core:live"))
    assert site.is_muted()  # without the tick
    answer = clerk.post(reverse("core:live"), {"old_is_off": "1"}, follow=True)
    assert not site.is_muted()
    assert "从现在起，这是正式站点" in answer.content.decode()
    assert "恢复出来的副本" not in answer.content.decode()  # the note above goes at once
    row = SiteState.objects.get()
    assert row.confirmed_by and Upkeep.objects.filter(kind="live").count() == 1
    clerk.post(reverse("core:live"), {"old_is_off": "1"})  # pressed twice
    assert Upkeep.objects.filter(kind="live").count() == 1


@pytest.mark.parametrize(("who", "may"), [("secretary", True), ("township", True), ("supervisor", False)])
def test_who_may_decide(client, stage, who, may):
    restored()
    client.force_login(stage.users[who])
    page = client.get(reverse("core:status")).content.decode()
    assert ('name="old_is_off"' in page) is may
    answer = client.post(reverse("core:live"), {"old_is_off": "1"})
    assert answer.status_code == (303 if may else 403)
    assert site.is_muted() is not may


def test_where_several_villages_share_a_site_none_of_them_decides(clerk):
    stages.village("shiping", "石坪村", 2)
    restored()
    page = clerk.get(reverse("core:status")).content.decode()
    assert "old_is_off" not in page and "几个村共用" in page
    assert clerk.post(reverse("core:live"), {"old_is_off": "1"}).status_code == 403
    assert clerk.post(reverse("core:aside"), {"what": "again"}).status_code == 403
    assert site.is_muted()


def test_what_was_set_aside_is_done_again_or_left_be(clerk):
    parked()
    clerk.post(reverse("core:aside"), {"what": "again"})
    assert set(OutboxItem.objects.values_list("state", "attempts")) == {("waiting", 0)}
    OutboxItem.objects.update(state="parked")
    clerk.post(reverse("core:aside"), {"what": "drop"})
    assert outbox.parked() == 0 and OutboxItem.objects.filter(state="done").count() == 2


def test_a_monitor_outside_hears_whether_the_worker_lives(client, stage):
    assert client.get("/healthz/worker").status_code == 503
    Heartbeat(name=heartbeat.WORKER, at=clock.now()).save()
    answer = client.get("/healthz/worker")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    restored()
    assert client.get("/healthz/worker").status_code == 503


# --- the commands -------------------------------------------------------------------------------------------------
def test_doctor_ends_with_one_when_something_is_wrong_and_says_the_mend(stage, capsys):
    with pytest.raises(CommandError) as ended:
        call_command("doctor", "--language", "en", "--quick")
    assert ended.value.returncode == 1
    said = capsys.readouterr().out
    assert "✗ Worker: It has never been seen at work." in said and "→ Start it" in said


def test_doctor_is_content_with_a_site_that_is_well(stage, capsys, monkeypatch):
    monkeypatch.setattr(status.health, "_checks", {})
    status.health.register("well", lambda: [status.Finding("Worker", status.State.OK, "At work.")])
    call_command("doctor", "--json")
    assert '"state": "ok"' in capsys.readouterr().out


def test_the_outbox_is_shown_and_taken_up_again(stage, capsys):
    parked()
    call_command("outbox")
    assert capsys.readouterr().out.count("no room") == 2
    call_command("outbox", "--again", "--topic", "test.0")
    assert list(OutboxItem.objects.order_by("topic").values_list("state", flat=True)) == ["waiting", "parked"]
    call_command("outbox", "--drop")
    assert outbox.parked() == 0
