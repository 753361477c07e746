"""S21: ten thousand guesses at a receipt open nothing, and a known code costs what an unknown one costs."""

import math
import random
import statistics
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import stage as stages
from tongxin.core import sealing
from tongxin.issues.queries import receipts
from tongxin.issues.views import hush
from tongxin.territory import queries as territory
from tongxin.territory import scope

from . import board

GUESSES = 10_000
LIVE = 40  # sealed matters that could be hit


@pytest.fixture
def here(db):
    territory.forget_villages()
    made = stages.settle(stages.village())
    with scope.village(made.village.pk):
        for n in range(LIVE):
            stages.told(made, f"s{n}", is_sealed=True)
        yield made
    territory.forget_villages()


def guessed(here, guess: Callable[[], str], known: set[str]) -> int:
    return sum(code in known for code in (guess() for _ in range(GUESSES)))


def test_ten_thousand_guesses_open_nothing(here):
    luck = random.Random(20)
    guesses = board.count(GUESSES, GUESSES, quick=1000)
    hits = sum(
        receipts.by_receipt(here.village.pk, receipts.written(luck.getrandbits(80))) is not None for _ in range(guesses)
    )
    bits = math.log2(len(receipts.SYMBOLS)) * receipts.LENGTH
    # the control: as many live codes of eight digits as a county has in five years
    live = {f"{luck.randrange(10**8):08}" for _ in range(100_000)}
    control = guessed(here, lambda: f"{luck.randrange(10**8):08}", live)
    board.reach(
        "S21 guesses",
        wanted=f">= 60 bits; {guesses} guesses, 0 hits",
        reached=f"{bits:.0f} bits; {guesses} guesses against {LIVE} live codes, {hits} hits",
        held=hits == 0 and bits >= 60,
        control=f"8 digits, 100 000 live: {control} hits",
        control_failed=control > 0,
    )


def asked(here, client: Client, code: str, hashed: list[str]) -> tuple[int, list[str], int, float]:
    """(status, statements without their values, hashes, seconds) of one look-up."""
    sheet = client.get(here.path("/n/open/")).content.decode()
    ticket = sheet.partition('name="ticket" value="')[2].partition('"')[0]
    hashed.clear()
    with CaptureQueriesContext(
        connection,
    ) as kept:
        began = time.perf_counter()
        page = client.post(here.path("/n/open/"), {"ticket": ticket, "receipt": code})
        took = time.perf_counter() - began
    said = [statement["sql"].partition(" WHERE ")[0][:60] for statement in kept.captured_queries]
    return page.status_code, said, len(hashed), took


def test_a_known_code_costs_what_an_unknown_one_costs(here, monkeypatch):
    hashed: list[str] = []
    real = sealing._fingerprint

    def counted(*args):
        hashed.append("")
        return real(*args)

    monkeypatch.setattr(sealing, "_fingerprint", counted)
    monkeypatch.setattr(hush, "ALL_TRIES", ())
    client, luck, times = Client(), random.Random(21), {True: [], False: []}
    asked(here, client, here.receipts["s0"], hashed)  # what a first page compiles is compiled
    works: dict[bool, set] = {True: set(), False: set()}
    for n in range(LIVE):
        for known in (True, False):
            code = here.receipts[f"s{n}"] if known else receipts.written(luck.getrandbits(80))
            status, said, hashes, took = asked(here, client, code, hashed)
            works[known].add((status, tuple(said), hashes))
            times[known].append(took)
    medians = {known: statistics.median(found) * 1000 for known, found in times.items()}
    one = {work[0] for work in works[True] | works[False]}
    equal = works[True] == works[False] and len(works[True]) == 1
    # the control: an unknown code is answered at once, as anybody would write it
    monkeypatch.setattr("tongxin.issues.views.receipts._page", lambda *args, **kwargs: hush_short())
    short = asked(here, client, "0" * 16, hashed)
    differs = (short[0], tuple(short[1]), short[2]) not in works[True]
    [(status, said, hashes)] = works[True] if equal else [(0, (), 0)]
    board.reach(
        "S21 alike",
        wanted="known and unknown: same status, statements and hashes",
        reached=f"{status}, {len(said)} statements, {hashes} hashes each; "
        f"medians {medians[True]:.1f} / {medians[False]:.1f} ms",
        held=equal and one == {200},
        control="an unknown code answered without the work: fewer statements",
        control_failed=differs,
    )


def hush_short():
    from django.http import HttpResponse

    return HttpResponse()
