"""Finding a household by whatever somebody remembers."""

import pytest

from tongxin.core import clock
from tongxin.people import actions, queries
from tongxin.people.actions import Member


@pytest.fixture
def found(stage):
    actions.register_household(
        stage.village,
        by=stage.users["clerk"],
        group=stage.groups[0],
        grid=stage.grids[0],
        members=[Member(name="曾广才", phone="13000004321")],
        opened_on=clock.today(),
        number="1777",
        house_name="老槐树",
    )

    def search(text: str) -> list[str]:
        rows = queries.matching(queries.households(stage.village, clock.today()), stage.village, text)
        return [row.number for row in rows]

    return search


@pytest.mark.parametrize(
    "text", ["1777", "177", "槐树", "曾广", "zgc", "zeng", "4321", "13000004321", "１３０ 0000-4321"]
)
def test_one_household_by_number_house_name_pinyin_initials_or_telephone(found, text):
    assert found(text) == ["1777"]


@pytest.mark.parametrize("text", ["9999", "曾广财", "4320", "13000004320", "zzz"])
def test_near_misses_find_nothing(found, text):
    assert found(text) == []


def test_closed_households_are_on_another_list(stage):
    today = clock.today()
    assert "003" not in [h.number for h in queries.households(stage.village, today)]
    assert [h.number for h in queries.households(stage.village, today, closed=True)] == ["003"]


def test_lines_name_the_head_and_count_who_is_there_and_who_is_away(stage):
    lines = {x.household.number: x for x in queries.lines(list(queries.households(stage.village, clock.today())))}
    assert (lines["001"].head, lines["001"].members, lines["001"].away) == ("苗长有", 3, 1)


def test_count_by_grid(stage):
    assert queries.count_by_grid(stage.village, clock.today()) == {stage.grids[0].pk: 1, stage.grids[1].pk: 1}
