"""S4: books lived through at random, beside a model that is a list of numbers. Each step must end as the model says."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.ledger.conftest import Desk, open_desk
from tests.reliability import board
from tongxin.core import clock, idempotency
from tongxin.core.errors import DomainError, KeyReused, WrongStatus
from tongxin.ledger import actions, invariants, queries
from tongxin.ledger.models import Account, Posting
from tongxin.territory import scope

STEPS = 30
PARTS = 4  # for as many cores
BEGIN = datetime(2026, 3, 2, 9, 30)


class Wrong(AssertionError):
    """The book and the model do not agree."""


@dataclass
class Line:
    """A transaction as the model knows it: account (0 is the source) -> units."""

    day: date
    units: dict[int, int]
    found: Any
    is_reversal: bool = False
    is_reversed: bool = False


@dataclass
class Asked:
    """A request that went through once, to be sent again."""

    legs: list[tuple[int, int]]
    day: date | None
    key: str
    line: Line


@dataclass
class History:
    """One book's life, step by step."""

    desk: Desk
    dice: Random
    now: datetime = BEGIN
    lines: list[Line] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    closed: date | None = None
    count: int = 0

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def accounts(self) -> list[Account]:
        return [self.desk.source, self.desk.wang, self.desk.li, self.desk.stock]

    def live(self, steps: int) -> None:
        doings = (self.post, self.post, self.post, self.again, self.other_words, self.take_back, self.close, self.sleep)
        for _ in range(steps):
            with clock.stopped_at(self.now):
                self.dice.choice(doings)()
                self.compare()
        with clock.stopped_at(self.now):
            invariants.must_hold(self.desk.book)
        if connection.vendor == "postgresql":
            connection.check_constraints()

    # --- what the model says -----------------------------------------------------------------------------------
    def held(self, n: int, on: date) -> int:
        return sum(line.units.get(n, 0) for line in self.lines if line.day <= on)

    def lowest(self, n: int, since: date) -> int:
        days = {since, *(line.day for line in self.lines if line.day > since)}
        return min(self.held(n, day) for day in days)

    def verdict(self, units: dict[int, int], day: date) -> type[Exception] | None:
        if len(units) < 2 or 0 in units.values() or sum(units.values()):
            return actions.Unbalanced
        return self.refusal(units, day)

    def refusal(self, units: dict[int, int], day: date) -> type[Exception] | None:
        if self.closed and day <= self.closed:
            return actions.PeriodClosed
        short = any(n and u < 0 and self.lowest(n, day) < -u for n, u in units.items())
        return actions.Insufficient if short else None

    # --- steps -------------------------------------------------------------------------------------------------
    def post(self) -> None:
        legs = self._legs()
        day = self.dice.choice([None, None, *(self.today - timedelta(days=n) for n in (1, 3, 9, 30))])
        units: dict[int, int] = {}
        for n, u in legs:
            units[n] = units.get(n, 0) + u
        wanted = self.verdict(units, day or self.today)
        key = self._key()
        found = self.must(wanted, lambda: self._post(legs, day, key))
        if found is not None:
            line = Line(day or self.today, units, found)
            self.lines.append(line)
            self.asked.append(Asked(legs, day, key, line))

    def again(self) -> None:
        """The same request, perhaps days later: the first answer."""
        if self.asked:
            one = self.dice.choice(self.asked)
            found = self.must(None, lambda: self._post(one.legs, one.day, one.key))
            if found.pk != one.line.found.pk:
                raise Wrong("another transaction came back")

    def other_words(self) -> None:
        if self.asked:
            one = self.dice.choice(self.asked)
            legs = [(0, -77), (self.dice.randint(1, 3), 77)]
            self.must(KeyReused, lambda: self._post(legs, one.day, one.key))

    def take_back(self) -> None:
        if not self.lines:
            return
        line, desk = self.dice.choice(self.lines), self.desk
        units = {n: -u for n, u in line.units.items()}
        wanted = WrongStatus if line.is_reversal or line.is_reversed else self.refusal(units, self.today)
        key = self._key()
        act = lambda: actions.reverse(line.found, by=desk.by, second=desk.second, reason="记错了", key=key)  # noqa: E731
        found = self.must(wanted, act)
        if found is not None:
            line.is_reversed = True
            self.lines.append(Line(self.today, units, found, is_reversal=True))

    def close(self) -> None:
        day, desk = self.today - timedelta(days=self.dice.choice([0, 1, 2, 5, 12, 30])), self.desk
        late = day >= self.today or (self.closed is not None and day <= self.closed)
        act = lambda: actions.close(desk.book, through_on=day, by=desk.by, second=desk.second)  # noqa: E731
        if self.must(WrongStatus if late else None, act) is not None:
            self.closed = day

    def sleep(self) -> None:
        self.now += timedelta(days=self.dice.choice([1, 1, 4, 15]))

    # --- comparing ---------------------------------------------------------------------------------------------
    def must(self, wanted: type[Exception] | None, act: Callable[[], Any]) -> Any:
        try:
            found = act()
        except (DomainError, DatabaseError, invariants.Broken) as error:
            if type(error) is not wanted:
                raise Wrong(f"{type(error).__name__} instead of {wanted}: {error}") from error
            return None
        if wanted is not None:
            raise Wrong(f"done instead of {wanted.__name__}")
        return found

    def compare(self) -> None:
        """I1–I4, I6, I7 by other arithmetic than the book's own: no posting more or fewer, and every balance right."""
        rows = list(
            Posting.objects.filter(village_id=self.desk.village.pk).values_list("transaction_id", "account_id", "units")
        )
        names = {account.pk: n for n, account in enumerate(self.accounts)}
        there = sorted((str(t), names[a], u) for t, a, u in rows)
        wanted = sorted((str(line.found.pk), n, u) for line in self.lines for n, u in line.units.items())
        if there != wanted:
            raise Wrong(f"postings: {there} instead of {wanted}")
        n, ago = self.dice.randrange(4), self.dice.choice([None, None, 0, 1, 6, 25])
        day = None if ago is None else self.today - timedelta(days=ago)
        if queries.balance(self.accounts[n], day) != self.held(n, day or self.today):
            raise Wrong(f"the balance of {n} on {day}")
        if any(self.lowest(n, BEGIN.date() - timedelta(days=60)) < 0 for n in (1, 2, 3)):
            raise Wrong("below zero")

    def _post(self, legs: list[tuple[int, int]], day: date | None, key: str) -> Any:
        made = [actions.Leg(self.accounts[n], u) for n, u in legs]
        return actions.post(self.desk.book, made, by=self.desk.by, key=key, purpose="test", effective_on=day)

    def _legs(self) -> list[tuple[int, int]]:
        dice = self.dice
        if dice.random() < 0.07:  # what no form of ours sends
            return dice.choice([[(0, -5), (1, 4)], [(1, 3)], [(0, -5), (1, 5), (1, -5), (2, 5)], [(0, 0), (1, 0)]])
        source, target = dice.sample(range(4), 2)
        if dice.random() < 0.5:
            source, target = 0, target or 1
        units = dice.randint(1, 20)
        if dice.random() < 0.2 and (third := next(n for n in range(1, 4) if n not in (source, target))):
            part = dice.randint(1, units)
            return [(source, -units - part), (target, units), (third, part)]
        return [(source, -units), (target, units)]

    def _key(self) -> str:
        self.count += 1
        return f"key-{self.count}"


def lived(desk: Desk, number: int, steps: int = STEPS) -> str:
    """What went wrong in the history of this number; "" when nothing did. It leaves nothing behind."""
    with transaction.atomic():
        try:
            with transaction.atomic():  # so that a statement which failed does not spoil the way out
                History(desk, Random(number)).live(steps)
        except (Wrong, DatabaseError, invariants.Broken) as error:
            return f"history {number}: {error}"
        finally:
            transaction.set_rollback(True)
    return ""


# --- the control: bugs put in ---------------------------------------------------------------------------------------
def _bugs() -> dict[str, list[tuple[Any, str, Any]]]:
    """Each a way in which a ledger goes wrong; every one must be found."""
    legs, lowest, closing, balances, written = (
        queries.legs, queries.lowest_from, queries._closing, queries.balances, actions._written,
    )  # fmt: skip

    def doubled(one: Any) -> Any:
        found = legs(one)
        for leg in found:
            leg.units *= 2
        return found

    def same_way(one: Any) -> Any:
        found = legs(one)
        for leg in found:
            leg.units = -leg.units
        return found

    def twice(event: Any, units: Any) -> Any:
        written(replace(event, id=actions.uuid7(), key=f"{event.key}-2"), units)
        return written(event, units)

    def dated_today(event: Any, units: Any) -> Any:
        return written(replace(event, asked_on=None), units)

    def unseen_source(book: Any, on: Any = None) -> Any:
        return {pk: n for pk, n in balances(book, on).items() if n > 0}

    def one_more(account: Any, day: Any) -> int:
        return lowest(account, day) + 1

    def last_first(legs_: Any, book: Any) -> Any:
        return dict(reversed(list(summed(book, legs_).items())[:-1]))

    summed = actions._summed
    return {
        "a reversal takes twice": [(queries, "legs", doubled)],
        "a reversal repeats": [(queries, "legs", same_way)],
        "written twice": [(actions, "_written", twice)],
        "every day is today": [(actions, "_written", dated_today)],
        "closed days are open": [(queries, "closed_through", lambda book: None)],
        "nothing is too much": [(queries, "lowest_from", lambda account, day: 10**9)],
        "one too many": [(queries, "lowest_from", one_more)],
        "later days are not looked at": [(queries, "lowest_from", lambda account, day: queries.balance(account, day))],
        "a close is forgotten": [(queries, "_closing", lambda account, on: (queries.DAWN, closing(account, on)[1]))],
        "what is below zero is not carried": [(queries, "balances", unseen_source)],
        "a day too early": [(queries, "_closing", lambda account, on: closing(account, None))],
        "other words are the same": [(idempotency, "fingerprint", lambda body: "0" * 64)],
        "a leg is lost": [(actions, "_summed", lambda book, legs_: last_first(legs_, book))],
    }


@contextmanager
def sown(bug: list[tuple[Any, str, Any]]):
    with pytest.MonkeyPatch.context() as patch:
        for module, name, wrong in bug:
            patch.setattr(module, name, wrong)
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
def test_a_thousand_books_are_lived_through(part):
    total = board.count(ci=1000, nightly=10_000, quick=160)
    bugs = dict(list(_bugs().items())[part::PARTS])
    desk, numbers, missed = open_desk(), range(part, total, PARTS), []
    with scope.village(desk.village.pk):
        faults = [fault for number in numbers if (fault := lived(desk, number))]
        for name, bug in bugs.items():
            with sown(bug):
                if not any(lived(desk, number) for number in range(60)):
                    missed.append(name)
    board.reach(
        f"S4 {connection.vendor} {part + 1}/{PARTS}",
        wanted=f"0 of {len(numbers)} histories × {STEPS} steps wrong",
        reached=f"{len(faults)} wrong" + "".join(f"\n{fault}" for fault in faults[:5]),
        held=not faults,
        control=f"{len(bugs)} bugs put in: {len(bugs) - len(missed)} found"
        + "".join(f", not: {name}" for name in missed),
        control_failed=not missed,
    )
