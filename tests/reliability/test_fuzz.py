# ruff: noqa: E501 — hostile words are as long as they are
"""S10: every form filled with nonsense, every address asked with hostile words: no error of ours (T35, R44).

A press begins as somebody would fill it (`presses`) and is spoilt in one to three places; an address gets hostile
filters. Each request is taken back, so that the next one finds the same village.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path
from django.views.decorators.http import require_http_methods
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.factories import stage as stages
from tests.journeys import doors
from tongxin.territory import queries as territory

from . import board, presses
from .test_idempotency import Browser

HOSTILE = [
    "", " ", "\0", "a\0b", "'", "''; DROP TABLE x; --", '" OR 1=1', "%", "%s", "%(a)s", "{user.password}", "{{ 7*7 }}", "${7*7}",
    "-1", "0", "1e309", "NaN", "9" * 40, "٣", "１２", "1,5", "true", "null", "[]", "{}", "<script>alert(1)</script>", "../../etc/passwd",
    "\ud7ff", "\U0001f600", "\u202e", "\u200b", "é" * 300, "x" * 70_000, "2023-02-30", "9999-12-31", "0001-01-01", "31/12/2023",
    "2023-06-30T25:00", "00000000-0000-0000-0000-000000000000", "018f0000-0000-7000-8000-000000000000", "not-a-uuid", "\r\nX: y",
    "id", "-id", "password", "village__name", "?", "&", "#", "/", "\\", "on", "other", "02", "26-0001-7", "苗长有", "\n", "\t",
]  # fmt: skip
QUERIES = ["q", "page", "as", "on", "group", "grid", "status", "category", "open", "sort", "order", "hh", "find", "next", "s", "number",
           "place", "from", "to", "whole", "closed", "kind", "number__lt", "pk", "id"]  # fmt: skip
SAYS_SO = "GET core:alive"  # 503 is its answer while a job is late, whatever it is asked
words = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def asked(client: Client, address: str, query: dict[str, list[str]]) -> int:
    with taken_back():
        return client.get(address, query).status_code


def fuzz(many: int, tries: list[Callable[[Any], tuple[str, int]]]) -> tuple[int, list[str]]:
    """How many requests, and those that were answered with an error of ours."""
    found: dict[str, int] = {}
    sent = 0

    @seed(20260620)
    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def run(data: Any) -> None:
        nonlocal sent
        name, status = data.draw(st.sampled_from(tries))(data)
        sent += 1
        if status >= 500 and not name.startswith(SAYS_SO):
            found[name] = found.get(name, 0) + 1

    run()
    return sent, [f"{name} ({n} ×)" for name, n in sorted(found.items())]


def addresses(stage: stages.Stage, clients: dict[str, Client]) -> list[Callable[[Any], tuple[str, int]]]:
    def one(at: str, name: str) -> Callable[[Any], tuple[str, int]]:
        def ask(data: Any) -> tuple[str, int]:
            who = data.draw(st.sampled_from(sorted(clients)))
            query = data.draw(
                st.dictionaries(st.sampled_from(QUERIES), st.lists(words, min_size=1, max_size=2), max_size=4)
            )
            return f"GET {name} {query!r:.120}", asked(clients[who], at, query)

        return ask

    return [one(stage.path(doors.addresses(door, stage, most=1)[0]), door.name) for door in doors.every()]


def forms(stage: stages.Stage) -> list[Callable[[Any], tuple[str, int]]]:
    def one(door: doors.Door) -> Callable[[Any], tuple[str, int]]:
        browser = Browser(stage, presses.of(door, stage))
        names = sorted(browser.data)

        def press(data: Any) -> tuple[str, int]:
            spoilt = data.draw(
                st.dictionaries(st.sampled_from([*names, "words", "reason"]), words, min_size=1, max_size=3)
            )
            for name in data.draw(st.lists(st.sampled_from(names), max_size=2)):
                spoilt.setdefault(name, [])
            spoilt.pop("csrfmiddlewaretoken", None)
            with taken_back():
                return f"POST {door.name} {spoilt!r:.120}", browser.press(browser.as_it_was(), **spoilt)

        return press

    return [one(door) for door in presses.mutating()]


@require_http_methods(["GET"])
def faulty(request: Any) -> HttpResponse:
    return HttpResponse(1 // len(request.GET.get("q", "x").strip()))


urlpatterns = [path("", include("tongxin.urls")), path("faulty/", faulty, name="faulty")]


@pytest.mark.django_db
def test_nonsense_is_answered_and_never_with_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    many = board.count(1500, 100_000, quick=400)
    territory.forget_villages()
    stage = stages.settle(stages.village())
    stages.fill(stage)
    officer = stages.everybody(stage)
    clients = {who: Client(raise_request_exception=False) for who in ("stranger", "officer")}
    clients["officer"].force_login(officer)
    sent, found = fuzz(many, addresses(stage, clients))
    pressed, wrong = fuzz(many, forms(stage))

    def seeded(data: Any) -> tuple[str, int]:
        from django.test import RequestFactory

        query = data.draw(st.dictionaries(st.just("q"), words, max_size=1))
        try:
            return "seeded", faulty(RequestFactory().get("/faulty/", query)).status_code
        except ZeroDivisionError:
            return "seeded", 500

    _sent, control = fuzz(200, [seeded])
    territory.forget_villages()
    board.reach(
        "S10",
        wanted=f"{2 * many} requests: 0 × 5xx",
        reached=f"{sent} asked, {pressed} pressed, {len(found) + len(wrong)} faults"
        + "".join(f"\n{f}" for f in [*found, *wrong][:30]),
        held=not (found or wrong) and sent + pressed >= 2 * many * 0.9,
        control=f"a view that divides by nothing is found: {control}",
        control_failed=bool(control),
    )
