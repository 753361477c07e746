"""S23: how many secrets somebody who guesses all year would hit, over all accounts; measured, not assumed (T36).

The attacker has a new address for every try, every account's name, and patience: fifteen tries a day at each. Its owner
comes in once a day meanwhile, from another address. What is counted is how many guesses are really compared with the
secret; times the chance of one and the number of accounts, that is the expectation.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.test import RequestFactory

from tests.reliability import board
from tongxin.core import clock, guessing
from tongxin.core.errors import DomainError
from tongxin.core.guessing import Door
from tongxin.core.models import Lockout, Throttle

ACCOUNTS, DIGITS, A_DAY, YEAR = 5000, 8, 15, 365
WANTED = 0.01
ODD = guessing.Limits(thing=100, kind=10**6)  # the short rests are not what is measured


def compared_in_a_year(days: int) -> float:
    """Guesses at one account that reach the secret; a part of a year is scaled up when the door was still open."""
    asked, compared, is_open = RequestFactory(), 0, True
    start = clock.now()
    for day in range(days):
        is_open = False
        for n in range(A_DAY):
            with clock.stopped_at(start + timedelta(days=day, minutes=n)):
                door = Door(asked.get("/", REMOTE_ADDR=f"10.{day // 256}.{day % 256}.{n + 1}"), "pin", "victim", ODD)
                try:
                    door.knock()
                except DomainError:
                    continue
                compared, is_open = compared + 1, True
        with clock.stopped_at(start + timedelta(days=day, hours=12)):
            owner = Door(asked.get("/", REMOTE_ADDR="198.51.100.7"), "pin", "victim", ODD)
            try:
                owner.knock()
            except DomainError:
                continue
            owner.opened()
    return compared * YEAR / days if is_open else float(compared)


def expected(compared: float) -> float:
    return ACCOUNTS * compared / 10**DIGITS


@contextmanager
def without(monkeypatch: pytest.MonkeyPatch, what: str) -> Iterator[None]:
    """The same door with its lock made as others make it."""
    init, count, opened = Door.__init__, guessing._count, Door.opened
    with monkeypatch.context() as patched:
        if what == "per address":

            def by_address(self: Door, *given: object) -> None:
                init(self, *given)  # type: ignore[arg-type]
                self.lock = self.here

            patched.setattr(Door, "__init__", by_address)
        elif what == "daily reset":

            def of_today(key: str) -> None:
                Lockout.objects.filter(at__lt=clock.now() - timedelta(hours=12)).delete()
                count(key)

            patched.setattr(guessing, "_count", of_today)
        else:

            def forgiving(self: Door) -> None:
                opened(self)
                Lockout.objects.all().delete()

            patched.setattr(Door, "opened", forgiving)
        yield
    Lockout.objects.all().delete()
    Throttle.objects.all().delete()


@pytest.mark.django_db
def test_a_year_of_guessing_hits_less_than_a_hundredth_of_a_secret(monkeypatch):
    days = board.count(ci=20, nightly=YEAR)
    found = expected(compared_in_a_year(days))
    Lockout.objects.all().delete()
    Throttle.objects.all().delete()
    controls = {}
    for what in ("per address", "daily reset", "any success clears"):
        with without(monkeypatch, what):
            controls[what] = expected(compared_in_a_year(days))
    board.reach(
        "S23",
        wanted=f"< {WANTED} right guesses a year, {ACCOUNTS} accounts",
        reached=f"{found:.4f} ({DIGITS} digits, lock at {guessing.MOST}, owner in daily)",
        held=found < WANTED,
        control="; ".join(f"lock {what}: {value:.2f}" for what, value in controls.items()),
        control_failed=all(value >= WANTED for value in controls.values()),
    )


@pytest.mark.django_db
def test_the_model_counts_what_is_compared():
    assert compared_in_a_year(3) == guessing.MOST  # two days of fifteen, and then it is shut
