"""The verbs of the register, with what each of them refuses."""

from datetime import date, timedelta

import pytest

from tongxin.core import clock, crypto
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.people import actions
from tongxin.people.actions import Member
from tongxin.people.models import CardToken, Household, Membership, Person, RegisterEntry, Relation

DAY = date(2020, 5, 1)


def register(stage, **more):
    given = {
        "by": stage.users["clerk"],
        "group": stage.groups[0],
        "grid": stage.grids[0],
        "members": [
            Member(name="单小明", birth_year=1970, phone="13000000001"),
            Member(name="王秀英", relation=Relation.SPOUSE, birth_year=1972),
        ],
        "opened_on": DAY,
        **more,
    }
    return actions.register_household(stage.village, **given)


def test_a_first_visit_registers_house_head_and_members_at_once(stage):
    home = register(stage, house_name="老槐树")
    rows = Membership.objects.filter(household=home)
    assert {row.relation for row in rows} == {Relation.HEAD, Relation.SPOUSE}
    assert home.number.startswith("1") and len(home.number) == 4
    head = rows.get(relation=Relation.HEAD).person
    assert (head.name_key, head.name_initials) == ("shan xiao ming", "sxm")
    assert head.phone == "13000000001" and head.phone_tail_index
    assert RegisterEntry.objects.filter(household=home).count() == 3


@pytest.mark.parametrize(
    ("member", "field"),
    [
        (Member(name="小孩", birth_year=2024), "birth_year"),
        (Member(name="将来", birth_year=2150), "birth_year"),
        (Member(name="老人", birth_year=1850), "birth_year"),
        (Member(name="  "), "name"),
        (Member(name="短号", phone="1300000000"), "phone"),
    ],
)
def test_a_head_that_cannot_be_is_asked_about_and_nothing_is_half_saved(stage, member, field):
    before = Household.objects.count(), Person.objects.count()
    with pytest.raises(DomainError) as refused:
        register(stage, members=[member])
    assert refused.value.field == field
    assert (Household.objects.count(), Person.objects.count()) == before


def test_a_household_without_a_head_or_with_two_is_refused(stage):
    for members in ([Member(name="甲", relation=Relation.SON)], [Member(name="甲"), Member(name="乙")]):
        with pytest.raises(DomainError):
            register(stage, members=members)


def test_refusing_a_telephone_is_allowed(stage):
    home = register(stage, members=[Member(name="不给号")])
    assert Membership.objects.get(household=home).person.phone == ""


def test_a_number_that_is_taken_and_a_grid_of_another_group_are_refused(stage):
    with pytest.raises(DomainError) as taken:
        register(stage, number="001")
    assert taken.value.field == "number"
    with pytest.raises(DomainError) as elsewhere:
        register(stage, grid=stage.grids[1])
    assert elsewhere.value.field == "grid"


def test_nobody_is_in_two_households(stage):
    home = register(stage)
    with pytest.raises(DomainError) as refused:
        actions.add_member(
            home,
            Member(name="苗小满", relation=Relation.SON, person=stage.persons["苗小满"]),
            by=stage.users["clerk"],
            from_on=DAY,
        )
    assert "001" in str(refused.value.message)


def test_moving_leaves_one_and_joins_the_other_on_the_same_day(stage):
    membership = Membership.objects.get(person=stage.persons["苗小满"], to_on=None)
    actions.move(membership, stage.households[1], by=stage.users["clerk"], on=DAY, relation=Relation.OTHER)
    rows = Membership.objects.filter(person=stage.persons["苗小满"]).order_by("from_on")
    assert [row.to_on for row in rows] == [DAY, None]
    assert rows[1].from_on == DAY and rows[1].household == stage.households[1]


def test_there_is_one_head(stage):
    with pytest.raises(DomainError) as refused:
        actions.add_member(stage.households[0], Member(name="又一个"), by=stage.users["clerk"], from_on=DAY)
    assert refused.value.field == "relation"


def test_a_death_ends_the_membership_and_leaves_the_household_without_a_head(stage):
    day = clock.today() - timedelta(days=1)
    actions.record_death(stage.persons["苗长有"], by=stage.users["clerk"], on=day)
    assert Person.objects.get(name="苗长有").died_on == day
    assert not Membership.objects.filter(household=stage.households[0], relation=Relation.HEAD, to_on=None).exists()


def test_leaving_before_one_came_or_tomorrow_is_refused_and_twice_is_told(stage):
    membership = Membership.objects.get(person=stage.persons["苗小满"], to_on=None)
    for day in (date(1990, 1, 1), clock.today() + timedelta(days=1)):
        with pytest.raises(DomainError):
            actions.leave(membership, by=stage.users["clerk"], on=day, because="出嫁")
    actions.leave(membership, by=stage.users["clerk"], on=DAY, because="出嫁")
    with pytest.raises(WrongStatus):
        actions.leave(membership, by=stage.users["clerk"], on=DAY, because="出嫁")


def test_a_stale_change_overwrites_nothing(stage):
    person = stage.persons["苗小满"]
    seen = Person.objects.get(pk=person.pk).updated_at
    actions.change_person(person, by=stage.users["clerk"], seen=seen, name="苗小曼")
    with pytest.raises(WrongStatus):
        actions.change_person(person, by=stage.users["secretary"], seen=seen, name="苗晓满")
    assert Person.objects.get(pk=person.pk).name == "苗小曼"


@pytest.mark.parametrize(
    "spelling", ["１３０１２３４５６７８", "130 1234 5678", "130\u200b-1234-5678", " 13012345678\n"]
)
def test_a_telephone_is_one_number_however_it_is_written(stage, spelling):
    home = register(stage, members=[Member(name="单小明", birth_year=1970, phone=spelling)])
    person = Membership.objects.get(household=home).person
    assert person.phone == "13012345678"
    assert crypto.fits("13012345678", "phone", stage.village.pk, person.phone_index)


def test_the_history_hides_telephones(stage):
    person = stage.persons["苗小满"]
    actions.set_phone(Person.objects.get(pk=person.pk), by=stage.users["clerk"], phone="130 1234 5678")
    entry = RegisterEntry.objects.filter(person=person, what="person").latest("at")
    assert "13012345678" not in str(entry.new)
    assert Person.objects.get(pk=person.pk).phone == "13012345678"


def test_a_household_is_closed_only_when_empty_and_its_card_dies_with_it(stage):
    home = stage.households[1]
    with pytest.raises(DomainError):
        actions.close_household(home, by=stage.users["clerk"], on=clock.today(), because="搬走")
    membership = Membership.objects.get(household=home, to_on=None)
    actions.leave(membership, by=stage.users["clerk"], on=DAY, because="进城")
    actions.close_household(home, by=stage.users["clerk"], on=clock.today(), because="搬走")
    assert not CardToken.objects.filter(household=home, revoked_on=None).exists()


def test_a_lost_card_is_replaced_and_the_old_one_is_dead_at_once(stage):
    old = stage.cards[0]
    with pytest.raises(DomainError):
        actions.revoke_card(old, by=stage.users["clerk"], reason=" ")
    new = actions.replace_card(old, by=stage.users["clerk"], reason="丢了")
    assert new.token != old.token and len(new.token) >= 20
    assert CardToken.objects.get(pk=old.pk).revoked_on is not None
    assert actions.issue_card(stage.households[0], by=stage.users["clerk"]) == new


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("clerk", True),
        ("secretary", True),
        ("worker", True),
        ("worker2", False),
        ("supervisor", False),
        ("helper", False),
    ],
)
def test_who_keeps_a_household(stage, who, may):
    """Keepers everywhere, a grid worker in the own grid; whoever looks on changes nothing."""
    if may:
        register(stage, by=stage.users[who])
    else:
        with pytest.raises(NotAllowed):
            register(stage, by=stage.users[who])
