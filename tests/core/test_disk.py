"""A full disk is recognised in whatever clothes it comes, below the floor nothing is begun, and room is noticed."""

import errno
import sqlite3
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.test import RequestFactory

from tests.factories import stage as stages
from tongxin.core import disk, views
from tongxin.core.middleware import RoomMiddleware


@pytest.fixture(autouse=True)
def anew():
    disk.forget()
    yield
    disk.forget()


def room(monkeypatch, free, files=1000):
    seen = SimpleNamespace(f_bavail=free, f_frsize=1, f_files=files and 1000, f_favail=files)
    monkeypatch.setattr(disk.os, "statvfs", lambda place: seen)


def sqlite_error(code):
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = code
    return error


def wrapped(cause):
    try:
        try:
            raise cause
        except Exception as inner:
            raise OperationalError("of Django") from inner
    except OperationalError as error:
        return error


class DiskFull(Exception):
    sqlstate = "53100"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        sqlite_error(sqlite3.SQLITE_FULL),
        DiskFull(),
        wrapped(sqlite_error(sqlite3.SQLITE_FULL)),
        wrapped(DiskFull()),
    ],
)
def test_a_full_disk_is_recognised(error):
    assert disk.says_full(error)


@pytest.mark.parametrize(
    "error",
    [
        None,
        OSError(errno.EACCES, "no"),
        sqlite_error(sqlite3.SQLITE_BUSY),
        sqlite_error(sqlite3.SQLITE_IOERR),
        sqlite3.ProgrammingError("of the driver"),
        wrapped(ValueError("x")),
    ],
)
def test_another_fault_is_not_taken_for_one(error):
    assert not disk.says_full(error)


def test_a_journal_that_could_not_be_written_counts_when_the_disk_has_no_room(monkeypatch, db, on_postgres):
    if on_postgres:
        return
    room(monkeypatch, 1000)
    assert disk.says_full(sqlite_error(sqlite3.SQLITE_IOERR))
    assert disk.says_full(sqlite_error(sqlite3.SQLITE_CANTOPEN))


def test_an_error_that_came_from_itself_ends():
    error = ValueError("x")
    error.__cause__ = error
    assert not disk.says_full(error)


@pytest.mark.parametrize(("free", "files", "full"), [(33 << 20, 9, False), (31 << 20, 9, True), (33 << 20, 0, True)])
def test_room_and_files_both_count(monkeypatch, db, free, files, full):
    room(monkeypatch, free)
    seen = SimpleNamespace(f_bavail=free, f_frsize=1, f_files=1000, f_favail=files)
    monkeypatch.setattr(disk.os, "statvfs", lambda place: seen)
    assert disk.is_full() is full


@pytest.mark.django_db
def test_below_the_floor_nothing_is_begun_reading_goes_on_and_room_is_noticed_at_the_next_press(monkeypatch, client):
    stages.village()
    room(monkeypatch, 1 << 20)
    refused = client.post("/say/new/", {"words": "x"})
    assert refused.status_code == 503 and refused["Retry-After"] == "300"
    page = refused.content.decode()
    assert "没地方存" in page and "0932-6000001" in page and "</html>" in page
    assert refused["Cache-Control"] == "no-store"
    assert client.get("/say/").status_code == 200
    room(monkeypatch, 1 << 30)
    assert client.post("/say/new/", {"words": "x"}).status_code != 503


def test_the_disk_is_not_asked_at_each_press(monkeypatch, db):
    asked = []
    monkeypatch.setattr(disk, "_is_below", lambda place: bool(asked.append(place)))
    gate = RoomMiddleware(lambda request: None)
    for _ in range(50):
        gate(RequestFactory().post("/"))
    assert len(asked) <= 4


@pytest.mark.django_db
def test_an_error_that_is_a_full_disk_gets_its_page_and_others_the_common_one(rf):
    request = rf.get("/")
    request.village, request.id, request.csp_nonce = stages.village().village, "0a1b2c3d", "n0nce"
    try:
        raise OSError(errno.ENOSPC, "No space left on device")
    except OSError:
        full = views.server_error(request)
    assert full.status_code == 503 and "0a1b2c3d" in full.content.decode()
    try:
        raise ValueError
    except ValueError:
        assert views.server_error(request).status_code == 500
