"""S18: an identity number, a telephone and a bank card are planted where they belong; whatever goes wrong, they turn up
in none of the outlets.

An error carries them in its own words, as a database's errors do; the control is the same error, unfiltered.
"""

import io
import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.log import AdminEmailHandler
from django.views.debug import ExceptionReporter

from tests.factories import stage as stages
from tests.journeys import canaries
from tongxin.audit.models import AuditEntry
from tongxin.core import crypto, logs, outbox
from tongxin.core.models import JobRun, LoginSession, OutboxItem
from tongxin.people import queries
from tongxin.people.models import Person
from tongxin.territory import scope

from . import board

IDENTITY, PHONE, CARD = "62112219491231002X", "13877340912", "6217002870001234567"
PLANTED = {"identity": IDENTITY, "phone": PHONE, "card": CARD}
ABSENT = ("CSV", "DOCX", "PDF")  # outlets of the design's list that the product does not have yet
FORCED = ("duplicate", "too long", "check failure", "timeout", "404", "500")


def hits(text: str) -> list[str]:
    """Which of the planted stand in a text, whatever lies between their digits."""
    plain = re.sub(r"(?<=\d)[\s\u202f\u00a0-]+(?=[\dX])", "", unicodedata.normalize("NFKC", text))
    return [name for name, number in PLANTED.items() if number in plain]


@pytest.fixture
def here(db, settings, tmp_path):
    settings.SMS_FOLDER = str(tmp_path / "sms")
    stage = stages.settle(stages.village())
    stages.given(stage, "m", phone=PHONE, told_by_name=f"鹱 {IDENTITY} {CARD}")
    stages.answered(stage, "done", phone=PHONE, told_by_name=IDENTITY)
    with scope.village(stage.village.pk):
        person = stage.persons["苗长有"]
        person.phone = PHONE
        person.save()
    return stage


# --- what goes wrong --------------------------------------------------------------------------------------------------
def go_wrong(how: str, village) -> None:
    """The fault as the database raises it, with the numbers in the statement and in its words."""
    words = f"{IDENTITY} {PHONE} {CARD}"
    if how == "500":
        raise RuntimeError(words)
    with transaction.atomic(), connection.cursor() as cursor:
        if how == "duplicate":
            cursor.execute("CREATE TEMPORARY TABLE twice (n varchar(60) UNIQUE)")
            cursor.execute("INSERT INTO twice VALUES (%s), (%s)", [words, words])
        if how == "check failure":
            cursor.execute("UPDATE people_person SET phone = %s, name = %s", [PHONE, words])
        if how == "too long" and connection.vendor == "postgresql":
            cursor.execute("UPDATE people_person SET name = %s", [words * 3])
        if how == "timeout" and connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 20")
            cursor.execute("SELECT pg_sleep(2), %s", [words])
    raise OperationalError(f"canceling statement: {words}")  # SQLite has neither a length nor a timeout of its own


@contextmanager
def broken(how: str, monkeypatch) -> Iterator[None]:
    """The register's list fails in this way."""
    with monkeypatch.context() as patched:
        patched.setattr(queries, "households", lambda village, *_, **__: go_wrong(how, village))
        yield


# --- outlets ----------------------------------------------------------------------------------------------------------
@contextmanager
def listening(filters: list) -> Iterator[io.StringIO]:
    """What the product's handler would write, at every level and from every logger."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    [handler.addFilter(one) for one in filters]
    root, named = logging.getLogger(), logging.getLogger("django.request")
    levels = root.level, named.level
    root.addHandler(handler)
    root.setLevel(logging.INFO), named.setLevel(logging.DEBUG)
    try:
        yield out
    finally:
        root.removeHandler(handler)
        root.setLevel(levels[0]), named.setLevel(levels[1])


def everything_stored() -> str:
    """Every cell of every table: what a dump without the key holds."""
    parts = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            parts += [repr(row) for row in cursor.fetchall()]
    return "\n".join(parts)


def server_log() -> str:
    """What PostgreSQL itself has written so far; "" on SQLite, which writes nothing."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return (Path(cursor.fetchone()[0]).parent / "log").read_text(errors="replace")


@contextmanager
def discreet() -> Iterator[None]:
    """The server as docs/operations.md wants it."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET log_error_verbosity = terse")
        cursor.execute("SET log_min_error_statement = panic")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET log_error_verbosity")
            cursor.execute("RESET log_min_error_statement")


def pages(here, client: Client) -> dict[str, list[str]]:
    """What whoever may see most sees, before anything is opened for a reason."""
    number, home = here.issues["m"].number, here.households[0]
    asked = {
        "page": [reverse("issues:issue", args=[number]), reverse("people:household", args=[home.pk]),
                 reverse("people:person_edit", args=[here.members[0].pk]), f"/w/{number}/"],
        "list": ["/v/say/", reverse("people:households"), f"/v/say/?open={number}"],
        "search": [f"/v/say/?q={number}", f"{reverse('people:households')}?q={PHONE[-4:]}"],
        "autocomplete": ["/w/say/new/?find=苗"],
        "JSON": ["/report.json"],
        "XLSX": ["/v/say/?as=xlsx", f"{reverse('people:households')}?as=xlsx"],
        "print": ["/v/say/?as=print", f"{reverse('people:households')}?as=print",
                  reverse("issues:slip", args=[number])],
    }  # fmt: skip
    found: dict[str, list[str]] = {}
    for outlet, addresses in asked.items():
        answers = [client.get(here.path(address), follow=True) for address in addresses]
        found[outlet] = [canaries.readable(answer) for answer in answers]
        found.setdefault("page source", []).extend(found[outlet])
        for answer in answers:
            found.setdefault("address bar", []).extend(url for url, _status in answer.redirect_chain)
            found.setdefault("Referer", []).append(answer.get("Referrer-Policy", "unsafe-url"))
    assert all("200" in str(answer.status_code) or answer.status_code in (403, 404) for answer in answers)
    return found


def failures(here, client: Client, monkeypatch) -> dict[str, list[str]]:
    """The answers to all that goes wrong, and what was mailed."""
    mailer = AdminEmailHandler()
    mailer.setLevel(logging.ERROR)  # as Django sets it up
    logger = logging.getLogger("django")
    logger.addHandler(mailer)
    found: dict[str, list[str]] = {"error page": [], "500 mail": []}
    try:
        for how in FORCED:
            if how == "404":
                answer = client.get(here.path(f"/nowhere/{PHONE}/"))
            else:
                with broken(how, monkeypatch):
                    answer = client.get(here.path(reverse("people:households")))
            assert answer.status_code == (404 if how == "404" else 500), how
            found["error page"].append(answer.content.decode())
    finally:
        logger.removeHandler(mailer)
    found["500 mail"] = [f"{one.subject}\n{one.body}\n{one.alternatives}" for one in mail.outbox]
    assert len(found["500 mail"]) >= len(FORCED) - 1
    return found


def work(here) -> dict[str, list[str]]:
    """A job that fails with the numbers in its mouth, and the messages that go out."""
    with monkeypatched_handler(), transaction.atomic():
        outbox.put("test.leak", {"issue": str(here.issues["m"].pk)}, here.village.pk)
    with monkeypatched_handler():
        while outbox.work_once(100):
            pass
    jobs = [repr(row) for row in OutboxItem.objects.values()] + [repr(row) for row in JobRun.objects.values()]
    sent = [json.loads(path.read_text()) for path in Path(settings.SMS_FOLDER).glob("*.json")]
    assert any(one["to"] == PHONE for one in sent)  # to them it goes; it says nothing of them
    return {"job table": jobs, "SMS": [one["text"] for one in sent]}


@contextmanager
def monkeypatched_handler() -> Iterator[None]:
    def fail(payload):
        raise DatabaseError(f"{IDENTITY} {PHONE} {CARD}")

    outbox._handlers["test.leak"] = fail
    try:
        yield
    finally:
        outbox._handlers.pop("test.leak")


def test_no_number_leaves_by_any_of_the_outlets(here, settings, monkeypatch):
    settings.ADMINS = [("the operator", "operator@example.org")]
    client = Client(raise_request_exception=False)
    client.force_login(stages.everybody(here))
    before = len(server_log())
    with listening([logs.Quiet()]) as log, discreet():
        outlets = pages(here, client)
        outlets |= failures(here, client, monkeypatch)
        outlets |= work(here)
    outlets["app log"] = [log.getvalue()]
    outlets["access log"] = [line for line in log.getvalue().splitlines() if "GET /" in line or "nowhere" in line]
    outlets["database log"] = [server_log()[before:]]
    outlets["cache"] = [repr(getattr(cache, "_cache", {}))]
    outlets["session"] = [repr(client.session.items())] + [repr(row) for row in LoginSession.objects.values()]
    outlets["audit row"] = [repr(row) for row in AuditEntry.objects.values()]
    outlets["backup without key"] = [everything_stored()]
    found = [(outlet, hits(text)) for outlet, texts in outlets.items() for text in texts]
    leaks = sorted({f"{outlet}: {', '.join(what)}" for outlet, what in found if what})

    # the guard gone: the same error with its own words, in a log line and in Django's own report
    before = len(server_log())
    try:
        go_wrong("500", here.village)
    except RuntimeError as error:
        trace = (type(error), error, error.__traceback__)
        record = logging.LogRecord("t", logging.ERROR, __file__, 1, "failed", None, trace)
        said = {"log": logging.Formatter().format(record), "mail": ExceptionReporter(None, *trace).get_traceback_text()}
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError):
            go_wrong("check failure", here.village)
        said["database log"] = server_log()[before:]
    unfiltered = [name for name, text in said.items() if hits(text)]
    assert {"same-origin"} == set(outlets["Referer"]) or "no-referrer" in set(outlets["Referer"])
    board.reach(
        "S18",
        wanted="0 hits in 24 outlets",
        reached=f"{len(leaks)} hits in {len(outlets)} outlets, {len(FORCED)} faults forced; absent: {', '.join(ABSENT)}"
        + (f" ({'; '.join(leaks)})" if leaks else ""),
        held=not leaks and len(outlets) + len(ABSENT) >= 23,
        control=f"unfiltered: the numbers stand in the {', the '.join(unfiltered)}",
        control_failed=len(unfiltered) == len(said),
    )


def test_what_is_planted_is_really_there(here):
    """The harness would see them: opened, they are the planted ones, and a page that printed them would be found."""
    with scope.village(here.village.pk):
        assert Person.objects.get(pk=here.persons["苗长有"].pk).phone == PHONE
    assert here.issues["m"].phone == PHONE and crypto.last_four(PHONE) == "0912"
    assert hits(f"<a href='tel:138 7734 0912'>{IDENTITY.lower().upper()}</a> {CARD}") == list(PLANTED)
    assert hits("138****0912 6211************2X") == []
