"""The handler fulfils; the teller judges: every step done, at the wrong time, by the wrong person, with wrong words."""

from datetime import timedelta

import pytest

from tests.factories import stage
from tongxin.casework.actors import Calendar, Teller
from tongxin.casework.models import Channel
from tongxin.core import clock, workdays
from tongxin.core.errors import DomainError, KeyReused, NotAllowed, WrongStatus
from tongxin.core.models import OutboxItem
from tongxin.issues import actions, queries
from tongxin.issues.models import IssueEntry, IssueFile, Status

MAKERS = {
    "told": stage.told,
    "taken": stage.taken,
    "dispatched": stage.given,
    "answered": stage.answered,
    "solved": stage.solved,
}
NUMBERS = ["打 13811112222", "电话 0932-6612345", "身份证 620102199003074513", "１３８１１１１２２２２"]


def teller(issue):
    return Teller(issue.pk, "phone")


# --- answer, hand back, note ------------------------------------------------------------------------------------
VERBS = {
    "answer": ({"reply": "填平了"}, {"dispatched"}),
    "hand_back": ({"reason": "要挖机"}, {"dispatched"}),
    "note": ({"text": "明天去看"}, {"taken", "dispatched"}),
}


@pytest.mark.parametrize("status", MAKERS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_from_each_status(here, verb, status):
    issue = MAKERS[status](here, "m")
    arguments, allowed = VERBS[verb]
    by = here.users["clerk" if status in ("told", "taken") else "worker"]
    if status in allowed:
        assert getattr(actions, verb)(issue, by=by, **arguments).by == by
    else:
        with pytest.raises(WrongStatus):
            getattr(actions, verb)(issue, by=by, **arguments)
        assert here.fresh("m").status == status


@pytest.mark.parametrize("who", ["helper", "committee", "supervisor", "former"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_not_for_everybody(here, verb, who):
    issue = stage.given(here, "m")
    with pytest.raises(NotAllowed):
        getattr(actions, verb)(issue, by=here.users[who], **VERBS[verb][0])
    assert here.fresh("m").status == Status.DISPATCHED


def test_the_council_writes_notes_and_does_not_answer_for_the_handler(here):
    issue = stage.given(here, "m")
    actions.note(issue, by=here.users["clerk"], text="问过了，周五来")
    for verb in ("answer", "hand_back"):
        with pytest.raises(NotAllowed):
            getattr(actions, verb)(issue, by=here.users["clerk"], **VERBS[verb][0])


def test_the_partner_answers_in_place_of_the_handler(here):
    actions.answer(stage.given(here, "m"), by=here.users["worker2"], reply="填平了")
    assert here.fresh("m").status == Status.ANSWERED


def test_an_answer_keeps_words_photos_and_the_first_moment(here):
    issue = stage.given(here, "m")
    actions.answer(issue, by=here.users["worker"], reply="  填平了 ", photos=[stage.photo()])
    issue = here.fresh("m")
    assert issue.reply == "填平了" and issue.answered_at == issue.first_answered_at
    assert [f.purpose for f in queries.files(issue)] == [IssueFile.Purpose.RESULT]
    assert OutboxItem.objects.filter(topic="issues.tell_tellers").count() == 1
    actions.not_yet(issue, by=teller(issue))
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        actions.answer(here.fresh("m"), by=here.users["worker"], reply="又填了")
    again = here.fresh("m")
    assert again.first_answered_at == issue.first_answered_at and again.answered_at > issue.answered_at


@pytest.mark.parametrize("text", ["", "  \n ", *NUMBERS])
@pytest.mark.parametrize(("verb", "word"), [("answer", "reply"), ("note", "text")])
def test_words_for_the_public_are_not_empty_and_hold_nobodys_number(here, verb, word, text):
    issue = stage.given(here, "m")
    with pytest.raises(DomainError) as caught:
        getattr(actions, verb)(issue, by=here.users["worker"], **{word: text})
    assert caught.value.field == word and here.fresh("m").status == Status.DISPATCHED


@pytest.mark.parametrize("reply", ["6 月 18 日填了 3 车石子", "23-0617-4 一块儿办了", "路灯 2023 款 120 瓦"])
def test_plain_figures_are_no_personal_numbers(here, reply):
    actions.answer(stage.given(here, "m"), by=here.users["worker"], reply=reply)
    assert here.fresh("m").reply == reply


def test_handing_back_needs_a_reason_and_frees_the_matter(here):
    issue = stage.given(here, "m")
    with pytest.raises(DomainError):
        actions.hand_back(issue, by=here.users["worker"], reason=" ")
    actions.hand_back(issue, by=here.users["worker"], reason="要挖机")
    issue = here.fresh("m")
    assert (issue.status, issue.handler_post) == (Status.TAKEN, None)
    assert queries.story(issue)[0].data["post"] == "网格员"


def test_a_note_pressed_twice_is_one(here):
    issue = stage.given(here, "m")
    for _press in range(2):
        actions.note(issue, by=here.users["worker"], text="石子明天拉来", key="k")
    assert IssueEntry.objects.filter(step="note").count() == 1
    with pytest.raises(KeyReused):
        actions.note(issue, by=here.users["worker"], text="别的话", key="k")
    actions.note(issue, by=here.users["worker"], text="石子明天拉来", key="k2")
    assert IssueEntry.objects.filter(step="note").count() == 2


# --- the verdict ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("status", ["told", "taken", "dispatched", "solved"])
@pytest.mark.parametrize("verb", ["confirm", "reopen", "appeal"])
def test_nobody_judges_what_was_not_answered(here, verb, status):
    issue = MAKERS[status](here, "m")
    with pytest.raises(WrongStatus):
        getattr(actions, verb)(issue, by=teller(issue))
    assert here.fresh("m").status == status


def test_the_teller_says_done(here):
    issue = stage.answered(here, "m")
    entry = actions.confirm(issue, by=teller(issue), note="谢谢")
    issue = here.fresh("m")
    assert (issue.status, issue.status_group) == (Status.SOLVED, "settled") and issue.settled_at
    assert (entry.by, entry.by_name, entry.channel) == (None, "", Channel.PAGE)


def test_staff_pass_on_what_they_heard_and_how(here):
    entry = actions.confirm(stage.answered(here, "m"), by=here.users["clerk"], channel=Channel.PHONE, note="说好了")
    assert (entry.by, entry.channel, entry.note) == (here.users["clerk"], Channel.PHONE, "说好了")


@pytest.mark.parametrize("who", ["worker", "committee", "helper", "township"])
def test_neither_the_handler_nor_a_passer_by_says_done(here, who):
    issue = stage.answered(here, "m")
    with pytest.raises(NotAllowed):
        actions.confirm(issue, by=here.users[who], channel=Channel.DOOR)
    other = stage.answered(here, "other")
    with pytest.raises(NotAllowed):
        actions.confirm(issue, by=teller(other))
    assert here.fresh("m").status == Status.ANSWERED


def test_the_handler_may_pass_on_a_not_yet(here):
    actions.not_yet(stage.answered(here, "m"), by=here.users["worker"], channel=Channel.DOOR)
    assert here.fresh("m").status == Status.DISPATCHED


def test_the_first_not_yet_goes_back_to_the_same_hands_with_five_working_days(here):
    issue = stage.answered(here, "m")
    actions.not_yet(issue, by=teller(issue), note="又塌了")
    issue = here.fresh("m")
    assert (issue.status, issue.handler_post, issue.reopened) == (Status.DISPATCHED, here.posts["worker"], 1)
    assert issue.due_on == workdays.add_workdays(clock.today(), 5)


def test_the_second_not_yet_goes_to_the_supervisors_who_dispatch_or_end_it(here):
    issue = stage.answered(here, "m")
    actions.not_yet(issue, by=teller(issue))
    actions.answer(here.fresh("m"), by=here.users["worker"], reply="又填了")
    actions.not_yet(here.fresh("m"), by=teller(issue))
    issue = here.fresh("m")
    assert (issue.status, issue.reopened) == (Status.APPEALED, 2)
    with pytest.raises(NotAllowed):
        actions.dispatch(issue, by=here.users["clerk"], post=here.posts["helper"])
    with pytest.raises(NotAllowed):
        actions.give_up(issue, by=here.users["clerk"], reason="不行")
    actions.dispatch(issue, by=here.users["supervisor"], post=here.posts["helper"])
    assert here.fresh("m").handler_post == here.posts["helper"]


def test_a_third_not_yet_goes_to_the_supervisors_again(here):
    issue = stage.answered(here, "m")
    for turn in range(3):
        actions.not_yet(here.fresh("m"), by=teller(issue))
        if here.fresh("m").status == Status.APPEALED:
            actions.dispatch(here.fresh("m"), by=here.users["supervisor"], post=here.posts["worker"])
        if turn < 2:
            actions.answer(here.fresh("m"), by=here.users["worker"], reply="又填了")
    assert here.fresh("m").reopened == 3


# --- silence ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("days", "status"), [(6.9, Status.ANSWERED), (7.1, Status.NO_REPLY)])
def test_silence_closes_after_seven_days_and_not_before(here, days, status):
    stage.answered(here, "m", days_ago=days)
    actions.lapse_silent(here.village, by=Calendar("issues.lapse"))
    issue = here.fresh("m")
    assert issue.status == status
    assert not queries.rows().solved().exists()


def test_the_number_of_days_is_the_villages(here):
    here.village.silence_days = 3
    stage.answered(here, "m", days_ago=4)
    assert actions.lapse_silent(here.village, by=Calendar("issues.lapse")) == 1


def test_nobody_but_the_calendar_lapses(here):
    issue = stage.answered(here, "m")
    with pytest.raises(NotAllowed):
        actions.lapse(issue, by=here.users["secretary"])


def test_joining_is_for_open_matters_of_the_council(here):
    issue = stage.taken(here, "m")
    actions.join(issue, by=here.users["worker"], key="k", channel=Channel.DOOR, phone="13822220099")
    assert queries.others_count(issue) == 1
    for closed in (stage.solved(here, "done"), stage.told(here, "c", about_post=here.posts["secretary"])):
        with pytest.raises(DomainError):
            actions.join(closed, by=None, key="k2")
    with pytest.raises(NotAllowed):
        actions.join(issue, by=here.users["former"], key="k3")
