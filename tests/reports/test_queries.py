"""The registers as of a day: each table asked once."""

from datetime import date

from tongxin.reports import indicators
from tongxin.reports.indicators import page
from tongxin.territory import scope
from tongxin.territory.models import Group

from .conftest import ON, row


def test_the_whole_report_asks_each_table_once(village, django_assert_max_num_queries):
    facts = village.facts()
    with django_assert_max_num_queries(11):
        page.report(facts)
    with django_assert_max_num_queries(0):
        page.figures(facts)


def test_rows_hold_up_to_and_without_their_last_day(village):
    group = row(Group, village=village.village, name="四组", number=4, opened_on=date(2023, 6, 1), ended_on=ON)
    before = village.facts(date(2023, 6, 29))
    assert group in before.groups
    assert group not in village.facts().groups
    assert group not in village.facts(date(2023, 5, 31)).all_groups


def test_another_villages_rows_are_never_counted(cast):
    with scope.everything("a report names its village itself, whatever the scope"):
        facts = cast.facts()
        assert len(facts.all_bodies) == 13
        assert all(body.village_id == cast.village.pk for body in facts.all_bodies)
        assert indicators.by_code("party_branches").count(facts) == 1


def test_former_groups_are_told_only_while_households_still_lie_in_them(village):
    former = Group.objects.get(name="三组")
    assert [total.label for total in village.facts().totals(village.facts().by_group())] == ["一组", "二组"]
    village.households[0].group = former
    village.households[0].save()
    totals = village.facts().totals(village.facts().by_group())
    assert [(total.label, total.number) for total in totals] == [("一组", 2), ("二组", 2), ("三组", 1)]


def test_a_person_is_looked_up_on_other_rolls_by_the_person(village, on_postgres):
    """With the village in that look-up SQLite walks the whole roll for each person: seconds for three thousand."""
    plan = village.facts().member_rows().explain()
    assert on_postgres or "USING INDEX people_membership_person" in plan, plan
