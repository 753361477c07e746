"""S20: fifty reports that leave no trace of who told them."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client, RequestFactory
from PIL import Image

from tests.factories import stage as stages
from tests.journeys.test_a_stranger_tells_and_hears_back import receipt_of, tell_sealed
from tests.journeys.visitor import Visitor
from tongxin.core import clock, ids, outbox
from tongxin.issues.models import Issue
from tongxin.territory import queries as territory
from tongxin.territory import scope

from . import board

REPORTS = 50


@pytest.fixture
def here(db):
    territory.forget_villages()
    made = stages.settle(stages.village())
    yield made
    territory.forget_villages()


# --- who told it: no trace ----------------------------------------------------------------------------------------
def marked(n: int) -> bytes:
    """A photo whose EXIF names its device and owner."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010F], exif[0x9286] = f"canary-device-{n}", f"canary-owner-{n}"
    Image.new("RGB", (64, 48), "olive").save(out, "JPEG", exif=exif)
    return out.getvalue()


def telling_headers(n: int) -> dict[str, str]:
    return {
        "HTTP_USER_AGENT": f"canary-agent-{n}",
        "REMOTE_ADDR": f"203.0.113.{n}",
        "HTTP_X_FORWARDED_FOR": f"198.51.100.{n}",
        "HTTP_REFERER": f"https://canary-from-{n}.example/",
    }


def rows() -> dict[tuple[str, str], str]:
    """Every row of every table, as it lies there: {(table, first column): the row}."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found[table, str(row[0])] = repr(row)
    return found


def on_disk() -> bytes:
    files = [p for root in (settings.MEDIA_ROOT, settings.SPOOL_ROOT) for p in root.rglob("*") if p.is_file()]
    return b"\n".join(str(path).encode() + path.read_bytes() for path in files)


@pytest.mark.django_db(transaction=True)
def test_fifty_reports_leave_no_trace_of_who_told_them(caplog, tmp_path):
    """With a log-in in the browser, an address, a device, a cookie and a file name that all say who it is."""
    territory.forget_villages()
    here = stages.settle(stages.village())
    for name, sealed in (
        ("first", False),
        ("first sealed", True),
    ):  # the village's keys are made once, at the first ones
        stages.told(here, name, 1, is_sealed=sealed)
    while outbox.work_once(100):
        pass
    caplog.set_level(logging.INFO)
    user = here.users["clerk"]
    client = Client()
    client.force_login(user)
    session = client.session.session_key
    before, wall = rows(), clock.now()
    count = board.count(REPORTS, REPORTS)
    for n in range(count):
        client.cookies["who"] = f"canary-cookie-{n}"
        more = telling_headers(n)
        sheet = client.get(here.path("/n/new/"), **more)
        ticket = sheet.content.decode().partition('name="ticket" value="')[2].partition('"')[0]
        photo = SimpleUploadedFile(f"canary-file-{n}.jpg", marked(n), "image/jpeg")
        said = {"ticket": ticket, "category": "road", "words": f"塌了 {n}", "photo1": photo}
        done = client.post(here.path("/n/new/"), said, **more)
        assert done.context["receipt"], n
        client.post(here.path("/n/open/"), {"ticket": ticket, "receipt": done.context["receipt"]}, **more)
    while outbox.work_once(100):
        pass
    with scope.village(here.village.pk):
        assert Issue.objects.filter(is_sealed=True).count() == count + 1
    new = {key: row for key, row in rows().items() if before.get(key) != row}
    logs = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    picture = tmp_path / "picture"
    if connection.vendor == "sqlite":  # what a backup would hold, byte by byte
        from tongxin.core.keeping import dumping

        dumping.snapshot(picture)
    places = {
        "tables": "\n".join(new.values()).encode(),
        "log": logs.encode(),
        "disk": on_disk(),
        "cache": repr(getattr(cache, "_cache", "")).encode(),
        "backup": picture.read_bytes() if picture.exists() else b"",
    }
    words = [b"canary", b"203.0.113.", b"198.51.100."]
    found = [f"{where}: {word.decode()}" for where, text in places.items() for word in words if word in text]
    written = "\n".join(new.values())
    found += [f"tables: {form}" for form in (str(user.pk), user.pk.hex, user.username, session) if form in written]
    found += [f"the hour: {line}" for line in hours(new, wall)]
    traces = len(found)
    shown = default_log(here, client)
    assert not found, found[:20]
    board.reach(
        "S20 traces",
        wanted=f"{REPORTS} reports, 0 traces in tables, log, disk, cache, outbox, backup; no hour",
        reached=f"{count} reports, {traces} traces",
        held=traces == 0,
        control=f"the server's default access log of the ordinary page: {shown} traces",
        control_failed=shown > 0,
    )


def hours(new: dict[tuple[str, str], str], wall: datetime) -> Iterator[str]:
    """Rows whose id tells more than the day. (Columns: tests/issues/test_actions_sealed.py asks each.)"""
    midnight = clock.at(clock.day_of(wall))
    for table, first in new:
        try:
            id_ = UUID(first)
        except ValueError:
            continue
        if id_.version != 7 or table in ("core_throttle", "audit_chain"):  # by the hour; the chain's own row
            continue
        # a story's second line stands a microsecond behind its first
        if not midnight <= ids.moment_of(id_) <= midnight + timedelta(milliseconds=1):
            yield f"{table} {ids.moment_of(id_)}"


def default_log(here, client) -> int:
    """What gunicorn's own line says of a request, after the application has answered: first of the quiet channel."""
    application = get_wsgi_application()

    def line(path: str) -> str:
        environ = RequestFactory().get(here.path(path), **telling_headers(7)).environ
        environ["RAW_URI"] = here.path(path)
        b"".join(application(environ, lambda *_: None))
        keys = ("REMOTE_ADDR", "RAW_URI", "HTTP_REFERER", "HTTP_USER_AGENT")
        return " ".join(str(environ.get(key, "-")) for key in keys)

    quiet, loud = line("/n/new/?q=canary"), line("/say/new/?q=canary")
    assert quiet == "- /n/ - -", quiet
    return sum(word in loud for word in ("203.0.113.7", "canary-agent-7", "canary-from-7", "/say/new/?q=canary"))


WORDS = "不该说出去的话"


def test_the_receipt_reader_of_the_harness_reads(here):
    """The proof that the look-ups above did something."""
    done = tell_sealed(Visitor(here), words=WORDS)
    assert Visitor(here).open("/n/open/").press("/n/open/", receipt=receipt_of(done)).says(WORDS)
