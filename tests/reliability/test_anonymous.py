"""S20: fifty reports without a trace of who told them; thirty complaints that move nothing for whom they are about."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client, RequestFactory
from PIL import Image

from tests.factories import envelopes
from tests.factories import stage as stages
from tests.issues.test_queries_recusing import home, leave, person
from tests.journeys import canaries, doors
from tests.journeys.test_a_complaint_goes_past_the_one_complained_about import RANDOM
from tests.journeys.test_a_stranger_tells_and_hears_back import number_on, receipt_of, tell_sealed
from tests.journeys.visitor import Visitor
from tongxin.casework.actors import Calendar
from tongxin.core import clock, ids, outbox
from tongxin.core.errors import DomainError
from tongxin.issues import actions, queries
from tongxin.issues.actions import telling
from tongxin.issues.models import Issue, Recusal, Route, matters
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


# --- whom it is about: nothing moves -------------------------------------------------------------------------------
WORDS = "不该说出去的话"


@dataclass(frozen=True)
class Case:
    """A complaint about the holders of `about`; what happens to it; `moved`: what is different about the people."""

    about: tuple[str, ...]
    dispatched: bool = False
    moved: str = ""

    def __str__(self) -> str:
        return " ".join([*self.about, *(["dispatched"] if self.dispatched else []), self.moved])


SINGLE = (
    "secretary", "clerk", "committee", "accountant", "supervisor", "council", "mediator", "township", "helper",
    "worker", "worker2", "leader",
)  # fmt: skip
CASES = [
    *(Case((who,)) for who in SINGLE),
    *(Case((who,), dispatched=True) for who in ("secretary", "clerk", "worker", "council", "accountant", "mediator")),
    Case(("secretary", "supervisor")),
    Case(("clerk", "worker")),
    Case(("secretary", "township")),
    Case(("supervisor", "township")),
    Case(("secretary",), moved="both offices"),
    Case(("worker",), moved="both offices"),
    Case(("clerk",), moved="kin supervises"),
    Case(("secretary",), moved="kin supervises"),
    Case(("secretary",), moved="steps down, then supervises"),
    Case(("clerk",), moved="steps down, then supervises"),
    Case(("secretary",), moved="becomes kin later"),
    Case(("helper",), moved="nobody left to take it"),
]


def prepared(here, case: Case) -> None:
    who = case.about[0]
    if case.moved == "both offices":
        stages.appoint(here, "supervisor", person(here, who))
    if case.moved == "kin supervises":
        home(here, person(here, who), person(here, "supervisor"), number="901")


def afterwards(here, case: Case, number: str) -> None:
    """What happens to it, and to the people around it, before the second look."""
    issue = Issue.objects.select_related("village").get(number=number)
    if case.dispatched:
        taker = {Route.SUPERVISORS: "supervisor", Route.TOWNSHIP: "township"}[Route(issue.route)]
        post = here.posts["committee"]
        actions.dispatch(issue, by=here.users[taker], post=post, note="查一下")
    if case.moved == "becomes kin later":
        actions.watch(issue, by=Calendar("issues.recuse"))
    if case.moved == "nobody left to take it":
        leave(here, "supervisor")
        actions.pass_up(issue, by=Calendar("issues.recuse"))
        for row in here.appointments:  # who holds what is public, and is as it was when the first look was taken
            if row.post_id == here.posts["supervisor"].pk:
                row.to_on = None
                row.save()


def recused(here, number: str) -> list[str]:
    persons = set(Recusal.objects.filter(issue__number=number).values_list("person_id", flat=True))
    return [who for who, user in here.users.items() if person(here, who).pk in persons and user.is_active]


def looks(here, who: str) -> dict[str, tuple[int, str]]:
    """Every staff page that asks for nothing, its table and its paper, as this user gets it now."""
    client, found = Client(raise_request_exception=False), {}
    user = here.users[who]
    user.__dict__.pop("_holdings", None)
    client.force_login(user)
    for door in doors.every():
        if door.is_open or door.params or door.route.startswith("w/site"):  # the machine itself, as it is this minute
            continue
        wide = door.name in ("issues:inbox", "issues:council")
        for form in ("", "?as=xlsx", "?as=print", "?status=all&whole=1") if wide else ("",):
            address = here.path(doors.addresses(door, here)[0]) + form
            response = client.get(address)
            found[address] = (response.status_code, RANDOM.sub("", canaries.readable(response)))
    for word in (WORDS[:4], "100"):
        response = client.get(here.path("/v/say/"), {"q": word, "status": "all", "whole": "1"})
        found[f"search {word}"] = (response.status_code, RANDOM.sub("", canaries.readable(response)))
    return found


def differences(here, case: Case) -> list[str]:
    """What the recused see of it: lines that moved, pages that open, words, its number, a gap in the numbers."""
    found: list[str] = []
    prepared(here, case)
    certain = set(case.about)  # the others are found out afterwards, and looked at without it
    about = dict(zip(("about_post", "about_too"), (str(here.posts[who].pk) for who in case.about), strict=False))
    point = transaction.savepoint()
    number = number_on(tell_sealed(Visitor(here), words=WORDS, category="land_money", **about))
    people = sorted(set(recused(here, number)) | (certain & here.users.keys()))
    transaction.savepoint_rollback(point)
    before_moved(here, case)
    before = {who: looked(here, who, case) for who in people}
    number = number_on(tell_sealed(Visitor(here), words=WORDS, category="land_money", **about))
    afterwards(here, case, number)
    asked_to_open(here, number)
    for who in people:
        after = looks(here, who)
        found += [f"{case}: {who} {address} moved" for address in after if after[address] != before[who][address]]
        found += [f"{case}: {who} {at} shows it" for at, (_s, text) in after.items() if number in text or WORDS in text]
        client = Client(raise_request_exception=False)
        client.force_login(here.users[who])
        for address in (f"/v/say/{number}/", f"/w/{number}/", f"/say/{number}/"):
            if client.get(here.path(address)).status_code != 404:
                found.append(f"{case}: {who} opens {address}")
        if queries.visible_to(here.users[who], here.village.pk).filter(number=number).exists():
            found.append(f"{case}: {who} finds it")
    stages.told(here, f"next {case}")
    if here.issues[f"next {case}"].number.split("-")[1] != "0002":
        found.append(f"{case}: a gap in the numbers")
    return found


def asked_to_open(here, number: str) -> None:
    """Whoever takes it asks for its envelope, where anybody could agree: nobody recused sees the request either."""
    issue = Issue.objects.get(number=number)
    for who in ("supervisor", "township"):
        here.users[who].__dict__.pop("_holdings", None)
        with suppress(DomainError):
            actions.ask_unsealing(issue, by=here.users[who], reason=envelopes.WHY, case_number=envelopes.CASE)
            return


_looked: dict[str, dict[str, tuple[int, str]]] = {}


def looked(here, who: str, case: Case) -> dict[str, tuple[int, str]]:
    """The first look; the same for every case that leaves the people as they are."""
    if case.moved:
        return looks(here, who)
    if who not in _looked:
        _looked[who] = looks(here, who)
    return _looked[who]


def before_moved(here, case: Case) -> None:
    """Changes of people that have nothing to do with the complaint are made before the first look."""
    who = case.about[0]
    if case.moved == "becomes kin later":
        home(here, person(here, who), person(here, "supervisor"), number="902")
    if case.moved == "steps down, then supervises":
        stages.appoint(here, "supervisor", person(here, who))


def run(here, cases: list[Case]) -> list[str]:
    found = []
    _looked.clear()
    with clock.stopped_at(clock.now()), scope.village(here.village.pk):
        stages.told(here, "first", 1)
        for case in cases:
            point = transaction.savepoint()
            appointments, issues = list(here.appointments), dict(here.issues)
            found += differences(here, case)
            transaction.savepoint_rollback(point)
            here.appointments, here.issues = appointments, issues
            for row in here.appointments:
                row.refresh_from_db()
    return found


def test_thirty_complaints_move_nothing_for_whom_they_are_about(here, monkeypatch):
    cases = CASES[:: board.count(1, 1, quick=3)]
    found = run(here, cases)
    monkeypatch.setattr(matters, "_about", lambda holdings: Q(pk__in=()))
    monkeypatch.setattr(telling, "_concerned", lambda village, said: ([], Route.SUPERVISORS))
    control = run(here, [Case(("supervisor",))])
    board.reach(
        "S20 recusal",
        wanted=f"{len(cases)} cases, 0 canaries or count differences on any page of the recused",
        reached=f"{len(found)} differences",
        held=not found and len(CASES) >= 30,
        control=f"route by list, without the recusal: {len(control)} differences in one case",
        control_failed=bool(control),
    )


def test_the_receipt_reader_of_the_harness_reads(here):
    """The proof that the look-ups above did something."""
    done = tell_sealed(Visitor(here), words=WORDS)
    assert Visitor(here).open("/n/open/").press("/n/open/", receipt=receipt_of(done)).says(WORDS)
