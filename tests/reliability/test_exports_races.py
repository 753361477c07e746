"""S3 · A list of many persons with eight at it: one word, and it goes out once, whoever presses in the same moment."""

import pytest

from tests.factories import exports
from tests.reliability.test_ledger_races import unheld
from tests.reliability.test_races import CROWD, Tally, crowd, here  # noqa: F401 -- fixtures
from tongxin.audit.models import AuditEntry
from tongxin.exports import actions
from tongxin.exports.models import ExportEntry

from . import board

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
SECOND = ("township", "secretary", "supervisor")


def both(name, run, monkeypatch):
    tally, few = run(board.count(ci=40, nightly=1000), "a"), board.count(ci=6, nightly=100)
    with monkeypatch.context() as patch:
        unheld(patch)
        loose = run(few, "b")
    worst = max(loose.doubles, loose.errors)
    board.reach(
        f"S3 export {name}",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"nothing held: {worst} of {few} done twice or broken off",
        control_failed=worst >= 0.9 * few,
    )


def left(found, act):
    """How often it was done; 0 when the chain does not say the same."""
    steps = list(ExportEntry.objects.filter(export=found.asked.pk, step__in=act).values_list("step", flat=True))
    said = AuditEntry.objects.filter(subject_id=found.asked.pk, act__in=[f"exports.{step}" for step in act])
    return len(steps) if [f"exports.{step}" for step in steps] == list(said.values_list("act", flat=True)) else 0


def test_of_eight_who_agree_or_refuse_one_has_spoken(here, crowd, monkeypatch):  # noqa: F811
    acts = actions.agree_export, actions.refuse_export

    def run(trials, name):
        tally = Tally()
        for n in range(trials):
            found = exports.ask(here, query=f"{name}{n}")
            act = lambda n, found=found: acts[n % 2](found, by=here.users[SECOND[n % 3]], words=exports.YES)  # noqa: E731
            pressed = crowd(act)
            tally.add(left(found, ("agree", "refuse")), pressed)
        return tally

    both("spoken", run, monkeypatch)


def test_of_eight_who_take_it_one_has_it(here, crowd, monkeypatch):  # noqa: F811
    def run(trials, name):
        tally = Tally()
        for n in range(trials):
            found = exports.agreed(here, query=f"{name}{n}")
            pressed = crowd(lambda _n, found=found: actions.take_export(found, by=here.users["clerk"]))
            tally.add(left(found, ("take",)), pressed)
        return tally

    both("taken", run, monkeypatch)
