"""Somebody looks every minute and says what is wrong, once a day, whoever else has died."""

import json
import os
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import pytest

from tongxin.core import clock, health, heartbeat, outbox, periodic, site, watch
from tongxin.core.health import Finding, State
from tongxin.core.models import Alarm, Heartbeat, JobRun, Upkeep

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 6, 15, 12)


@pytest.fixture(autouse=True)
def alone(settings, tmp_path, monkeypatch):
    settings.DATA, settings.SMS_FOLDER, settings.OPERATOR_PHONE = (
        tmp_path / "data",
        str(tmp_path / "sms"),
        "13822220001",
    )
    monkeypatch.setattr(health, "_checks", {})
    monkeypatch.setattr(watch, "_next", 0.0)
    return tmp_path


def broken():
    yield Finding("毛病", State.FAULT, "坏了", "修好它")
    yield Finding("小事", State.LATE, "不急")


def sent(folder):
    return sorted(path.name for path in (folder / "sms").glob("*.json"))


def test_a_fault_is_said_once_a_day_in_the_log_and_to_the_operator(alone, caplog, monkeypatch):
    health.register("thing", broken)
    for hours, alarms in ((0, 1), (1, 1), (11, 1), (13, 2)):
        monkeypatch.setattr(watch, "_next", 0.0)
        with clock.stopped_at(NOON + timedelta(hours=hours)):
            watch.look()
        assert Alarm.objects.count() == alarms
    assert caplog.text.count("alarm: thing: 坏了 修好它") == 2
    assert "不急" not in caplog.text
    assert sent(alone) == ["alarm-thing-20260615.json", "alarm-thing-20260616.json"]
    assert json.loads((alone / "sms" / "alarm-thing-20260615.json").read_text())["to"] == "13822220001"


def test_of_two_processes_that_look_one_says_it(monkeypatch):
    health.register("thing", broken)
    assert watch.look() == 1
    monkeypatch.setattr(watch, "_next", 0.0)  # another process, which remembers nothing
    assert watch.look() == 0


def test_it_looks_once_a_minute_and_not_right_after_a_start(monkeypatch):
    seen = []
    health.register("thing", lambda: seen.append(1) or [])
    for _ in range(5):
        watch.look()
    assert seen == [1]
    monkeypatch.setattr(watch, "_next", None)
    watch.look()
    assert seen == [1]  # the worker is given two minutes to catch up


def test_a_copy_raises_no_alarm(alone):
    health.register("thing", broken)
    site.mark_restored(archive="a", picture_of=clock.now(), leaps=[])
    assert watch.look() == 0 and not Alarm.objects.exists()


def test_a_look_that_breaks_is_no_end_of_the_work(monkeypatch, caplog):
    monkeypatch.setattr(health, "quick", lambda: 1 / 0)
    assert watch.look() == 0
    assert "the look failed" in caplog.text


def test_a_dead_worker_is_told_by_the_pages(monkeypatch, caplog):
    """The dead man's switch: nobody runs the jobs, and the process that serves pages says so."""
    from tongxin.core.health import work

    health.register("worker", work.worker)
    health.register("jobs", work.jobs)
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(periodic, "_claimed", {})
    periodic.register("core.note", timedelta(days=1), lambda: None, at=timedelta(hours=3))
    with clock.stopped_at(NOON):
        heartbeat._last.clear()
        heartbeat.beat()
        periodic.tick()
        outbox.work_once()
        assert watch.look() == 0
    monkeypatch.setattr(watch, "_next", 0.0)
    with clock.stopped_at(NOON + timedelta(days=1)):
        assert watch.look() == 2
    assert "alarm: worker" in caplog.text and "core.note" in caplog.text
    assert set(Alarm.objects.values_list("name", flat=True)) == {"worker", "jobs"}


def test_a_job_that_fails_is_told_by_the_worker(monkeypatch):
    from tongxin.core.health import work

    health.register("jobs", work.jobs)
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(periodic, "_claimed", {})
    periodic.register("core.broken", timedelta(days=1), lambda: 1 / 0, at=timedelta(hours=3))
    with clock.stopped_at(NOON):
        periodic.tick()
        outbox.work_once()
        assert watch.look() == 1
    assert JobRun.objects.get().error == "ZeroDivisionError"


def test_every_night_what_reads_much_is_kept_for_the_page_and_alarmed(alone):
    health.register("deep", broken, is_deep=True)
    watch.nightly()
    row = Upkeep.objects.get(kind="check")
    assert not row.is_ok and row.words == "坏了"
    assert [one["state"] for one in row.facts["found"]] == ["fault", "late"]
    assert Alarm.objects.get().name == "deep"


def test_a_full_folder_of_the_gateway_is_no_end_either(alone, monkeypatch, caplog):
    def full(*_):
        raise OSError(28, "No space left on device")

    health.register("thing", broken)
    monkeypatch.setattr(watch.messages, "hand_over", full)
    assert watch.look() == 1
    assert "no message: OSError" in caplog.text


def test_a_server_of_pages_has_somebody_who_looks(tmp_path):
    code = "import tongxin.wsgi, threading; print([one.name for one in threading.enumerate() if one.daemon])"
    keys = {"TONGXIN_SECRET_KEY": "q8-V" * 15 + "zebra", "TONGXIN_DATA": str(tmp_path), "TONGXIN_LOG": "ERROR"}
    env = os.environ | keys | {"DJANGO_SETTINGS_MODULE": "tongxin.settings"}
    env.pop("DATABASE_URL", None)
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)
    assert "watch" in said.stdout, said.stderr[-500:]


def test_the_worker_looks_as_well(monkeypatch):
    from tongxin.core import worker

    looked = []
    monkeypatch.setattr(periodic, "_jobs", {})
    monkeypatch.setattr(watch, "look", lambda: looked.append(stop.set()))
    stop = threading.Event()
    heartbeat._last.clear()
    worker.run_forever(stop, pause=0)
    assert looked and Heartbeat.objects.get().name == "worker" and site.state() is not None
