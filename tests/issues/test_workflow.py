"""The table of the main job: the way through it, dead ends it must not have, and what a page may offer."""

import pytest

from tests.factories import stage
from tongxin.casework.actors import Calendar, Teller
from tongxin.casework.models import StatusGroup
from tongxin.issues.models import GROUPS, Status
from tongxin.issues.workflow import ISSUE, OPEN

# The table once more, in the words of whoever wrote it down: step, from, to.
WAYS = {
    ("accept", "told", "taken"),
    ("dispatch", "taken", "dispatched"),
    ("dispatch", "dispatched", "dispatched"),
    ("dispatch", "appealed", "dispatched"),
    ("hand_back", "dispatched", "taken"),
    ("answer", "dispatched", "answered"),
    ("confirm", "answered", "solved"),
    ("reopen", "answered", "dispatched"),
    ("appeal", "answered", "appealed"),
    ("lapse", "answered", "no_reply"),
    ("decline", "told", "declined"),
    ("decline", "taken", "declined"),
    ("refer", "told", "referred"),
    ("refer", "taken", "referred"),
    ("refer", "appealed", "referred"),
    ("give_up", "taken", "not_possible"),
    ("give_up", "appealed", "not_possible"),
    ("merge", "told", "merged"),
    ("merge", "taken", "merged"),
    ("note", "taken", "taken"),
    ("note", "dispatched", "dispatched"),
    ("note", "appealed", "appealed"),
    ("reclassify", "told", "told"),
    ("reclassify", "taken", "taken"),
    *((step, status, status) for step in ("add", "pass_up") for status in OPEN),
}


def test_the_table_is_what_was_agreed():
    assert {
        (step.name, source, step.target or source) for step in ISSUE.steps.values() for source in step.sources
    } == WAYS


def test_every_status_has_its_group_and_closed_ones_lead_nowhere():
    assert set(GROUPS) == set(Status)
    leaving = {source for _step, source, target in WAYS if target != source}
    for status, group in GROUPS.items():
        assert (status in leaving) == (group == StatusGroup.OPEN), status


@pytest.mark.parametrize(
    ("maker", "who", "offered"),
    [
        (stage.told, "clerk", {"accept", "decline", "refer", "merge", "reclassify"}),
        (stage.told, "committee", set()),
        (stage.told, "worker", set()),
        (stage.taken, "council", {"dispatch", "decline", "refer", "give_up", "merge", "note", "reclassify"}),
        (stage.given, "worker", {"answer", "hand_back", "note"}),
        (stage.given, "worker2", {"answer", "hand_back", "note"}),
        (stage.given, "clerk", {"dispatch", "note"}),
        (stage.given, "supervisor", set()),
        (stage.answered, "worker", {"reopen", "appeal"}),
        (stage.answered, "clerk", {"confirm", "reopen", "appeal"}),
        (stage.answered, "supervisor", {"confirm", "reopen", "appeal"}),
        (stage.solved, "clerk", set()),
    ],
)
def test_what_is_open_to_whom(here, maker, who, offered):
    issue = maker(here, "m", place=None, grid=here.grids[0])
    assert {step.name for step in ISSUE.open_to(here.users[who], issue)} == offered


def test_what_is_open_to_the_teller_and_to_the_calendar(here):
    issue = stage.answered(here, "m")
    assert {s.name for s in ISSUE.open_to(Teller(issue.pk, "phone"), issue)} == {"confirm", "reopen", "appeal", "add"}
    assert {s.name for s in ISSUE.open_to(Calendar("issues.lapse"), issue)} == {"lapse"}
    complaint = stage.told(here, "complaint", about_post=here.posts["clerk"])
    assert {s.name for s in ISSUE.open_to(Calendar("issues.recuse"), complaint)} == {"pass_up"}
    assert ISSUE.open_to(None, issue) == []
