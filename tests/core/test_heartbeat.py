"""Seen at work, or not."""

from datetime import timedelta

import pytest

from tongxin.core import clock, heartbeat
from tongxin.core.models import Heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rested(monkeypatch):
    monkeypatch.setattr(heartbeat, "_last", {})


def test_one_row_however_often(django_assert_num_queries):
    heartbeat.beat()
    with django_assert_num_queries(0):
        heartbeat.beat()
    heartbeat._last.clear()
    heartbeat.beat()
    assert Heartbeat.objects.count() == 1


def test_alive_for_three_minutes_and_then_not():
    assert heartbeat.last_seen() is None and not heartbeat.is_alive()
    heartbeat.beat()
    with clock.stopped_at(clock.now() + timedelta(minutes=2)):
        assert heartbeat.is_alive()
    with clock.stopped_at(clock.now() + timedelta(minutes=4)):
        assert not heartbeat.is_alive()
