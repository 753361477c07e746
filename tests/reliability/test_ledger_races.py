"""S3 · A book with eight at its desk: no unit given twice, nothing taken back twice, nothing posted behind a close."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

import pytest
from django.db import DatabaseError

from tests.factories import stage
from tests.ledger.conftest import OPENED, day
from tests.reliability.test_races import CROWD, Tally, crowd, here  # noqa: F401 -- fixtures
from tongxin.accounts.models import User
from tongxin.core import holding
from tongxin.core.ids import uuid7
from tongxin.ledger import actions, invariants
from tongxin.ledger.models import Account, Book, Close, Posting, Transaction

from . import board

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
_keys = (f"race-{n}" for n in count())


@dataclass
class Desk:
    village_id: object
    by: User
    second: User

    def book(self) -> tuple[Book, Account, Account]:
        """A new book with where units come from, and one who may not go below zero."""
        book = actions.open_book(self.village_id, next(_keys), by=self.by, unit="分", opened_on=OPENED)
        source = actions.open_account(book, "issued", by=self.by, may_go_below=True)
        return book, source, actions.open_account(book, "household", by=self.by, owner_id=uuid7())

    def move(self, source: Account, target: Account, units: int, days_ago: int = 0) -> Transaction:
        legs = [actions.Leg(source, -units), actions.Leg(target, units)]
        return actions.post(source.book, legs, by=self.by, key=next(_keys), purpose="race", effective_on=day(days_ago))


@pytest.fixture
def desk(here):  # noqa: F811
    return Desk(here.village.pk, *(stage.row(User, username=f"race-{n}", name=n) for n in ("赵会计", "钱监督")))


def unheld(patch: pytest.MonkeyPatch) -> None:
    """The control: rows are read and not held, and all eight have looked before the first one writes."""
    gate = threading.Barrier(CROWD)

    def meet() -> None:
        if threading.current_thread() is not threading.main_thread():
            with suppress(threading.BrokenBarrierError):
                gate.wait(10)

    patch.setattr(holding, "_locked", lambda rows, no_key=False: rows)
    patch.setattr(holding, "_shared", lambda rows: rows.get())
    patch.setattr(holding, "after_check", meet)


def both(name: str, run: Callable[[int], Tally], monkeypatch: pytest.MonkeyPatch) -> None:
    tally, few = run(board.count(ci=300, nightly=1000, quick=60)), board.count(ci=10, nightly=100)
    with monkeypatch.context() as patch:
        unheld(patch)
        loose = run(few)
    worst = max(loose.doubles, loose.errors)
    board.reach(
        f"S3 ledger {name}",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"nothing held: {worst} of {few} done twice or broken off",
        control_failed=worst >= 0.9 * few,
    )


def done(found: list[object]) -> int:
    return sum(isinstance(one, Transaction) for one in found)


def test_the_last_units_are_given_once(desk, crowd, monkeypatch):  # noqa: F811
    def run(trials: int) -> Tally:
        tally = Tally()
        _book, source, wang = desk.book()
        for _ in range(trials):
            if (held := actions.queries.balance(wang)) < 0:  # the control's doing
                _book, source, wang = desk.book()
                held = 0
            desk.move(source, wang, 5 - held)
            found = crowd(lambda n, wang=wang, source=source: desk.move(wang, source, 5))
            tally.add(done(found), found)
        return tally

    both("last units", run, monkeypatch)


def test_an_event_is_taken_back_once(desk, crowd, monkeypatch):  # noqa: F811
    def run(trials: int) -> Tally:
        tally = Tally()
        _book, source, wang = desk.book()
        for _ in range(trials):
            made = desk.move(source, wang, 5)
            take_back = lambda n, made=made: actions.reverse(  # noqa: E731
                made, by=desk.by, second=desk.second, reason="记错了", key=next(_keys)
            )
            found = crowd(take_back)
            tally.add(done(found), found)
        return tally

    both("reverse", run, monkeypatch)


def test_nothing_is_posted_behind_a_close(desk, crowd, monkeypatch):  # noqa: F811
    """Four close yesterday while four post into it: what came first counts, and the close counted all that did."""

    def act(n: int, book: Book, source: Account, wang: Account) -> object:
        if n % 2:
            try:
                return actions.close(book, through_on=day(1), by=desk.by, second=desk.second)
            except invariants.Broken as broken:  # the control's doing: it reads while others write
                return DatabaseError(str(broken))
        return desk.move(source, wang, 5, days_ago=1)

    def run(trials: int) -> Tally:
        tally = Tally()
        for _ in range(trials):
            book, source, wang = desk.book()
            found = crowd(lambda n, book=book, source=source, wang=wang: act(n, book, source, wang))
            closes = list(Close.objects.filter(book=book))
            counted = Posting.objects.filter(book=book, effective_on__lte=day(1)).count()
            tally.trials += 1
            tally.none += not closes
            tally.doubles += bool(invariants.faults(book)) or [one.posting_count for one in closes] != [counted]
            tally.errors += any(isinstance(one, DatabaseError) for one in found)
        return tally

    both("close", run, monkeypatch)
