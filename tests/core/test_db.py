"""Threads of one process queue for SQLite's write lock, and no turn is ever kept by somebody who is gone."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from tongxin.core import clock
from tongxin.core.db.sqlite3 import base
from tongxin.core.models import Throttle

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="runs on PostgreSQL without it: a lock of SQLite's"),
]


@pytest.fixture
def turn():
    return base._turns[str(connection.settings_dict["NAME"])]


def put(key="a"):
    Throttle.objects.create(key=key, at=clock.now())


def test_a_transaction_has_the_turn_and_gives_it_back(turn):
    with transaction.atomic():
        assert turn.locked()
        with transaction.atomic():  # a savepoint takes no second one
            put()
    assert not turn.locked()


def test_a_rolled_back_one_gives_it_back(turn):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        put()
        raise ZeroDivisionError
    assert not turn.locked()
    assert not Throttle.objects.exists()


def test_a_connection_that_closes_in_the_middle_gives_it_back(turn):
    with pytest.raises(Exception), transaction.atomic():  # noqa: B017 -- whatever Django says of it
        put()
        connection.close()
        assert not turn.locked()
        put()
    assert not turn.locked()


def test_what_hangs_on_the_commit_may_begin_anew(turn):
    seen = []

    def after():
        with transaction.atomic():
            put("after")
            seen.append(turn.locked())

    with transaction.atomic():
        put()
        transaction.on_commit(after)
    assert seen == [True]
    assert not turn.locked()


def test_whoever_waits_comes_in_when_the_first_has_finished():
    order, inside = [], threading.Event()

    def other():
        try:
            inside.wait(5)
            with transaction.atomic():
                order.append("second")
                put("b")
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        put()
        inside.set()
        time.sleep(0.05)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert Throttle.objects.count() == 2


def test_patience_ends_as_sqlite_s_would(turn, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    with turn, pytest.raises(OperationalError, match="locked"), transaction.atomic():
        put()
    put("later")  # the connection is none the worse
    assert Throttle.objects.count() == 1
