"""Questions about issues: what is whose, how many wait, what is alike, to whom it could go."""

from datetime import date, timedelta

import pytest

from tests.factories import stage
from tongxin.bodies import queries as bodies
from tongxin.casework.actors import Teller
from tongxin.core import clock, numbers
from tongxin.issues import actions, queries
from tongxin.issues.models import Category, CategoryHandler, Issue
from tongxin.territory import scope


def names(here, rows) -> set[str]:
    by_id = {issue.pk: name for name, issue in here.issues.items()}
    return {by_id[issue.pk] for issue in rows}


@pytest.fixture
def several(here):
    """One of each kind that the lists tell apart, all at the grid of `worker`."""
    ground = {"place": None, "grid": here.grids[0]}
    stage.told(here, "told", **ground)
    stage.told(here, "sealed", is_sealed=True, **ground)
    stage.given(here, "given", **ground)
    stage.answered(here, "answered", **ground)
    stage.solved(here, "solved", **ground)
    stage.told(here, "complaint", about_post=here.posts["secretary"], **ground)
    stage.told(here, "upwards", about_post=here.posts["supervisor"], **ground)
    stage.told(here, "elsewhere", place=None, grid=here.grids[2])
    return here


# --- what is whose ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("clerk", {"told", "sealed", "given", "answered", "solved", "elsewhere"}),
        ("committee", {"told", "sealed", "given", "answered", "solved", "elsewhere"}),
        ("supervisor", {"told", "sealed", "given", "answered", "solved", "elsewhere", "complaint"}),
        ("township", {"told", "sealed", "given", "answered", "solved", "elsewhere", "upwards"}),
        ("worker", {"told", "given", "answered", "solved"}),
        ("worker2", {"given", "answered", "solved"}),
        ("helper", set()),
        ("former", set()),
    ],
)
def test_each_sees_what_the_post_needs(several, who, seen):
    assert names(several, queries.visible_to(several.users[who], several.village.pk)) == seen


@pytest.mark.parametrize(
    ("who", "orders"),
    [
        ("clerk", {"told", "sealed", "given", "answered", "elsewhere"}),
        ("secretary", {"told", "sealed", "given", "answered", "elsewhere"}),
        ("supervisor", {"complaint"}),
        ("township", {"upwards"}),
        ("committee", set()),
        ("worker", set()),
    ],
)
def test_each_office_has_its_own_inbox(several, who, orders):
    assert names(several, queries.orders_for(several.users[who], several.village.pk)) == orders


def test_an_appeal_comes_to_the_supervisors_and_stays_with_the_council(here):
    issue = stage.answered(here, "hole")
    for _turn in range(2):
        actions.not_yet(here.fresh("hole"), by=Teller(issue.pk, "phone"))
        if here.fresh("hole").status == "dispatched":
            actions.answer(here.fresh("hole"), by=here.users["worker"], reply="又填了一回")
    for who in ("supervisor", "clerk"):
        assert names(here, queries.orders_for(here.users[who], here.village.pk)) == {"hole"}


def test_tasks_are_those_of_the_own_post(several):
    today = clock.today()
    assert names(several, queries.tasks_of(several.users["worker"], several.village.pk, today)) == {"given"}
    assert not queries.tasks_of(several.users["worker2"], several.village.pk, today)
    assert not queries.tasks_of(several.users["clerk"], several.village.pk, today)


def test_the_partner_gets_the_tasks_while_the_worker_is_on_leave(several):
    today = clock.today()
    mine = next(a for a in several.appointments if a.post_id == several.posts["worker"].pk)
    mine.away_from, mine.away_to = today, today + timedelta(days=3)
    mine.save()
    assert names(several, queries.tasks_of(several.users["worker2"], several.village.pk, today)) == {"given"}
    after = today + timedelta(days=3)
    assert not queries.tasks_of(several.users["worker2"], several.village.pk, after)


def test_nothing_of_the_neighbour_is_counted_or_listed(several):
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    user = stage.everybody(neighbour)
    assert not queries.visible_to(user, several.village.pk)
    with scope.village(neighbour.village.pk):
        assert not queries.visible_to(several.users["clerk"], neighbour.village.pk)
        assert not queries.visible_to(user, neighbour.village.pk)


# --- how many ---------------------------------------------------------------------------------------------------
def test_several_counts_are_one_statement(several, django_assert_num_queries):
    user = several.users["clerk"]
    bodies.held(user, several.village.pk)
    rows = queries.visible_to(user, several.village.pk)
    with django_assert_num_queries(1):
        found = queries.counts(
            several.village.pk, every=rows, open=rows.open(), none=rows.none(), empty=rows.filter(pk__in=[])
        )
    assert found == {"every": 6, "open": 5, "none": 0, "empty": 0}


def test_counting_stops_at_a_thousand(several, monkeypatch):
    from tongxin.issues.queries import seeing

    monkeypatch.setattr(seeing, "MANY", 3)
    rows = queries.rows().of(several.village)
    assert queries.counts(several.village.pk, every=rows) == {"every": 4}  # one more says 'more than'
    assert queries.bounded(rows) == 3


def test_buckets_by_due_day(here):
    today = clock.today()
    for name, days in (("late", -1), ("today", 0), ("soon", 1), ("still_soon", 5), ("later", 6)):
        issue = stage.told(here, name)
        Issue.objects.filter(pk=issue.pk).update(due_on=today + timedelta(days=days))
    assert queries.buckets(here.village.pk, queries.rows(), today) == queries.Buckets(late=1, today=1, soon=2, later=1)


def test_waiting_for_a_word_counts_from_the_answer(here):
    stage.answered(here, "fresh", days_ago=2.9)
    stage.answered(here, "silent", days_ago=3.1)
    assert names(here, queries.waiting_for_word(queries.rows(), 3)) == {"silent"}


# --- finding ----------------------------------------------------------------------------------------------------
def test_a_list_is_narrowed_by_number_title_or_words(here):
    hole, other = stage.taken(here, "hole"), stage.told(here, "lamp", words="灯不亮")
    rows = queries.rows()
    digits = hole.number.replace("-", "")
    for text in (hole.number, digits, hole.number[3:7], "集市口的路", hole.title[:2]):
        assert hole.pk in {issue.pk for issue in queries.found_by_text(rows, text)}, text
    assert [i.pk for i in queries.found_by_text(rows, "灯不亮")] == [other.pk]
    assert not queries.found_by_text(rows, "没有这句话")
    assert queries.found_by_text(rows, "  ").count() == 2


def test_a_number_with_a_wrong_check_digit_finds_nothing_by_accident(here):
    issue = stage.told(here, "hole")
    wrong = issue.number[:-1] + str((int(issue.number[-1]) + 1) % 10)
    with pytest.raises(numbers.BadNumber):
        queries.by_number(here.village.pk, wrong)
    assert not queries.found_by_text(queries.rows(), wrong)


def test_what_is_alike_by_place_household_or_group_and_category(here):
    place, home = here.places[0], here.households[0]
    stage.told(here, "place", place=place, days_ago=40)
    stage.told(here, "home", place=None, household=home, days_ago=1)
    stage.told(here, "home_long_ago", place=None, household=home, days_ago=3)
    stage.told(here, "group", place=None, group=here.groups[2], days_ago=14)
    stage.told(here, "group_long_ago", place=None, group=here.groups[2], days_ago=16)
    stage.told(here, "other_category", place=place, category=Category.WATER)
    stage.told(here, "complaint", place=place, about_post=here.posts["secretary"])
    stage.solved(here, "done", place=place)

    def alike(**near):
        return names(here, queries.similar(here.village.pk, Category.ROAD, **near))

    assert alike(place_id=place.pk) == {"place"}
    assert alike(household_id=home.pk) == {"home"}
    assert alike(group_id=here.groups[2].pk) == {"group"}
    assert alike() == set()
    assert alike(place_id=place.pk, leave_out=here.issues["place"].pk) == set()
    unsealed = queries.rows().filter(is_sealed=False, pk=here.issues["home"].pk)
    assert alike(place_id=place.pk, household_id=home.pk, among=unsealed) == {"home"}


# --- to whom ----------------------------------------------------------------------------------------------------
def reasons(issue) -> list[tuple[str, str]]:
    return [(s.post.title, s.reason) for s in queries.suggestions(issue)]


def test_without_records_the_usual_post_then_the_grid_worker_is_suggested(here):
    issue = stage.told(here, "pipe", category=Category.WATER, place=None, grid=here.grids[0])
    assert reasons(issue) == [("管水员", "usual"), ("网格员", "grid")]


def test_records_of_a_year_come_first_and_count(here):
    for n, who in enumerate(["mediator", "mediator", "mediator", "helper"]):
        issue = stage.taken(here, f"before{n}", category=Category.WATER, place=None, grid=here.grids[0])
        actions.dispatch(issue, by=here.users["council"], post=here.posts[who])
    issue = stage.told(here, "pipe", category=Category.WATER, place=None, grid=here.grids[0])
    first, *rest = queries.suggestions(issue)
    assert (first.post, first.reason, first.times, first.of) == (here.posts["mediator"], "records", 3, 4)
    assert [(s.post, s.reason) for s in rest] == [(here.posts["helper"], "usual"), (here.posts["worker"], "grid")]


def test_once_is_no_habit_and_another_group_is_none(here):
    once = stage.taken(here, "once", place=None, grid=here.grids[0])
    actions.dispatch(once, by=here.users["council"], post=here.posts["mediator"])
    for n in range(2):
        issue = stage.taken(here, f"far{n}", place=None, grid=here.grids[1])
        actions.dispatch(issue, by=here.users["council"], post=here.posts["helper"])
    fresh = stage.told(here, "fresh", place=None, grid=here.grids[0])
    assert reasons(fresh) == [("网格员", "grid")]


def test_the_matter_itself_is_no_precedent_when_it_is_given_again(here):
    for n in range(2):
        issue = stage.taken(here, f"m{n}", place=None, grid=here.grids[2])
        actions.dispatch(issue, by=here.users["council"], post=here.posts["helper"])
    assert reasons(here.fresh("m0")) == []


def test_an_empty_or_ended_post_is_not_suggested(here):
    issue = stage.told(here, "pipe", category=Category.WATER, place=None)
    holder = next(a for a in here.appointments if a.post_id == here.posts["helper"].pk)
    holder.to_on = clock.today()
    holder.save()
    assert reasons(issue) == []
    assert here.posts["helper"] not in queries.posts_that_take(here.village.pk, clock.today())


def test_a_complaint_gets_no_suggestion_and_never_the_post_it_is_about(here):
    row = CategoryHandler.objects.get()
    row.post = here.posts["committee"]
    row.save()
    issue = stage.told(here, "complaint", category=Category.WATER, about_post=here.posts["committee"])
    assert queries.suggestions(issue) == []
    offered = {choice.post for choice in queries.choices(issue, clock.today())}
    assert here.posts["committee"] not in offered and here.posts["mediator"] in offered


def test_a_post_now_held_by_the_one_complained_about_is_not_offered(here):
    issue = stage.told(here, "complaint", about_post=here.posts["secretary"])
    stage.appoint(here, "mediator", here.persons[here.users["secretary"].name])
    assert here.posts["mediator"] not in {c.post for c in queries.choices(issue, clock.today())}


def test_suggestions_for_a_page_are_few_statements_however_many(here, django_assert_num_queries):
    issues = [stage.told(here, f"m{n}", category=Category.WATER) for n in range(6)]
    posts = queries.posts_that_take(here.village.pk, clock.today())
    with django_assert_num_queries(1):
        found = queries.suggestions_for(issues, posts)
    assert all(found[issue.pk][0].post == here.posts["helper"] for issue in issues)


def test_choices_say_who_holds_the_post_and_who_is_on_leave(here):
    away = next(a for a in here.appointments if a.post_id == here.posts["helper"].pk)
    away.away_from = clock.today()
    away.save()
    issue = stage.told(here, "pipe", category=Category.WATER)
    first = queries.choices(issue, clock.today())[0]
    assert (first.post, first.is_away) == (here.posts["helper"], True)
    assert [a.person.user for a in first.holders] == [here.users["helper"]]


def test_the_day_by_default_is_the_matters_own_or_three_working_days_on(here):
    issue = stage.told(here, "m")
    monday = date(2023, 6, 19)
    issue.due_on = date(2023, 6, 20)
    assert queries.default_due(issue, monday) == date(2023, 6, 20)
    issue.due_on = date(2023, 6, 16)
    # three working days after the 19th: Thursday and Friday were the Dragon Boat Festival, Sunday the 25th was worked
    assert queries.default_due(issue, monday) == date(2023, 6, 25)


# --- the council's meeting --------------------------------------------------------------------------------------
def test_duty_acts_wait_until_a_sitting_has_seen_them(here):
    stage.taken(here, "one")
    declined = stage.told(here, "two")
    actions.decline(declined, by=here.users["clerk"], reason="不归村上", where_to="镇派出所 110")
    acts = queries.duty_acts(here.village.pk)
    assert [act.step for act in acts] == ["accept", "decline"]
    actions.hold_sitting(here.village, by=here.users["clerk"], held_on=clock.today(), present=5, entries=[acts[0].pk])
    assert [act.step for act in queries.duty_acts(here.village.pk)] == ["decline"]
    assert queries.sittings(here.village.pk)[0].seen == 1


def test_what_supervisors_do_with_complaints_is_not_the_councils_to_look_at(here):
    issue = stage.told(here, "complaint", about_post=here.posts["secretary"])
    actions.accept(issue, by=here.users["supervisor"])
    assert queries.duty_acts(here.village.pk) == []


def test_acts_are_shown_only_of_what_the_reader_may_see(here):
    stage.taken(here, "one")
    assert queries.duty_acts(here.village.pk, among=queries.rows().none().values("pk")) == []


def test_how_many_others_said_so(here):
    parent, child = stage.taken(here, "parent"), stage.told(here, "child")
    actions.merge(child, parent, by=here.users["council"])
    actions.join(parent, by=None, key="one")
    actions.join(parent, by=None, key="one")
    assert queries.others_count(parent) == 2
    assert [entry.step for entry in queries.last_entries(here.fresh("parent"), 1)] == ["merged_here"]


def test_of_a_household_nothing_sealed_and_nothing_about_the_supervisors(here):
    home = {"household": here.households[0]}
    stage.told(here, "plain", **home)
    stage.told(here, "sealed", is_sealed=True, **home)
    stage.told(here, "upwards", about_post=here.posts["supervisor"], **home)
    assert names(here, queries.of_household(here.households[0].pk)) == {"plain"}
    assert queries.late_in_public(here.village.pk, clock.today() + timedelta(days=30)) == 2
