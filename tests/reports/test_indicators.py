"""Each figure counts what its definition says and leaves every near-miss out."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise
from django.utils.translation import override

from tests import history
from tongxin.issues.models import IssueEntry, Status
from tongxin.reports import indicators
from tongxin.reports.indicators import pictures, sections
from tongxin.reports.indicators.kinds import Form, Part, Sensitivity, Share, nothing
from tongxin.reports.indicators.page import figures
from tongxin.territory.models import Group, Place

from .conftest import LONG_AGO, NEXT_DAY, ON

EXPECTED = {
    "groups": 2,  # the merged one is gone
    "households": 5,  # neither the one closed that day nor the one registered a day later
    "people": 16,  # not the dead, the gone, the coming, the lodger; and who moved within the village once
    "party_branches": 1,
    "bodies": 7,  # not the council that was dissolved nor the union founded later
    "party_groups": 2,
    "party_households": 2,  # one person with two posts is one
    "matters_solved": 4,
    "closed_loop_share": Share(4, 4),
    "place_codes": 2,  # neither the revoked one nor the one on a bridge that is gone
    "law_teams": 1,
    "legal_advisers": 1,
    "mediation_committees": 1,
    "mediators": 1,  # the other one's term ended that day
    "grid_leads_share": Share(1, 2),
    "service_centres": 1,
    "culture_wall_metres": Decimal("180.0"),  # without the wall that was pulled down
    "culture_squares": 1,
    "grids": 2,
    "grids_answered": Share(2, 2),
    "hours_to_accept": Decimal("1.0"),
    "hours_to_dispatch": Decimal("1.0"),
    "hours_to_answer": Decimal("1.0"),
    "hours_to_confirm": Decimal("18.0"),
}
NAMES = set(
    """groups households people grids shareholding_households average_dividend land_transfer_households vegetable_mu
    watermelon_mu base_workers base_worker_gain greenhouse_investment greenhouses_renovated greenhouse_growers
    greenhouse_average_income pig_households_100 broiler_farms_1000 layer_farms_10000 people_trained posts_held
    people_working_away work_away_income matters_solved law_activities law_teams legal_advisers civilised_households
    outstanding_volunteers outstanding_contributors best_post_holders reserve_cadres local_experts culture_wall_metres
    culture_squares""".split()  # noqa: SIM905 - to be read beside the model's table
)


def values(facts) -> dict:
    return {figure.code: figure.value for figure in figures(facts)}


# --- the registry -------------------------------------------------------------------------------------------------
def test_every_code_of_the_model_is_registered_and_none_twice():
    codes = [indicator.code for indicator in indicators.ALL]
    assert len(NAMES) == 34
    assert set(codes) >= NAMES
    assert len(codes) == len(set(codes))


def test_every_section_is_placed_and_every_figure_is_shown_once():
    shown = [i.code for part in Part for _section, found in indicators.of_part(part) for i in found]
    assert sorted(shown) == sorted(i.code for i in indicators.ALL)
    assert len(set(sections.ORDER)) == len(sections.ORDER)


@pytest.mark.parametrize("indicator", indicators.ALL, ids=lambda i: i.code)
def test_every_figure_has_its_name_its_definition_and_its_unit_in_chinese(indicator):
    with override("zh-hans"):
        for text in (indicator.name, indicator.definition, indicator.unit, indicator.section.name):
            if isinstance(text, Promise):
                assert any("\u4e00" <= ch <= "\u9fff" for ch in str(text)), str(text)
        assert str(indicator.definition).endswith("。")


def test_figures_are_written_for_machines_without_ornament():
    def text(code, value):
        return indicators.by_code(code).text(value)

    assert text("people", 3036) == "3036"
    assert text("culture_wall_metres", Decimal("180.0")) == "180"
    assert text("culture_wall_metres", Decimal("72.5")) == "72.5"
    assert text("vegetable_mu", Decimal("1000.0")) == "1000"
    assert text("average_dividend", Decimal("1368")) == "1368.00"
    assert text("work_away_income", 16340000) == "16340000.00"
    assert text("closed_loop_share", Share(17, 17)) == "17/17"
    assert text("people", None) is None
    assert text("people", 0) == "0"


# --- what counts --------------------------------------------------------------------------------------------------
def test_each_figure_is_what_the_records_say(village):
    found = values(village.facts())
    assert {code: value for code, value in found.items() if value is not None} == EXPECTED


def test_domains_without_records_are_unknown_and_not_nought(village):
    found = values(village.facts())
    for indicator in indicators.ALL:
        if indicator.count is nothing:
            assert found[indicator.code] is None
    assert found["legal_service_rooms"] is None  # a register that is kept, and nothing of this kind ever entered


def test_a_village_of_which_nothing_is_written_down_has_no_figure_at_all(cast):
    from tongxin.reports.period import Period
    from tongxin.reports.queries import Facts
    from tongxin.territory import scope

    with scope.village(cast.neighbour.pk):
        found = values(Facts(cast.neighbour, Period.ending(ON)))
    assert {code for code, value in found.items() if value is not None} == {"party_branches"}


def test_what_was_written_down_and_has_ended_is_nought(village):
    Place.objects.filter(name="广场").update(ended_on=ON)
    Group.objects.all().update(ended_on=ON)
    found = values(village.facts())
    assert (found["culture_squares"], found["groups"]) == (0, 0)
    late = values(village.facts(date(2021, 6, 30)))
    assert (late["matters_solved"], late["closed_loop_share"]) == (None, None)
    quiet = values(village.facts(date(2025, 6, 30)))
    assert (quiet["matters_solved"], quiet["closed_loop_share"]) == (0, None)


def test_before_the_first_record_most_figures_are_unknown(village):
    found = values(village.facts(LONG_AGO - timedelta(days=1)))
    assert all(value is None for value in found.values())


def test_a_day_later_one_more_household_and_no_other_stock(village):
    before, after = values(village.facts()), values(village.facts(NEXT_DAY))
    changed = {code for code in before if before[code] != after[code]}
    assert after["households"] == before["households"] + 1
    assert changed & {"groups", "people", "grids", "bodies", "culture_wall_metres", "place_codes"} == set()


def test_moving_the_first_day_moves_flows_and_no_stock(village):
    whole, half = values(village.facts()), values(village.facts(from_on=date(2023, 1, 1)))
    assert (whole["matters_solved"], half["matters_solved"]) == (4, 3)
    flows = {i.code for i in indicators.ALL if i.kind.value == "flow"}
    assert all(whole[code] == half[code] for code in whole if code not in flows)


def test_a_matter_counts_on_the_villages_own_day(village):
    """Confirmed at 23:59 of the last day; in UTC that is still the day before, a minute later it is July."""
    solved = {issue.pk for issue in village.facts().solved}
    assert village.matters["solved2"].pk in solved
    assert village.matters["late"].pk not in solved
    assert village.matters["late"].pk in {issue.pk for issue in village.facts(NEXT_DAY).solved}


def test_a_story_with_a_missing_step_is_no_closed_loop(village):
    with history.unguarded():
        IssueEntry._base_manager.filter(issue=village.matters["solved1"], step="dispatch").delete()
    found = values(village.facts())
    assert found["closed_loop_share"] == Share(3, 4)
    assert found["matters_solved"] == 4


# --- M26: every figure is what its rows add up to -------------------------------------------------------------------
@pytest.mark.parametrize("login", [None, "secretary", "worker1", "adviser"])
def test_every_figure_is_what_its_rows_add_up_to_for_every_reader(village, login):
    user = village.users[login] if login else AnonymousUser()
    facts = village.facts()
    for indicator in indicators.ALL:
        value, records = indicator.count(facts), indicator.rows(facts, user)
        if value is None:
            assert records.count == 0, indicator.code
        else:
            assert records.total == value, indicator.code
            assert records.shown + len(records.hidden) == records.count, indicator.code
            for item in [*records.rows, *records.hidden]:
                assert len(records.cells(item)) == len(records.columns), indicator.code


def test_the_check_fails_when_a_figure_and_its_rows_part(village):
    wrong = replace(indicators.by_code("grids"), count=lambda facts: 3)
    facts = village.facts()
    assert wrong.rows(facts, None).total != wrong.count(facts)


def test_the_groups_add_up_to_the_village_and_the_grids_part_the_households(village):
    facts = village.facts()
    found = values(facts)
    assert sum(facts.by_group().values()) == sum(facts.by_grid().values()) == found["households"]
    assert sum(facts.people_by_group.values()) == found["people"]
    assert set(facts.by_grid()) <= {grid.pk for grid in facts.grids}
    for code in ("households", "people", "party_households", "mediators", "legal_advisers"):
        totals = indicators.by_code(code).rows(facts, None).totals
        assert sum(total.number for total in totals) == found[code], code


def test_only_what_stands_in_public_is_shown_to_the_public(village):
    facts = village.facts()
    for code in ("matters_solved", "closed_loop_share", "hours_to_answer"):
        records = indicators.by_code(code).rows(facts, AnonymousUser())
        assert [issue.pk for issue in records.hidden] == [village.matters["sealed"].pk], code
        assert not indicators.by_code(code).rows(facts, village.users["council"]).hidden, code


def test_rows_about_people_are_the_offices(village):
    of_office = {i.code for i in indicators.ALL if i.sensitivity is Sensitivity.OFFICE and i.count is not nothing}
    assert of_office == {"households", "people", "party_households", "legal_advisers", "mediators", "grid_leads_share"}


# --- charts -------------------------------------------------------------------------------------------------------
def test_charts_are_drawn_from_the_records_and_add_up_to_the_figures(village):
    facts = village.facts()
    found = values(facts)
    drawn = {p.code: p for part in Part for p in pictures.of_part(part, facts)}
    assert set(drawn) == {"households_by_group", "people_by_group", "matters_by_end", "households_by_grid"}
    assert sum(n for _label, n in drawn["households_by_group"].rows) == found["households"]
    assert sum(n for _label, n in drawn["people_by_group"].rows) == found["people"]
    assert sum(n for _label, n in drawn["households_by_grid"].rows) == found["households"]
    told = facts.told_by_end()
    # the last but one solved one was told the day before the period, the late one was open still on its last day
    assert (told[Status.SOLVED], told[Status.MERGED], told[""]) == (3, 1, 2)
    assert (told[Status.NO_REPLY], told[Status.DECLINED], told[Status.REFERRED]) == (1, 1, 1)
    assert sum(n for _label, n in drawn["matters_by_end"].rows) == 9


def test_without_records_nothing_is_drawn(village):
    facts = village.facts(LONG_AGO - timedelta(days=1))
    assert [p for part in Part for p in pictures.of_part(part, facts)] == []


def test_a_group_of_two_people_is_not_told_in_public(village):
    from tongxin.people.models import Membership

    second = Membership.objects.filter(household__group=village.groups[1], from_on=LONG_AGO).order_by("pk")
    for membership in list(second)[2:]:
        membership.to_on = date(2023, 1, 1)
        membership.save()
    facts = village.facts()
    assert facts.people_by_group[village.groups[1].pk] == 2
    assert pictures.people_by_group(facts) is None
    with override("en"):
        rows = indicators.by_code("groups").rows(facts, None)
        assert [rows.cells(group)[3] for group in rows.rows][1] == "fewer than 3"


def test_money_shares_and_counts_say_which_they_are():
    assert {i.form for i in indicators.ALL} == set(Form)
