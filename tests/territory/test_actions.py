"""Ground, places and codes: what can be entered and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tongxin.casework.actors import Operator
from tongxin.core import clock
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.territory import actions, queries
from tongxin.territory.models import Division, PlaceCode

CHAIN = [
    ("62", "甘肃省"),
    ("6211", "定西市"),
    ("621122", "陇西县"),
    ("621122105", "通安驿镇"),
    ("621122105208", "何世岔村"),
]


def test_a_village_is_founded_at_the_end_of_its_chain_from_the_command_line_only(stage):
    made = actions.found_village(by=Operator("set-up"), slug="heshicha", chain=CHAIN, phone="0932-0000009")
    assert made.division.parent.parent.code == "621122"
    assert Division.objects.filter(code="62").count() == 1
    with pytest.raises(NotAllowed):
        actions.found_village(by=stage.users["clerk"], slug="x", chain=CHAIN, phone="1")


@pytest.mark.parametrize("chain", [CHAIN[1:], [*CHAIN[:4], ("631122105208", "别处")], [("6x", "省"), *CHAIN[1:]]])
def test_a_chain_that_does_not_nest_is_refused(db, chain):
    with pytest.raises(DomainError):
        actions.found_village(by=Operator("set-up"), slug="x", chain=chain, phone="1")


def place(stage, **more):
    given = {"by": stage.users["clerk"], "kind": "spot", "name": "新井台", "opened_on": date(2022, 1, 1), **more}
    return actions.open_place(stage.village, **given)


def test_a_place_gets_one_valid_code_that_can_be_read_back(stage):
    made = place(stage, grid=stage.grids[0])
    assert made.group == stage.groups[0]
    code = actions.issue_code(made, by=stage.users["clerk"])
    assert queries.place_by_code(stage.village.pk, code.code.lower()).place == made
    with pytest.raises(DomainError):
        actions.issue_code(made, by=stage.users["clerk"])
    with pytest.raises(DomainError):
        actions.revoke_code(code, by=stage.users["clerk"], reason=" ")
    actions.revoke_code(code, by=stage.users["clerk"], reason="雨淋坏了")
    assert queries.place_by_code(stage.village.pk, code.code).revoked
    assert actions.issue_code(made, by=stage.users["clerk"]).code != code.code


def test_a_misread_code_is_told_apart_from_an_unknown_one(stage):
    code = stage.codes[0].code
    wrong = ("3" if code[0] != "3" else "4") + code[1:]
    assert queries.place_by_code(stage.village.pk, wrong).misread


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "集市口"}, "name"),
        ({"kind": "wall"}, "length_m"),
        ({"opened_on": date(2150, 1, 1)}, "opened_on"),
    ],
)
def test_a_place_that_cannot_be_is_refused(stage, more, field):
    with pytest.raises(DomainError) as refused:
        place(stage, **more)
    assert refused.value.field == field


def test_a_closed_place_takes_its_code_along(stage):
    made = place(stage, kind="wall", length_m=Decimal("30.0"))
    code = actions.issue_code(made, by=stage.users["clerk"])
    with pytest.raises(DomainError):
        actions.end_place(made, by=stage.users["clerk"], ended_on=date(2021, 1, 1))
    actions.end_place(made, by=stage.users["clerk"], ended_on=clock.today())
    assert PlaceCode.objects.get(pk=code.pk).revoked_on
    with pytest.raises(DomainError):
        actions.issue_code(made, by=stage.users["clerk"])


def test_grids_and_groups_are_numbered_once_and_a_full_group_does_not_end(stage):
    clerk = stage.users["clerk"]
    grid = actions.open_grid(
        stage.village, by=clerk, number=9, name="第九网格", group=stage.groups[0], opened_on=date(2022, 1, 1)
    )
    assert grid.code == f"{stage.village.division.code}009"
    with pytest.raises(DomainError):
        actions.open_grid(
            stage.village, by=clerk, number=9, name="又一个", group=stage.groups[0], opened_on=clock.today()
        )
    with pytest.raises(DomainError):
        actions.open_group(stage.village, by=clerk, number=1, name="一组", opened_on=clock.today())
    with pytest.raises(DomainError):
        actions.end_group(stage.groups[0], by=clerk, ended_on=clock.today() + timedelta(days=1))


@pytest.mark.parametrize("who", ["supervisor", "worker", "council", "former"])
def test_others_enter_nothing(stage, who):
    with pytest.raises(NotAllowed):
        place(stage, by=stage.users[who])


def test_an_empty_group_is_merged_once_and_its_history_shows_where_it_went(stage):
    clerk = stage.users["clerk"]
    made = actions.open_group(stage.village, by=clerk, number=7, name="七组", opened_on=date(2015, 1, 1))
    for ended_on, into in (
        (date(2014, 1, 1), None),
        (clock.today() + timedelta(days=1), None),
        (clock.today(), made),
    ):
        with pytest.raises(DomainError):
            actions.end_group(made, by=clerk, ended_on=ended_on, merged_into=into)
    actions.end_group(made, by=clerk, ended_on=clock.today(), merged_into=stage.groups[0])
    assert [(g.name, g.merged_into) for g in queries.former_groups(clock.today())] == [("七组", stage.groups[0])]
    made.refresh_from_db()
    with pytest.raises(WrongStatus):
        actions.end_group(made, by=clerk, ended_on=clock.today())


@pytest.mark.parametrize("open_", [actions.open_group, actions.open_grid])
def test_ground_of_tomorrow_is_not_entered_today(stage, open_):
    more = {"group": stage.groups[0]} if open_ is actions.open_grid else {}
    day = clock.today() + timedelta(days=1)
    with pytest.raises(DomainError) as refused:
        open_(stage.village, by=stage.users["clerk"], number=8, name="八", opened_on=day, **more)
    assert refused.value.field == "opened_on"
