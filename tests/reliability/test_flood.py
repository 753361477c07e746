"""S22: a flood that would ring a neighbour's telephone all night and burn the county's budget (T37).

Requests come from 500 addresses over a day, through workers that share nothing but the database; each wants a short
message to one of a few telephones. In the middle of it somebody reports a real difficulty.
"""

import json
import logging
import threading
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from tests.factories import stage
from tests.journeys.visitor import Visitor
from tests.reliability import board
from tongxin.core import clock, messages, throttle
from tongxin.core.errors import TooMany
from tongxin.core.ids import uuid7
from tongxin.core.models import Alarm
from tongxin.issues.models import Issue
from tongxin.territory import queries, scope

ADDRESSES, WORKERS, BUDGET = 500, 2, 60
START = datetime(2026, 6, 15, 8, 0)


@pytest.fixture
def quiet(transactional_db, settings, tmp_path):
    settings.SMS_FOLDER, settings.SMS_A_DAY = str(tmp_path / "sms"), BUDGET
    queries.forget_villages()
    yield stage.settle(stage.village())
    queries.forget_villages()


def flood(requests: int, victims: int, offset: int = 0) -> None:
    """All workers at once; request n comes at its own moment of the day, whichever worker takes it."""

    def work(worker: int) -> None:
        try:
            for n in range(worker, requests, WORKERS):
                with clock.stopped_at(START + timedelta(seconds=n * 36000 / requests)):
                    if messages.may_ask(f"10.0.{n % ADDRESSES // 256}.{n % ADDRESSES % 256}"):
                        messages.hand_over(f"138{n % victims + offset:08}", "收到了", f"flood-{offset}-{n}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def sent(folder: str) -> Counter[str]:
    return Counter(json.loads(path.read_text("utf-8"))["to"] for path in Path(folder).glob("*.json"))


@contextmanager
def in_process_memory(monkeypatch):
    """The control: the same limits, kept by each worker for itself."""
    kept = threading.local()

    def take(key: str, limit: int, per: timedelta):
        mine = kept.__dict__.setdefault(key, [])
        now = clock.now()
        if sum(at > now - per for at in mine) >= limit:
            raise TooMany(now + per)
        mine.append(now)
        return uuid7()

    with monkeypatch.context() as patched:
        patched.setattr(throttle, "take", take)
        yield


def test_a_flood_rings_no_telephone_and_burns_no_budget(quiet, settings, monkeypatch, caplog):
    requests, victims = board.count(ci=600, nightly=10_000), 30
    with caplog.at_level(logging.ERROR, logger="tongxin.core.messages"):
        flood(requests, victims)
    found, alarms = sent(settings.SMS_FOLDER), Alarm.objects.filter(name="sms.budget").count()
    said = sum("budget" in record.getMessage() for record in caplog.records)
    visitor = Visitor(quiet)
    taken = visitor.open("/say/new/").press("/say/new/", holding="words", category="road", words="路塌了，走不成")
    with scope.village(quiet.village.pk):
        real = Issue.objects.filter(words="路塌了，走不成").count()
    settings.SMS_FOLDER += "-control"
    with in_process_memory(monkeypatch):
        flood(requests, victims, offset=50_000)
    control = sent(settings.SMS_FOLDER)
    board.reach(
        "S22",
        wanted=f"≤ 5 a number, ≤ {BUDGET} in all, 1 alarm, a real report taken in",
        reached=f"{max(found.values())} a number, {found.total()} in all, {alarms} alarm, {real} report "
        f"({requests} requests, {ADDRESSES} addresses, {WORKERS} workers)",
        held=max(found.values()) <= 5
        and 0 < found.total() <= BUDGET
        and alarms == said == 1
        and real == 1
        and taken.status == 200,
        control=f"limits in process memory: {max(control.values())} a number, {control.total()} in all",
        control_failed=max(control.values()) > 5 or control.total() > BUDGET,
    )


def test_one_address_causes_twenty_an_hour(quiet):
    with clock.stopped_at(START):
        asked = [messages.may_ask("198.51.100.7") for _ in range(25)]
        assert asked == [True] * 20 + [False] * 5 and messages.may_ask("198.51.100.8")
    with clock.stopped_at(START + timedelta(minutes=61)):
        assert messages.may_ask("198.51.100.7")


def test_a_number_gets_one_a_minute_and_five_a_day(quiet, settings):
    for n in range(10):
        for part in range(2):
            with clock.stopped_at(START + timedelta(minutes=5 * n, seconds=20 * part)):
                messages.hand_over("13800000001", "收到了", f"k-{n}-{part}")
    assert sorted(path.stem for path in Path(settings.SMS_FOLDER).glob("*.json")) == [f"k-{n}-0" for n in range(5)]
    with clock.stopped_at(START + timedelta(days=1, minutes=1)):
        assert messages.hand_over("13800000001", "收到了", "next day")


def test_a_report_beyond_the_limit_is_taken_in_without_a_message(quiet, settings):
    from tongxin.core import outbox
    from tongxin.core.models import OutboxItem

    for _ in range(20):
        messages.may_ask("127.0.0.1")
    page = Visitor(quiet).open("/say/new/")
    page.press("/say/new/", holding="words", category="road", words="路塌了", phone="13822220001")
    with scope.village(quiet.village.pk):
        assert Issue.objects.filter(words="路塌了").count() == 1
    assert "issues.tell_number" in outbox.topics()
    assert not OutboxItem.objects.filter(topic="issues.tell_number").exists()
