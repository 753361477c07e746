"""Villages in memory, codes as people type them, the ground of a day, what higher floors add."""

from datetime import timedelta

import pytest

from tests.factories import stage as stages
from tongxin.core import clock
from tongxin.territory import queries
from tongxin.territory.models import Grid, Group


def test_villages_are_remembered_for_some_seconds_and_forgotten_on_demand(stage, django_assert_num_queries):
    queries.forget_villages()
    with django_assert_num_queries(1):
        assert queries.home() == stage.village
        assert queries.by_slug("liugou") == stage.village
        assert queries.by_host("nobody.example") is None
    stages.village("shiping", "石坪村", 2)  # entering a village forgets
    assert queries.by_slug("shiping") is not None


def spelt(code: str) -> list[str]:
    return [code, code.lower(), f"{code[:4]}-{code[4:]}", f" {code[:4]} {code[4:]} "]


def test_a_code_is_read_as_people_type_it(stage):
    for text in spelt(stage.codes[0].code):
        assert queries.place_by_code(stage.village.pk, text).place == stage.places[0], text


@pytest.mark.parametrize("text", ["", "A", "ABC", "????????", "A" * 60])
def test_nonsense_is_misread_and_never_a_fault(stage, text):
    found = queries.place_by_code(stage.village.pk, text)
    assert found.misread and found.place is None


def test_revoked_closed_and_unknown_are_told_apart(stage):
    from tongxin.core import numbers

    revoked = queries.place_by_code(stage.village.pk, stage.codes[3].code)
    assert revoked.revoked and revoked.place is None
    unknown = "ZZZZZZ" + numbers.code_check("ZZZZZZ")
    found = queries.place_by_code(stage.village.pk, unknown)
    assert not (found.place or found.revoked or found.misread)


def test_a_neighbours_code_leads_nowhere_here(stage):
    other = stages.settle(stages.village("shiping", "石坪村", 2))
    assert queries.place_by_code(stage.village.pk, other.codes[0].code).place is None


def test_the_ground_of_a_day(stage):
    today = clock.today()
    Group.objects.filter(pk=stage.groups[2].pk).update(ended_on=today)
    Grid.objects.filter(pk=stage.grids[2].pk).update(ended_on=today)
    assert [g.number for g in queries.groups_on(today)] == [1, 2]
    assert [g.number for g in queries.grids_on(today)] == [1, 2]
    assert [g.number for g in queries.groups_on(today - timedelta(days=1))] == [1, 2, 3]
    assert [g.number for g in queries.former_groups(today)] == [3]


def test_higher_floors_add_their_facts_about_grids(stage):
    facts = queries.grid_facts(stage.village, clock.today())
    assert facts["households"][stage.grids[0].pk] == 1
    assert stage.grids[0].pk in facts["answers"] and stage.grids[2].pk not in facts["answers"]
