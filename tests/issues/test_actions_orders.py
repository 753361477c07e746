"""The council takes the order: every verb done, refused at the wrong status, refused to the wrong person."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import stage
from tongxin.core import clock
from tongxin.core.errors import DomainError, KeyReused, NotAllowed, WrongStatus
from tongxin.core.models import OutboxItem
from tongxin.issues import actions, queries
from tongxin.issues.models import Category, CategoryHandler, IssueEntry, Kind, Sitting, Status


def clerk(here):
    return here.users["clerk"]


def steps(issue) -> list[str]:
    return [entry.step for entry in queries.story(issue)][::-1]


# verb, arguments, from which statuses it may be taken
VERBS = {
    "accept": ({}, {"told"}),
    "decline": ({"reason": "是省道", "where_to": "公路段 0932-6000077"}, {"told", "taken"}),
    "refer": ({"reason": "是省道", "where_to": "公路段 0932-6000077"}, {"told", "taken"}),
    "give_up": ({"reason": "山体不稳"}, {"taken"}),
    "reclassify": ({"category": "water"}, {"told", "taken"}),
}
MAKERS = {
    "told": stage.told,
    "taken": stage.taken,
    "dispatched": stage.given,
    "answered": stage.answered,
    "solved": stage.solved,
}


@pytest.mark.parametrize("status", MAKERS)
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_from_each_status(here, verb, status):
    issue = MAKERS[status](here, "m")
    arguments, allowed = VERBS[verb]
    before = steps(issue)
    if status in allowed:
        entry = getattr(actions, verb)(issue, by=clerk(here), **arguments)
        assert entry.by == clerk(here) and entry.by_post == "文书" and steps(here.fresh("m")) == [*before, verb]
    else:
        with pytest.raises(WrongStatus):
            getattr(actions, verb)(issue, by=clerk(here), **arguments)
        assert here.fresh("m").status == status and steps(issue) == before


@pytest.mark.parametrize("who", ["committee", "supervisor", "township", "worker", "helper", "former"])
@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_not_for_everybody(here, verb, who):
    status = "taken" if verb == "give_up" else "told"
    issue = MAKERS[status](here, "m")
    with pytest.raises(NotAllowed):
        getattr(actions, verb)(issue, by=here.users[who], **VERBS[verb][0])
    assert here.fresh("m").status == status


def test_a_stranger_from_the_next_village_takes_no_step(here):
    user = stage.everybody(stage.settle(stage.village("shiping", "石坪村", 2)))
    with pytest.raises(NotAllowed):
        actions.accept(stage.told(here, "m"), by=user)


# --- accept, reclassify -----------------------------------------------------------------------------------------
def test_accepting_may_give_the_public_title(here):
    issue = stage.told(here, "m")
    actions.accept(issue, by=clerk(here), title="  老井边  路灯不亮 ")
    assert (here.fresh("m").status, here.fresh("m").title) == (Status.TAKEN, "老井边 路灯不亮")


@pytest.mark.parametrize("title", ["找张三 13811112222", "户口 620102199003074513"])
def test_a_public_title_holds_nobodys_number(here, title):
    with pytest.raises(DomainError) as caught:
        actions.accept(stage.told(here, "m"), by=clerk(here), title=title)
    assert caught.value.field == "title" and here.fresh("m").status == Status.TOLD


def test_reclassifying_leaves_the_clocks_and_keeps_a_complaint_one(here):
    issue = stage.told(here, "m")
    due = issue.due_on
    actions.reclassify(issue, by=clerk(here), category=Category.LIGHT, kind=Kind.SUGGESTION, title="路灯")
    issue = here.fresh("m")
    assert (issue.category, issue.kind, issue.title, issue.due_on) == (Category.LIGHT, Kind.SUGGESTION, "路灯", due)
    complaint = stage.told(here, "c", about_post=here.posts["secretary"])
    actions.reclassify(complaint, by=here.users["supervisor"], category=Category.OTHER, kind=Kind.HELP)
    assert here.fresh("c").kind == Kind.COMPLAINT
    with pytest.raises(DomainError):
        actions.reclassify(issue, by=clerk(here), category="nonsense")


# --- decline, refer, give up ------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", ["decline", "refer"])
@pytest.mark.parametrize(("reason", "where_to", "field"), [(" ", "镇政府", "reason"), ("不归村上", " ", "where_to")])
def test_nobody_is_sent_away_without_a_reason_and_an_address(here, verb, reason, where_to, field):
    issue = stage.told(here, "m")
    with pytest.raises(DomainError) as caught:
        getattr(actions, verb)(issue, by=clerk(here), reason=reason, where_to=where_to)
    assert caught.value.field == field and here.fresh("m").is_open


def test_a_declined_matter_says_where_to_and_is_settled(here):
    actions.decline(stage.told(here, "m"), by=clerk(here), reason="是省道", where_to="公路段 0932-6000077")
    issue = here.fresh("m")
    assert (issue.status, issue.status_group, issue.where_to) == (Status.DECLINED, "settled", "公路段 0932-6000077")
    assert issue.settled_at is not None and queries.story(issue)[0].data["where_to"] == "公路段 0932-6000077"


def test_giving_up_is_an_answer_and_needs_its_reason(here):
    issue = stage.taken(here, "m")
    with pytest.raises(DomainError):
        actions.give_up(issue, by=clerk(here), reason="")
    actions.give_up(issue, by=clerk(here), reason="山体不稳，修不成")
    issue = here.fresh("m")
    assert (issue.status, issue.reply) == (Status.NOT_POSSIBLE, "山体不稳，修不成") and issue.answered_at


# --- merge ------------------------------------------------------------------------------------------------------
def test_merging_keeps_every_teller_and_writes_both_stories(here):
    parent, child, grandchild = stage.taken(here, "parent"), stage.told(here, "child"), stage.told(here, "grandchild")
    actions.merge(grandchild, child, by=clerk(here))
    actions.merge(here.fresh("child"), parent, by=clerk(here))
    assert here.fresh("grandchild").merged_into == here.fresh("child").merged_into == parent
    assert here.fresh("child").status_group == "void"
    assert queries.story(parent)[0].data == {"number": child.number}
    assert queries.story(child)[0].data == {"into": parent.number}


def test_a_sealed_report_merged_into_an_open_one_leaves_its_words_behind(here):
    parent = stage.taken(here, "parent")
    child = stage.told(here, "child", is_sealed=True, words="别说是我说的", phone="")
    actions.merge(child, parent, by=clerk(here))
    parent = here.fresh("parent")
    told = parent.words + parent.title + "".join(e.note + str(e.data) for e in queries.story(parent))
    assert "别说是我说的" not in told and not parent.is_sealed


@pytest.mark.parametrize("what", ["itself", "settled", "complaint", "merged"])
def test_what_cannot_take_another_one_in(here, what):
    issue = stage.told(here, "m")
    into = issue
    if what == "settled":
        into = stage.solved(here, "into")
    elif what == "complaint":
        into = stage.told(here, "into", about_post=here.posts["secretary"])
    elif what == "merged":
        into = stage.told(here, "into")
        actions.merge(into, stage.taken(here, "other"), by=clerk(here))
    with pytest.raises(DomainError) as caught:
        actions.merge(issue, into, by=clerk(here))
    assert caught.value.field == "into" and here.fresh("m").status == Status.TOLD


def test_nothing_is_merged_by_who_takes_no_orders(here):
    with pytest.raises(NotAllowed):
        actions.merge(stage.told(here, "m"), stage.taken(here, "into"), by=here.users["worker"])


# --- dispatch ---------------------------------------------------------------------------------------------------
def test_one_press_takes_on_and_dispatches(here):
    entry = actions.dispatch(stage.told(here, "m"), by=clerk(here), post=here.posts["worker"], title="老井边的路")
    issue = here.fresh("m")
    assert (issue.status, issue.handler_post, issue.title) == (Status.DISPATCHED, here.posts["worker"], "老井边的路")
    assert steps(issue) == ["report", "accept", "dispatch"]
    assert entry.data["to"] == here.users["worker"].name
    assert OutboxItem.objects.filter(topic="issues.tell_handler").count() == 1


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("asked", "due", "moved_from"),
    [
        ("2023-06-20", "2023-06-20", ""),
        ("2023-06-22", "2023-06-25", "2023-06-22"),  # the Dragon Boat Festival; the Sunday after it is worked
        ("2023-06-24", "2023-06-25", "2023-06-24"),
        ("2023-06-25", "2023-06-25", ""),
        ("2023-09-29", "2023-10-07", "2023-09-29"),  # Mid-Autumn and National Day
    ],
)
def test_a_day_without_work_moves_on_and_the_entry_says_so(here, asked, due, moved_from):
    with clock.stopped_at(at("2023-06-19 09:00")):
        issue = stage.told(here, "m", days_ago=0)
        entry = actions.dispatch(issue, by=clerk(here), post=here.posts["worker"], due_on=date.fromisoformat(asked))
    assert (entry.data["due_on"], entry.data["moved_from"]) == (due, moved_from)
    assert here.fresh("m").due_on == date.fromisoformat(due)


def test_a_day_in_the_past_is_refused_and_today_is_not(here):
    with clock.stopped_at(at("2023-06-19 23:30")):  # 15:30 in Greenwich: the day is the village's
        issue = stage.told(here, "m", days_ago=0)
        with pytest.raises(DomainError) as caught:
            actions.dispatch(issue, by=clerk(here), post=here.posts["worker"], due_on=date(2023, 6, 18))
        assert caught.value.field == "due_on" and here.fresh("m").status == Status.TOLD
        actions.dispatch(issue, by=clerk(here), post=here.posts["worker"], due_on=date(2023, 6, 19))
    assert here.fresh("m").due_on == date(2023, 6, 19)


def test_what_is_late_already_gets_three_working_days(here):
    issue = stage.taken(here, "m", days_ago=30)
    actions.dispatch(issue, by=clerk(here), post=here.posts["worker"])
    assert here.fresh("m").due_on > clock.today()


@pytest.mark.parametrize("post", ["clerk", "supervisor", "council"])
def test_a_post_that_takes_no_matters_gets_none(here, post):
    with pytest.raises(DomainError) as caught:
        actions.dispatch(stage.told(here, "m"), by=clerk(here), post=here.posts[post])
    assert caught.value.field == "post" and here.fresh("m").status == Status.TOLD


def test_an_empty_post_an_ended_one_and_one_next_door_get_none(here):
    issue = stage.told(here, "m")
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    with pytest.raises(DomainError):
        actions.dispatch(issue, by=clerk(here), post=neighbour.posts["worker"])
    holder = next(a for a in here.appointments if a.post_id == here.posts["helper"].pk)
    holder.to_on = clock.today()
    holder.save()
    with pytest.raises(DomainError):
        actions.dispatch(issue, by=clerk(here), post=here.posts["helper"])
    here.posts["mediator"].ended_on = clock.today()
    with pytest.raises(DomainError):
        actions.dispatch(issue, by=clerk(here), post=here.posts["mediator"])
    assert steps(here.fresh("m")) == ["report"]


def test_a_complaint_never_goes_to_the_one_it_is_about(here):
    issue = stage.told(here, "m", about_post=here.posts["committee"])
    with pytest.raises(DomainError):
        actions.dispatch(issue, by=here.users["supervisor"], post=here.posts["committee"], note="查一下")
    stage.appoint(here, "mediator", here.persons[here.users["committee"].name])
    with pytest.raises(DomainError):
        actions.dispatch(issue, by=here.users["supervisor"], post=here.posts["mediator"], note="查一下")
    actions.dispatch(issue, by=here.users["supervisor"], post=here.posts["helper"], note="查一下")
    assert here.fresh("m").handler_post == here.posts["helper"]


def test_giving_it_to_somebody_else_takes_it_from_the_first(here):
    issue = stage.given(here, "m")
    actions.dispatch(issue, by=clerk(here), post=here.posts["mediator"])
    today = clock.today()
    assert not queries.tasks_of(here.users["worker"], here.village.pk, today)
    assert queries.tasks_of(here.users["mediator"], here.village.pk, today).count() == 1


def test_the_second_of_two_who_press_at_once_is_told_so(here):
    issue = stage.told(here, "m")
    stale = here.fresh("m")
    actions.accept(issue, by=clerk(here))
    with pytest.raises(WrongStatus):
        actions.decline(stale, by=here.users["council"], reason="不归村上", where_to="镇政府")
    assert here.fresh("m").status == Status.TAKEN


@pytest.mark.parametrize("who", ["committee", "supervisor", "worker", "helper"])
def test_who_takes_no_orders_dispatches_nothing(here, who):
    with pytest.raises(NotAllowed):
        actions.dispatch(stage.taken(here, "m"), by=here.users[who], post=here.posts["worker"])


# --- sittings, and who usually does what ------------------------------------------------------------------------
def test_a_sitting_sees_acts_once(here):
    stage.taken(here, "m")
    act = queries.duty_acts(here.village.pk)[0]
    sitting = actions.hold_sitting(
        here.village, by=clerk(here), held_on=clock.today(), present=7, note="都看过了", entries=[act.pk, act.issue_id]
    )
    assert sitting.items.count() == 1 and not queries.duty_acts(here.village.pk)
    again = actions.hold_sitting(here.village, by=clerk(here), held_on=clock.today(), present=7, entries=[act.pk])
    assert again.items.count() == 0


def test_a_sitting_pressed_twice_is_one_and_with_other_figures_is_refused(here):
    held = {"by": clerk(here), "held_on": clock.today(), "key": "k"}
    first = actions.hold_sitting(here.village, present=7, **held)
    assert actions.hold_sitting(here.village, present=7, **held) == first and Sitting.objects.count() == 1
    with pytest.raises(KeyReused):
        actions.hold_sitting(here.village, present=8, **held)


@pytest.mark.parametrize(("days", "present", "field"), [(1, 5, "held_on"), (0, 0, "present")])
def test_a_sitting_that_cannot_have_been(here, days, present, field):
    day = clock.today() + timedelta(days=days)
    with pytest.raises(DomainError) as caught:
        actions.hold_sitting(here.village, by=clerk(here), held_on=day, present=present)
    assert caught.value.field == field and not Sitting.objects.exists()


def test_a_sitting_is_the_councils_to_record(here):
    with pytest.raises(NotAllowed):
        actions.hold_sitting(here.village, by=here.users["supervisor"], held_on=clock.today(), present=5)


def test_the_usual_post_is_set_changed_and_taken_away(here):
    given = {"by": clerk(here), "category": Category.ROAD}
    actions.set_usual_handler(here.village, post=here.posts["helper"], question="路坏了", **given)
    actions.set_usual_handler(here.village, post=here.posts["mediator"], question="路坏了", **given)
    row = CategoryHandler.objects.get(category=Category.ROAD)
    assert (row.post, row.question) == (here.posts["mediator"], "路坏了")
    assert actions.set_usual_handler(here.village, post=None, **given) is None
    assert not CategoryHandler.objects.filter(category=Category.ROAD).exists()


def test_what_cannot_be_a_usual_post(here):
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    for category, post in (("nonsense", "helper"), (Category.ROAD, "clerk")):
        with pytest.raises(DomainError):
            actions.set_usual_handler(here.village, by=clerk(here), category=category, post=here.posts[post])
    with pytest.raises(DomainError):
        actions.set_usual_handler(here.village, by=clerk(here), category=Category.ROAD, post=neighbour.posts["helper"])
    with pytest.raises(NotAllowed):
        actions.set_usual_handler(
            here.village, by=here.users["worker"], category=Category.ROAD, post=here.posts["helper"]
        )


def test_an_entry_keeps_name_and_post_of_the_day(here):
    actions.accept(stage.told(here, "m"), by=clerk(here))
    user = clerk(here)
    name, user.name = user.name, "改了名"
    user.save()
    entry = IssueEntry.objects.get(step="accept")
    assert (entry.by_name, entry.by_post) == (name, "文书")
