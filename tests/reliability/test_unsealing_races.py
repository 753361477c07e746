"""S3 · An envelope with eight at it: one request, one word, whoever presses in the same moment."""

import pytest

from tests.factories import stage
from tests.factories.envelopes import CASE, WHY, YES
from tests.reliability.test_ledger_races import unheld
from tests.reliability.test_races import CROWD, Tally, copies, crowd, here  # noqa: F401 -- fixtures
from tongxin.audit.models import AuditEntry
from tongxin.issues import actions, queries
from tongxin.issues.models import Issue, Unsealing, UnsealingEntry

from . import board

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
FIRST, SECOND = ("supervisor", "township"), ("township", "secretary", "council")


def both(name, run, monkeypatch):
    tally, few = run(board.count(ci=60, nightly=1000)), board.count(ci=6, nightly=100)
    with monkeypatch.context() as patch:
        unheld(patch)
        loose = run(few)
    worst = max(loose.doubles, loose.errors)
    board.reach(
        f"S3 unsealing {name}",
        wanted=f"0 doubles, 0 none, 0 errors in {tally.trials} × {CROWD}",
        reached=str(tally),
        held=tally.is_clean,
        control=f"nothing held: {worst} of {few} done twice or broken off",
        control_failed=worst >= 0.9 * few,
    )


def sealed(here):  # noqa: F811
    """A pattern for copies: the code that opens it would be one for all of them."""
    pk = stage.told(here, "s", is_sealed=True).pk
    Issue.objects.filter(pk=pk).update(receipt_index="")
    return Issue.objects.get(pk=pk)


def asked(here, issue, n=0):  # noqa: F811
    return actions.ask_unsealing(issue, by=here.users[FIRST[n % 2]], reason=WHY, case_number=CASE)


def test_of_eight_who_ask_one_has_asked(here, crowd, monkeypatch):  # noqa: F811
    pattern = sealed(here)

    def run(trials):
        tally = Tally()
        for _ in range(trials):
            issue = copies(pattern)
            found = crowd(lambda n, issue=issue: asked(here, issue, n))
            tally.add(Unsealing.objects.filter(issue=issue.pk).count(), found)
        return tally

    both("asked", run, monkeypatch)


def test_of_eight_who_agree_or_refuse_one_has_spoken(here, crowd, monkeypatch):  # noqa: F811
    """And the chain holds one entry of it, which says the same."""
    pattern = sealed(here)
    acts = actions.agree_unsealing, actions.refuse_unsealing

    def run(trials):
        tally = Tally()
        for _ in range(trials):
            pk = asked(here, copies(pattern)).pk
            seen = [queries.opening(here.village.pk, pk) for _n in range(CROWD)]  # all of them saw it waiting
            found = crowd(lambda n, seen=seen: acts[n % 2](seen[n], by=here.users[SECOND[n % 3]], words=YES))
            steps = list(UnsealingEntry.objects.filter(unsealing=pk).values_list("step", flat=True))
            said = AuditEntry.objects.filter(subject_id=seen[0].asked.issue_id, act__startswith="issues.unseal_")
            same = [f"issues.unseal_{step}" for step in steps] == list(said.values_list("act", flat=True))
            tally.add(len(steps) if same else 0, found)
        return tally

    both("spoken", run, monkeypatch)
