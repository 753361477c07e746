"""S3 · Eight at once: one goes first, the others are told; nothing happens twice, nothing not at all. On PostgreSQL."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from tests.factories import stage
from tests.factories.stage import Stage
from tongxin.casework.actors import Teller
from tongxin.core import counters, holding, idempotency, inserting
from tongxin.core.errors import DomainError
from tongxin.core.ids import uuid7
from tongxin.core.models import Counter, Idempotency
from tongxin.issues import actions
from tongxin.issues.models import Issue, IssueEntry, Status
from tongxin.issues.workflow import ISSUE
from tongxin.territory import queries, scope

from . import board

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
CROWD = 8


@pytest.fixture
def here(transactional_db) -> Iterator[Stage]:
    queries.forget_villages()
    settled = stage.settle(stage.village())
    with scope.village(settled.village.pk):
        yield settled
    queries.forget_villages()


@pytest.fixture
def crowd(here):
    """Eight threads that stay, each with a connection of its own: `crowd(act)` is what `act(n)` gave or raised."""
    gate = threading.Barrier(CROWD)
    pool = ThreadPoolExecutor(CROWD)

    def run(act: Callable[[int], object], n: int) -> object:
        with scope.village(here.village.pk):
            gate.wait()
            try:
                return act(n)
            except (DomainError, DatabaseError) as error:
                return error

    def leave(_n: int) -> None:
        gate.wait()
        connection.close()

    yield lambda act: list(pool.map(lambda n: run(act, n), range(CROWD)))
    list(pool.map(leave, range(CROWD)))
    pool.shutdown()


@dataclass
class Tally:
    trials: int = 0
    doubles: int = 0
    none: int = 0
    errors: int = 0

    def add(self, winners: int, found: list[object]) -> None:
        self.trials += 1
        self.doubles += winners > 1
        self.none += winners < 1
        self.errors += any(isinstance(one, DatabaseError) for one in found)

    @property
    def is_clean(self) -> bool:
        return self.doubles == self.none == self.errors == 0

    def __str__(self) -> str:
        return f"{self.doubles} doubles, {self.none} none, {self.errors} errors"


def copies(pattern: Issue) -> Issue:
    """A matter that stands where `pattern` stands, under a number of its own; its story is of no account here."""
    row = Issue.objects.get(pk=pattern.pk)
    row.phone = row.phone.in_clear()  # sealed for the pattern's row; it has to be sealed anew for its own
    row.pk, row.number = uuid7(), uuid4().hex[:16]
    inserting.insert(row)
    return row


def raced(crowd, pattern: Issue, step: str, act: Callable[[Issue, int], object], trials: int) -> Tally:
    tally = Tally()
    for _ in range(trials):
        first = copies(pattern)
        seen = [Issue.objects.get(pk=first.pk) for _n in range(CROWD)]  # all of them saw it where it stood
        found = crowd(lambda n, seen=seen: act(seen[n], n))
        tally.add(IssueEntry.objects.filter(issue=first.pk, step=step).count(), found)
    return tally


class Careless:
    """The sabotage: the update no longer asks whether the matter is still where it was seen."""

    def filter(self, *, status: str, **where: object):
        return Issue._base_manager.filter(**where)


def without_comparing(monkeypatch) -> None:
    monkeypatch.setattr(ISSUE, "case_model", SimpleNamespace(_base_manager=Careless()))


STEPS = {
    "accept": (stage.told, lambda here: lambda issue, n: actions.accept(issue, by=here.users["clerk"])),
    "dispatch": (
        stage.taken,
        lambda here: lambda issue, n: actions.dispatch(issue, by=here.users["clerk"], post=here.posts["worker"]),
    ),
    "answer": (
        stage.given,
        lambda here: lambda issue, n: actions.answer(issue, by=here.users["worker"], reply="修好了"),
    ),
    "confirm": (stage.answered, lambda here: lambda issue, n: actions.confirm(issue, by=Teller(issue.pk, "device"))),
}


@pytest.mark.parametrize("step", STEPS)
def test_of_eight_who_take_a_step_one_goes_first(step, here, crowd, monkeypatch):
    make, doing = STEPS[step]
    pattern, act = make(here, "m"), doing(here)
    tally = raced(crowd, pattern, step, act, board.count(ci=300, nightly=1000, quick=60))
    few = board.count(ci=10, nightly=100)
    with monkeypatch.context() as patch:
        without_comparing(patch)
        loose = raced(crowd, pattern, step, act, few)
    board.reach(
        f"S3 {step}",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"no comparing: {loose.doubles} doubles of {few}",
        control_failed=loose.doubles >= 0.9 * few,
    )


def test_a_sheet_that_arrives_eight_times_is_one_matter(here, crowd, monkeypatch):
    said = actions.Report(category="road", words="路坏了", place_text="桥头")

    def run(trials: int) -> Tally:
        tally = Tally()
        for _ in range(trials):
            key, before = str(uuid4()), Issue.objects.count()
            found = crowd(lambda n, key=key: actions.report(here.village, said, by=None, key=key))
            tally.add(Issue.objects.count() - before, found)
            assert tally.doubles or len({told.number for told in found}) == 1  # and everybody hears its number
        return tally

    def look_then_write(row: Idempotency) -> bool:
        if Idempotency.objects.filter(operation=row.operation, key=row.key).exists():
            return False
        time.sleep(0.01)
        row.key = str(uuid4())
        return inserting.insert_if_new(row)

    tally, few = run(board.count(ci=300, nightly=1000, quick=60)), board.count(ci=10, nightly=100)
    with monkeypatch.context() as patch:
        patch.setattr(idempotency, "insert_if_new", look_then_write)
        loose = run(few)
    board.reach(
        "S3 submit",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"look, then write: {loose.doubles} doubles of {few}",
        control_failed=loose.doubles >= 0.9 * few,
    )


def test_eight_matters_at_once_get_eight_numbers_without_a_gap(here, crowd, monkeypatch):
    said = actions.Report(category="road", words="路坏了", place_text="桥头")

    def run(trials: int) -> Tally:
        tally = Tally()
        for _ in range(trials):
            before = Issue.objects.count()
            found = crowd(lambda n: actions.report(here.village, said, by=None, key=str(uuid4())))
            told = [one for one in found if isinstance(one, actions.Told)]
            tally.trials += 1
            tally.doubles += len({one.number for one in told}) < len(told)
            tally.none += Issue.objects.count() - before < CROWD
            tally.errors += any(isinstance(one, DatabaseError) for one in found)
        assert tally.errors or Counter.objects.get(name="issues").value == Issue.objects.count()
        return tally

    def read_then_write(village_id, name, year):
        row = Counter.objects.filter(village_id=village_id, name=name, year=year).first()
        if row is None:
            return None
        time.sleep(0.01)
        Counter.objects.filter(pk=row.pk).update(value=row.value + 1)
        return row.value + 1

    tally, few = run(board.count(ci=300, nightly=1000, quick=60)), board.count(ci=10, nightly=100)
    with monkeypatch.context() as patch:
        patch.setattr(counters, "_drawn", read_then_write)
        loose = run(few)
    board.reach(
        "S3 numbers",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"read, then write: {max(loose.doubles, loose.none)} of {few} with a number given twice",
        control_failed=max(loose.doubles, loose.none) >= 0.9 * few,
    )


def test_two_matters_merged_crosswise_are_never_both_gone(here, crowd, monkeypatch):
    """Four merge A into B while four merge B into A: were both to succeed, nobody would answer either teller."""
    pattern = stage.taken(here, "m")

    def run(trials: int) -> Tally:
        tally = Tally()
        for _ in range(trials):
            pair = [copies(pattern), copies(pattern)]
            seen = [[Issue.objects.get(pk=one.pk) for one in pair] for _n in range(CROWD)]

            def act(n: int, seen=seen) -> object:
                child, parent = seen[n] if n % 2 else seen[n][::-1]
                return actions.merge(child, parent, by=here.users["clerk"])

            found = crowd(act)
            gone = Issue.objects.filter(pk__in=[one.pk for one in pair], status=Status.MERGED).count()
            tally.add(gone, found)
        return tally

    tally, few = run(board.count(ci=300, nightly=1000, quick=60)), board.count(ci=10, nightly=100)
    with monkeypatch.context() as patch:
        patch.setattr(holding, "_locked", lambda rows, **_how: rows)
        patch.setattr(holding, "after_check", lambda: time.sleep(0.01))
        loose = run(few)
    board.reach(
        "S3 merge",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"no lock: {loose.doubles} of {few} with both gone",
        control_failed=loose.doubles >= 0.9 * few,
    )
