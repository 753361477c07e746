"""The sentence of every step, with names of the day and working days; and what may stand in public."""

import pytest
from django.utils import translation

from tests.factories import stage
from tongxin.casework.actors import Calendar, Teller
from tongxin.casework.models import Channel
from tongxin.core.errors import DomainError
from tongxin.issues import actions, queries, wording
from tongxin.issues.models import IssueEntry
from tongxin.issues.workflow import ISSUE


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def said(issue) -> list[str]:
    return [wording.sentence(entry) for entry in queries.story(issue)][::-1]


def test_the_story_of_one_matter_reads_as_sentences(here):
    issue = stage.answered(here, "m")
    actions.not_yet(issue, by=Teller(issue.pk, "phone"), note="又塌了")
    lines = said(issue)
    council, worker = here.users["council"].name, here.users["worker"].name
    assert lines[0] == "在网页上说的。"
    assert lines[1] == f"议事会成员{council}接了。"
    assert lines[2].startswith(f"议事会成员{council}派给网格员{worker}，说好 ")
    assert lines[3] == f"网格员{worker}说办好了，等您看行不行。"
    assert lines[4].startswith("说事的人说：还没好。")


@pytest.mark.parametrize(
    "channel", [Channel.CODE, Channel.PAGE, Channel.PHONE, Channel.DOOR, Channel.DESK, Channel.PAPER]
)
def test_how_it_was_told_has_its_own_words(here, channel):
    by = "" if channel in (Channel.CODE, Channel.PAGE) else "worker"
    issue = stage.told(here, "m", by=by, channel=channel)
    assert (here.users["worker"].name in said(issue)[0]) == bool(by)


@pytest.mark.parametrize(
    "step", [name for name in ISSUE.steps if name not in ("confirm", "reopen", "appeal")] + ["merged_here"]
)
def test_every_step_has_a_sentence_with_nothing_left_open(step):
    entry = IssueEntry(
        step=step,
        by_name="李四",
        by_post="文书",
        data={
            "post": "网格员",
            "to": "王五",
            "due_on": "2023-06-20",
            "where_to": "镇上",
            "number": "23-0001-2",
            "into": "23-0001-2",
        },
    )
    text = wording.sentence(entry)
    assert text.endswith("。") and "%(" not in text
    assert step in ("lapse", "add", "pass_up") or "文书李四" in text


@pytest.mark.parametrize("step", ["confirm", "reopen", "appeal"])
def test_a_verdict_passed_on_says_by_whom(here, step):
    alone = IssueEntry(step=step, data={"due_on": "2023-06-20"})
    passed = IssueEntry(
        step=step, by=here.users["clerk"], by_name="李四", by_post="文书", data={"due_on": "2023-06-20"}
    )
    assert "文书李四" in wording.sentence(passed) and "李四" not in wording.sentence(alone)


def test_a_moved_day_is_said():
    data = {"post": "网格员", "to": "王五", "due_on": "2023-06-25", "moved_from": "2023-06-22"}
    assert "遇休息日" in wording.sentence(IssueEntry(step="dispatch", by_name="李四", by_post="文书", data=data))


def test_an_unknown_step_of_an_older_time_still_names_who_did_it():
    assert wording.sentence(IssueEntry(step="forgotten", by_name="李四", by_post="文书")) == "文书李四"


def test_silence_is_never_called_satisfaction(here):
    issue = stage.answered(here, "m", days_ago=9)
    actions.lapse(issue, by=Calendar("issues.lapse"))
    assert said(issue)[-1] == "没人说行不行，按没回话了结。"


@pytest.mark.parametrize(("typed", "kept"), [("", ""), ("  老井边\n 路灯 ", "老井边 路灯"), ("路" * 99, "路" * 60)])
def test_a_title_is_one_short_line(typed, kept):
    assert wording.clean_title(typed) == kept


@pytest.mark.parametrize(
    "text", ["13811112222", "138 1111 2222", "１３８１１１１２２２２", "0932-6612345", "620102199003074513"]
)
def test_neither_title_nor_answer_holds_a_number_of_somebody(text):
    for clean in (wording.clean_title, wording.clean_reply):
        with pytest.raises(DomainError):
            clean(f"找 {text}")


def test_the_fault_stands_at_the_field_that_was_typed():
    with pytest.raises(DomainError) as caught:
        wording.clean_reply("", field="text")
    assert caught.value.field == "text"
