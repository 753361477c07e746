"""The verbs of the desk by their addresses: what a press answers, and what a wrong press keeps."""

import re

import pytest
from django.urls import reverse

from tests.factories import stage
from tongxin.casework.actors import Teller
from tongxin.core import clock
from tongxin.issues import actions, queries
from tongxin.issues.models import IssueEntry, Status
from tongxin.issues.views.working import seen_of


@pytest.fixture
def clerk(client, here):
    client.force_login(here.users["clerk"])
    return client


def press(client, verb, issue, follow=False, **data):
    return client.post(reverse(f"issues:{verb}", args=[issue.number]), data, follow=follow)


def text_of(response) -> str:
    return re.sub(r"<[^>]+>", "", response.content.decode())


# --- done: 303, and a sentence that says what happened and when ------------------------------------------------
def test_dispatch_from_received_takes_on_and_says_to_whom_and_by_when(clerk, here):
    issue = stage.told(here, "m")
    response = press(clerk, "dispatch", issue, follow=True, post=str(here.posts["worker"].pk), seen=seen_of(issue))
    assert response.redirect_chain == [(reverse("issues:issue", args=[issue.number]), 303)]
    day = here.fresh("m").due_on
    text = text_of(response)
    assert f"{issue.number} 文书{here.users['clerk'].name}派给网格员{here.users['worker'].name}" in text
    assert f"{day.month} 月 {day.day} 日前办完" in text


def test_another_post_from_the_list(clerk, here):
    issue = stage.told(here, "m")
    press(clerk, "dispatch", issue, post="other", other=str(here.posts["mediator"].pk))
    assert here.fresh("m").handler_post == here.posts["mediator"]


def test_a_post_chosen_in_the_list_alone_counts(clerk, here):
    press(clerk, "dispatch", stage.told(here, "m"), other=str(here.posts["mediator"].pk))
    assert here.fresh("m").handler_post == here.posts["mediator"]


def test_two_posts_at_once_are_asked_back(clerk, here):
    chosen = {"post": str(here.posts["worker"].pk), "other": str(here.posts["mediator"].pk)}
    response = press(clerk, "dispatch", stage.told(here, "m"), **chosen)
    assert response.status_code == 422 and "选了两个岗位" in text_of(response)
    assert here.fresh("m").status == Status.TOLD


def test_a_day_without_work_is_moved_with_a_notice(clerk, here):
    issue = stage.told(here, "m")
    day = clock.today()
    from tongxin.core import workdays

    while workdays.is_workday(day):
        day = day.fromordinal(day.toordinal() + 1)
    response = press(clerk, "dispatch", issue, follow=True, post=str(here.posts["worker"].pk), due_on=day.isoformat())
    assert "不上班，顺延到" in text_of(response)
    assert here.fresh("m").due_on == workdays.next_workday(day)


DONE = [
    ("accept", stage.told, {"title": "老井边的路"}, Status.TAKEN, "接了"),
    ("decline", stage.told, {"reason": "是省道", "where_to": "公路段 0932-6000077"}, Status.DECLINED, "不归村上管"),
    ("refer", stage.taken, {"reason": "是省道", "where_to": "公路段 0932-6000077"}, Status.REFERRED, "转给了公路段"),
    ("give_up", stage.taken, {"reason": "山体不稳"}, Status.NOT_POSSIBLE, "办不成"),
    ("reclassify", stage.told, {"category": "water", "kind": "help"}, Status.TOLD, "改了这是啥事"),
    ("note", stage.given, {"text": "石子明天到"}, Status.DISPATCHED, "写了进展"),
    ("confirm", stage.answered, {"channel": "phone", "note": "说好了"}, Status.SOLVED, "说事的人说办好了"),
    ("not_yet", stage.answered, {"channel": "door", "note": "又塌了"}, Status.DISPATCHED, "说还没好"),
    ("join", stage.taken, {"channel": "phone", "phone": "138 2222 0099"}, Status.TAKEN, "记下了"),
]


@pytest.mark.parametrize(("verb", "maker", "data", "status", "said"), DONE, ids=[row[0] for row in DONE])
def test_a_verb_done(clerk, here, verb, maker, data, status, said):
    issue = maker(here, "m")
    response = press(clerk, verb, issue, follow=True, seen=seen_of(issue), **data)
    assert response.redirect_chain[0][1] == 303 and said in text_of(response)
    assert here.fresh("m").status == status


def test_merge_by_number_however_it_is_written(clerk, here):
    parent, child = stage.taken(here, "parent"), stage.told(here, "child")
    response = press(clerk, "merge", child, follow=True, into=parent.number.replace("-", " "))
    assert f"并到 {parent.number}" in text_of(response)
    assert here.fresh("child").merged_into == parent


@pytest.mark.parametrize("verb", ["answer", "hand_back"])
def test_a_handlers_verbs(client, here, verb):
    client.force_login(here.users["worker"])
    issue = stage.given(here, "m")
    data = {"reply": "填平了", "reason": "要挖机"}
    response = press(client, verb, issue, **{"from": "task"}, **data)
    assert (response.status_code, response["Location"]) == (303, reverse("issues:tasks"))
    assert here.fresh("m").status == {"answer": Status.ANSWERED, "hand_back": Status.TAKEN}[verb]


# --- 422: the same page, with what was typed --------------------------------------------------------------------
WRONG = [
    ("accept", stage.told, {"title": "找 13811112222"}, "去掉电话"),
    ("dispatch", stage.told, {}, "还没选派给谁"),
    ("dispatch", stage.told, {"post": "nonsense"}, "选个岗位"),
    ("dispatch", stage.told, {"due_on": "2001-01-01", "post": "worker"}, "日子已经过了"),
    ("dispatch", stage.told, {"due_on": "31.13.", "post": "worker"}, "不是日子"),
    ("decline", stage.told, {"reason": "是省道", "where_to": " "}, "写清可以找谁"),
    ("refer", stage.told, {"reason": "", "where_to": "公路段"}, "写明原因"),
    ("give_up", stage.taken, {"reason": ""}, "写明原因"),
    ("merge", stage.told, {"into": "23-0001-1"}, "号码对不上"),
    ("merge", stage.told, {"into": ""}, "写那一件的号"),
    ("reclassify", stage.told, {"category": "nonsense"}, "nonsense"),
    ("note", stage.given, {"text": "打 13811112222"}, "去掉电话"),
    ("note", stage.given, {"text": ""}, "写一句进展"),
    ("confirm", stage.answered, {"note": "说好了"}, "打电话还是上门"),
    ("confirm", stage.answered, {"channel": "clock"}, "打电话还是上门"),
    ("join", stage.taken, {"channel": "phone", "phone": "1381111222"}, "少 1 位"),
]


@pytest.mark.parametrize(("verb", "maker", "data", "said"), WRONG)
def test_a_wrong_press_keeps_what_was_typed(clerk, here, verb, maker, data, said):
    issue = maker(here, "m")
    if data.get("post") == "worker":
        data = {**data, "post": str(here.posts["worker"].pk)}
    response = press(clerk, verb, issue, **data)
    assert response.status_code == 422
    page = response.content.decode()
    assert said in text_of(response) and issue.number in page
    for typed in data.values():
        if typed.strip() and typed not in ("nonsense", "clock", "31.13.", "2001-01-01"):
            assert typed in page, typed
    assert here.fresh("m").status == issue.status and not IssueEntry.objects.filter(issue=issue, step=verb).exists()


def test_a_wrong_dispatch_from_the_list_comes_back_to_the_list(clerk, here):
    issue = stage.told(here, "m")
    back = reverse("issues:inbox") + "?status=told&group=1"
    response = press(clerk, "dispatch", issue, back=back, note="先去看看")
    assert response.status_code == 422 and response.templates[0].name == "issues/desk_inbox.html"
    assert response.context["filters"].status == "told" and "先去看看" in response.content.decode()


def test_merging_into_what_one_may_not_see_is_a_number_of_nothing(clerk, here):
    complaint = stage.told(here, "c", about_post=here.posts["secretary"])
    response = press(clerk, "merge", stage.told(here, "m"), into=complaint.number)
    assert response.status_code == 422 and "没有这个号" in text_of(response)


# --- 409: who was quicker ---------------------------------------------------------------------------------------
def test_a_stale_page_overwrites_nothing_and_shows_who_did_what(clerk, here):
    issue = stage.taken(here, "m")
    seen = seen_of(issue)
    actions.dispatch(issue, by=here.users["council"], post=here.posts["mediator"])
    response = press(clerk, "dispatch", issue, seen=seen, post=str(here.posts["worker"].pk), note="先去看看")
    assert response.status_code == 409
    text = text_of(response)
    assert f"议事会成员{here.users['council'].name}派给调解员" in text and "先去看看" in text
    assert here.fresh("m").handler_post == here.posts["mediator"]


def test_a_wrong_status_without_a_mark_is_found_by_the_table(clerk, here):
    response = press(clerk, "accept", stage.solved(here, "m"))
    assert response.status_code == 409 and here.fresh("m").status == Status.SOLVED


def test_ones_own_second_press_is_no_conflict(clerk, here):
    issue = stage.told(here, "m")
    data = {"seen": seen_of(issue), "post": str(here.posts["worker"].pk)}
    first, second = press(clerk, "dispatch", issue, **data), press(clerk, "dispatch", issue, follow=True, **data)
    assert first.status_code == 303 and second.redirect_chain[0][1] == 303
    assert "已经办过了" in text_of(second)
    assert IssueEntry.objects.filter(issue=issue, step="dispatch").count() == 1


def test_ones_own_second_press_that_hid_the_matter_is_no_404(client, here):
    client.force_login(here.users["helper"])
    issue = stage.taken(here, "m", place=None)
    actions.dispatch(issue, by=here.users["clerk"], post=here.posts["helper"])
    issue = here.fresh("m")
    data = {"seen": seen_of(issue), "reason": "要挖机", "from": "task"}
    assert press(client, "hand_back", issue, **data).status_code == 303
    assert press(client, "hand_back", issue, **data)["Location"] == reverse("issues:tasks")
    assert press(client, "answer", issue, reply="填平了").status_code == 404


def test_a_second_press_much_later_is_a_conflict(clerk, here):
    issue = stage.told(here, "m")
    with here.days_ago(0.1):
        actions.accept(issue, by=here.users["clerk"])
    assert press(clerk, "accept", issue, seen="told.0.").status_code == 409


def test_a_note_pressed_twice_is_one_line(clerk, here):
    issue = stage.given(here, "m")
    for _press in range(2):
        assert press(clerk, "note", issue, text="石子明天到", key="k").status_code == 303
    assert IssueEntry.objects.filter(issue=issue, step="note").count() == 1


def test_a_joined_voice_pressed_twice_is_one_voice(clerk, here):
    issue = stage.taken(here, "m")
    for _press in range(2):
        press(clerk, "join", issue, channel="phone", key="k")
    assert queries.others_count(issue) == 1


# --- 403 --------------------------------------------------------------------------------------------------------
def test_the_handler_may_pass_on_not_yet_and_never_done(client, here):
    client.force_login(here.users["worker"])
    issue = stage.answered(here, "m")
    assert press(client, "confirm", issue, channel="door").status_code == 403
    assert press(client, "not_yet", issue, channel="door").status_code == 303


def test_after_the_second_not_yet_the_council_waits_for_the_supervisors(clerk, here):
    issue = stage.answered(here, "m")
    for _turn in range(2):
        actions.not_yet(here.fresh("m"), by=Teller(issue.pk, "phone"))
        if here.fresh("m").status == Status.DISPATCHED:
            actions.answer(here.fresh("m"), by=here.users["worker"], reply="又填了")
    data = {"post": str(here.posts["helper"].pk)}
    assert press(clerk, "dispatch", issue, **data).status_code == 403
    clerk.force_login(here.users["supervisor"])
    assert press(clerk, "dispatch", issue, **data).status_code == 303


def test_the_taker_of_a_complaint_cannot_give_it_to_the_one_it_is_about(client, here):
    client.force_login(here.users["supervisor"])
    issue = stage.told(here, "c", about_post=here.posts["committee"])
    response = press(client, "dispatch", issue, post="other", other=str(here.posts["committee"].pk))
    assert response.status_code == 422 and here.fresh("c").status == Status.TOLD
