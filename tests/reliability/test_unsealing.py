"""S20: an envelope that one alone, two of one body, the accused or the late want to open: none does (T09)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.factories import envelopes, stage
from tests.factories.envelopes import YES
from tests.issues.test_queries_recusing import home, person
from tests.issues.test_unsealing import second
from tongxin.audit.models import AuditEntry
from tongxin.bodies import queries as bodies
from tongxin.bodies.models import EmergencyAccess
from tongxin.core import clock, matrix, triggers
from tongxin.issues import access, actions, queries
from tongxin.issues.models import Unsealing, UnsealingEntry
from tongxin.territory import queries as territory
from tongxin.territory import scope

from . import board

PHONE = "13822220001"
Try = Callable[["object", queries.Opening], tuple[str, str]]  # who presses, and what


@pytest.fixture
def here(db):
    territory.forget_villages()
    made = stage.settle(stage.village())
    with scope.village(made.village.pk):
        yield made
    territory.forget_villages()


def _second_post(here, opening):
    stage.appoint(here, "supervisor", person(here, "township"))
    return "township", "unseal_agree"


def _lent(here, opening):
    fields = {"person": person(here, "helper"), "because": "住院了", "given_at": clock.now(), "hours": 24}
    stage.row(EmergencyAccess, village=here.village, post=here.posts["township"], **fields)
    return "helper", "unseal_agree"


def _agreed(here, opening):
    actions.agree_unsealing(opening, by=here.users["township"], words=YES)


def _third(here, opening):
    _agreed(here, opening)
    return second(here, "township"), "unseal_read"


def _late(here, opening):
    _agreed(here, opening)
    return "supervisor", "unseal_read"


TRIES: dict[str, Try] = {
    "one alone reads": lambda here, opening: ("supervisor", "unseal_read"),
    "the other reads before agreeing": lambda here, opening: ("township", "unseal_read"),
    "whoever asked agrees": lambda here, opening: ("supervisor", "unseal_agree"),
    "a second one of the same body": lambda here, opening: (second(here, "supervisor"), "unseal_agree"),
    "one who sits in both bodies": _second_post,
    "the accused": lambda here, opening: ("secretary", "unseal_agree"),
    "a kinsman of the accused": lambda here, opening: ("council", "unseal_agree"),
    "a colleague of the accused": lambda here, opening: (
        second(here, "secretary", "supervisor", body=here.posts["secretary"].body),
        "unseal_agree",
    ),
    "a post that is lent": _lent,
    "a third one reads": _third,
    "after 72 hours: agree": lambda here, opening: ("township", "unseal_agree"),
    "after 72 hours: read": _late,
}


def tried(here, name: str) -> tuple[bool, int]:
    """(whether it was opened or agreed to, entries of a refusal) for one press on a fresh complaint."""
    about = {"about_post": here.posts["secretary"], "words": "支书的事", "phone": PHONE}
    stage.told(here, name, **about)
    opening = envelopes.ask(here, name)
    who, door = TRIES[name](here, opening)
    before = UnsealingEntry.objects.count(), _refusals()
    client = Client(raise_request_exception=False)
    with clock.stopped_at(opening.asked.at + timedelta(hours=72 if "after" in name else 1)):
        client.force_login(here.users[who])
        page = client.post(here.path(reverse(f"issues:{door}", args=[opening.asked.pk])), {"words": YES})
    opened = UnsealingEntry.objects.count() > before[0] or PHONE in page.content.decode()
    return opened, _refusals() - before[1]


def _refusals() -> int:
    return AuditEntry.objects.filter(act="issues.unseal_denied").count()


def run(here) -> dict[str, tuple[bool, int]]:
    """Each try in the village as it was before it."""
    found = {}
    home(here, person(here, "secretary"), person(here, "council"), number="905")
    for name in TRIES:
        point, appointments = transaction.savepoint(), list(here.appointments)
        found[name] = tried(here, name)
        transaction.savepoint_rollback(point)
        here.appointments = appointments
    return found


def unguarded(patch: pytest.MonkeyPatch) -> None:
    """The control: no relation forbids anything, bodies are not told apart, the hours never end, no trigger stands."""
    allows = matrix.Right.allows
    patch.setattr(matrix.Right, "allows", lambda self, *given: allows(matrix.Right(self.name, self.by), *given))
    patch.setattr(access, "is_recused", lambda by, issue: False)
    patch.setattr(bodies, "bodies_of", lambda asked: frozenset())
    patch.setattr(Unsealing, "WINDOW", timedelta(days=999))
    triggers.remove(connection)


def test_nobody_opens_an_envelope_alone_or_late_and_each_try_is_one_entry(here, monkeypatch):
    found = run(here)
    opened = [name for name, (was, _n) in found.items() if was]
    wrong = [name for name, (_was, n) in found.items() if n != 1]
    with monkeypatch.context() as patch:
        unguarded(patch)
        loose = [name for name, (was, _n) in run_again(here).items() if was]
    board.reach(
        "S20 unsealing",
        wanted=f"0 of {len(TRIES)} opened, each exactly 1 entry",
        reached=f"{len(opened)} opened, {len(wrong)} without exactly 1 {' '.join(opened + wrong)}".strip(),
        held=not opened and not wrong,
        control=f"no guard: {len(loose)} opened",
        control_failed=len(loose) >= 5,
    )


def run_again(here) -> dict[str, tuple[bool, int]]:
    other = stage.settle(stage.village("nanshan", "南山村", 3))
    with scope.village(other.village.pk):
        return run(other)
