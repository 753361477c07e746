"""Who may do what with an issue: role by right, written out in full. `x` may, `.` may not."""

import pytest

from tests.factories import stage
from tongxin.casework.actors import Calendar, Teller
from tongxin.issues import access, actions, queries
from tongxin.issues.models import Category

RIGHTS = ("see", "contact", "take", "dispatch", "answer", "note", "confirm", "reopen", "give_up", "join")
CHECKS = {
    "see": access.can_see,
    "contact": access.can_see_contact,
    "take": access.can_take,
    "dispatch": access.can_dispatch,
    "answer": access.can_answer,
    "note": access.can_note,
    "confirm": access.can_confirm,
    "reopen": access.can_reopen,
    "give_up": access.can_give_up,
    "join": access.can_join,
}
# `worker` answers for the grid where it happened; `worker2` for the next one, and stands in for `worker`;
# `former` was clerk; `outsider` holds every post of the neighbouring village.
GRIDS = {
    "told": """
                 see contact take dispatch answer note confirm reopen give_up join
    secretary     x     x      x     x       .     x      x      x       x      x
    clerk         x     x      x     x       .     x      x      x       x      x
    council       x     x      x     x       .     x      x      x       x      x
    committee     x     .      .     .       .     .      .      .       .      x
    supervisor    x     .      .     .       .     .      x      x       .      x
    township      x     .      .     .       .     .      .      .       .      x
    worker        x     .      .     .       .     .      x      x       .      x
    worker2       .     .      .     .       .     .      .      .       .      .
    helper        .     .      .     .       .     .      .      .       .      .
    mediator      .     .      .     .       .     .      .      .       .      .
    accountant    .     .      .     .       .     .      .      .       .      .
    former        .     .      .     .       .     .      .      .       .      .
    outsider      .     .      .     .       .     .      .      .       .      .
    nobody        .     .      .     .       .     .      .      .       .      .
    """,
    "given to the grid worker": """
                 see contact take dispatch answer note confirm reopen give_up join
    secretary     x     x      x     x       .     x      x      x       x      x
    clerk         x     x      x     x       .     x      x      x       x      x
    council       x     x      x     x       .     x      x      x       x      x
    committee     x     .      .     .       .     .      .      .       .      x
    supervisor    x     .      .     .       .     .      x      x       .      x
    township      x     .      .     .       .     .      .      .       .      x
    worker        x     x      .     .       x     x      .      x       .      x
    worker2       x     .      .     .       x     x      x      x       .      x
    helper        .     .      .     .       .     .      .      .       .      .
    mediator      .     .      .     .       .     .      .      .       .      .
    accountant    .     .      .     .       .     .      .      .       .      .
    former        .     .      .     .       .     .      .      .       .      .
    outsider      .     .      .     .       .     .      .      .       .      .
    nobody        .     .      .     .       .     .      .      .       .      .
    """,
    "sealed, given to the helper": """
                 see contact take dispatch answer note confirm reopen give_up join
    secretary     x     .      x     x       .     x      .      .       x      .
    clerk         x     .      x     x       .     x      .      .       x      .
    council       x     .      x     x       .     x      .      .       x      .
    committee     x     .      .     .       .     .      .      .       .      .
    supervisor    x     .      .     .       .     .      .      .       .      .
    township      x     .      .     .       .     .      .      .       .      .
    worker        .     .      .     .       .     .      .      .       .      .
    worker2       .     .      .     .       .     .      .      .       .      .
    helper        x     .      .     .       x     x      .      .       .      .
    mediator      .     .      .     .       .     .      .      .       .      .
    accountant    .     .      .     .       .     .      .      .       .      .
    former        .     .      .     .       .     .      .      .       .      .
    outsider      .     .      .     .       .     .      .      .       .      .
    nobody        .     .      .     .       .     .      .      .       .      .
    """,
    "appealed": """
                 see contact take dispatch answer note confirm reopen give_up join
    secretary     x     x      x     .       .     x      x      x       .      x
    clerk         x     x      x     .       .     x      x      x       .      x
    council       x     x      x     .       .     x      x      x       .      x
    committee     x     .      .     .       .     .      .      .       .      x
    supervisor    x     .      .     x       .     .      x      x       x      x
    township      x     .      .     .       .     .      .      .       .      x
    worker        x     x      .     .       x     x      .      x       .      x
    worker2       x     .      .     .       x     x      x      x       .      x
    helper        .     .      .     .       .     .      .      .       .      .
    mediator      .     .      .     .       .     .      .      .       .      .
    accountant    .     .      .     .       .     .      .      .       .      .
    former        .     .      .     .       .     .      .      .       .      .
    outsider      .     .      .     .       .     .      .      .       .      .
    nobody        .     .      .     .       .     .      .      .       .      .
    """,
    "about the secretary": """
                 see contact take dispatch answer note confirm reopen give_up join
    secretary     .     .      .     .       .     .      .      .       .      .
    clerk         .     .      .     .       .     .      .      .       .      .
    council       .     .      .     .       .     .      .      .       .      .
    committee     .     .      .     .       .     .      .      .       .      .
    supervisor    x     .      x     x       .     x      .      .       x      .
    township      .     .      .     .       .     .      .      .       .      .
    worker        .     .      .     .       .     .      .      .       .      .
    worker2       .     .      .     .       .     .      .      .       .      .
    helper        .     .      .     .       .     .      .      .       .      .
    mediator      .     .      .     .       .     .      .      .       .      .
    accountant    .     .      .     .       .     .      .      .       .      .
    former        .     .      .     .       .     .      .      .       .      .
    outsider      .     .      .     .       .     .      .      .       .      .
    nobody        .     .      .     .       .     .      .      .       .      .
    """,
    "about the supervisor": """
                 see contact take dispatch answer note confirm reopen give_up join
    secretary     .     .      .     .       .     .      .      .       .      .
    clerk         .     .      .     .       .     .      .      .       .      .
    council       .     .      .     .       .     .      .      .       .      .
    committee     .     .      .     .       .     .      .      .       .      .
    supervisor    .     .      .     .       .     .      .      .       .      .
    township      x     .      x     x       .     x      .      .       x      .
    worker        .     .      .     .       .     .      .      .       .      .
    worker2       .     .      .     .       .     .      .      .       .      .
    helper        .     .      .     .       .     .      .      .       .      .
    mediator      .     .      .     .       .     .      .      .       .      .
    accountant    .     .      .     .       .     .      .      .       .      .
    former        .     .      .     .       .     .      .      .       .      .
    outsider      .     .      .     .       .     .      .      .       .      .
    nobody        .     .      .     .       .     .      .      .       .      .
    """,
}


def read(grid: str) -> dict[str, dict[str, bool]]:
    head, *lines = [line.split() for line in grid.strip().splitlines()]
    assert tuple(head) == RIGHTS
    return {who: {right: mark == "x" for right, mark in zip(head, marks, strict=True)} for who, *marks in lines}


@pytest.fixture
def outsider(here):
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    return stage.everybody(neighbour)


@pytest.fixture
def cast(here, outsider):
    """Everybody of the village by post, and those who have no business here."""
    return {**here.users, "outsider": outsider, "nobody": None}


def case(here, name: str):
    if name == "told":
        return stage.told(here, "told", place=None, grid=here.grids[0])
    if name == "given to the grid worker":
        return stage.given(here, "given", place=None, place_text="村口", grid=here.grids[0])
    if name == "sealed, given to the helper":
        issue = stage.told(here, "sealed", place=None, grid=here.grids[0], is_sealed=True, category=Category.WATER)
        actions.dispatch(issue, by=here.users["clerk"], post=here.posts["helper"], note="看看水管")
        return here.fresh("sealed")
    if name == "appealed":
        issue = stage.answered(here, "appealed", place=None, grid=here.grids[0])
        for _turn in range(2):
            actions.not_yet(here.fresh("appealed"), by=Teller(issue.pk, "phone"))
            if here.fresh("appealed").status == "dispatched":
                actions.answer(here.fresh("appealed"), by=here.users["worker"], reply="又填了一回")
        return here.fresh("appealed")
    about = {"about the secretary": "secretary", "about the supervisor": "supervisor"}[name]
    return stage.told(here, name, about_post=here.posts[about])


@pytest.mark.parametrize("name", GRIDS)
def test_role_by_right(here, cast, name):
    issue = case(here, name)
    wanted = read(GRIDS[name])
    assert wanted.keys() == cast.keys()
    wrong = [
        f"{who}: {right} should be {may}"
        for who, rights in wanted.items()
        for right, may in rights.items()
        if CHECKS[right](cast[who], issue) != may
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", GRIDS)
def test_the_list_and_the_single_row_know_the_same_right(here, cast, name):
    issue = case(here, name)
    for who, user in cast.items():
        in_list = queries.visible_to(user, here.village.pk).filter(pk=issue.pk).exists()
        assert in_list == access.can_see(user, issue), who


def test_who_wrote_it_down_sees_it_even_outside_the_own_grid_until_the_post_ends(here):
    issue = stage.told(here, "mine", by="worker2", place=None, grid=here.grids[0])
    user = here.users["worker2"]
    assert access.can_see(user, issue) and queries.visible_to(user, here.village.pk).filter(pk=issue.pk).exists()
    stranger = here.users["former"]
    issue.recorded_by = stranger
    issue.save(update_fields=["recorded_by"])
    assert not access.can_see(stranger, issue)
    assert not queries.visible_to(stranger, here.village.pk).exists()


def test_who_wrote_a_complaint_down_does_not_see_where_it_goes(here):
    issue = stage.told(here, "complaint", by="worker", about_post=here.posts["secretary"])
    assert not access.can_see(here.users["worker"], issue)


def test_a_complaint_stays_hidden_from_the_one_it_was_about_after_the_post_has_gone_to_another(here):
    issue = stage.told(here, "complaint", about_post=here.posts["supervisor"])
    person = here.persons[here.users["supervisor"].name]
    stage.appoint(here, "township", person)  # they change office
    user = here.users["supervisor"]
    user.__dict__.pop("_holdings", None)
    assert access.is_recused(user, issue)
    assert not access.can_see(user, issue)
    assert not queries.visible_to(user, here.village.pk).filter(pk=issue.pk).exists()


def test_whoever_takes_over_the_post_that_it_is_about_does_not_see_it(here):
    issue = stage.told(here, "complaint", about_post=here.posts["committee"])
    user = here.users["supervisor"]
    stage.appoint(here, "committee", here.persons[user.name])  # nobody's recusal names them
    user.__dict__.pop("_holdings", None)
    assert not access.can_see(user, issue)
    assert not queries.visible_to(user, here.village.pk).filter(pk=issue.pk).exists()


def test_the_handler_of_a_complaint_sees_it_and_nobody_beside_him(here):
    issue = stage.told(here, "complaint", about_post=here.posts["secretary"])
    actions.dispatch(issue, by=here.users["supervisor"], post=here.posts["committee"], note="查一下")
    issue = here.fresh("complaint")
    assert access.can_see(here.users["committee"], issue) and access.can_answer(here.users["committee"], issue)
    assert not access.can_see_contact(here.users["committee"], issue)  # a complaint is sealed
    assert not access.can_see(here.users["clerk"], issue)


def test_the_teller_sees_and_judges_his_own_and_nothing_else(here):
    issue, other = stage.answered(here, "one"), stage.answered(here, "two")
    teller = Teller(issue.pk, "phone")
    for right in (access.can_see, access.can_see_contact, access.can_confirm, access.can_reopen):
        assert right(teller, issue) and not right(teller, other)
    for right in (access.can_take, access.can_answer, access.can_dispatch, access.can_join, access.can_lapse):
        assert not right(teller, issue)


def test_only_the_calendar_closes_for_silence(here):
    issue = stage.answered(here, "silent")
    assert access.can_lapse(Calendar("issues.lapse"), issue)
    assert not any(access.can_lapse(user, issue) for user in here.users.values())


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("secretary", False), ("clerk", True), ("council", True), ("committee", False), ("supervisor", False),
        ("township", False), ("worker", False), ("helper", False), ("mediator", False), ("former", False),
    ],
)  # fmt: skip
def test_who_records_a_sitting(here, who, may):
    assert access.can_hold_sitting(here.users[who], here.village.pk) == may


def test_every_staff_post_writes_down_for_others_and_nobody_else(here, outsider):
    for who, user in here.users.items():
        assert access.can_report_for(user, here.village.pk) == (who != "former"), who
    assert not access.can_report_for(outsider, here.village.pk)
    assert not access.can_report_for(None, here.village.pk)
