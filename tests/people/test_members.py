"""Who belongs to a household: the verbs behind the pages, and a whole register at once."""

import time
from datetime import date, timedelta

import pytest

from tongxin.casework.actors import Operator
from tongxin.core import clock
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.people import actions, queries
from tongxin.people.actions import Member, PastMember, Roll, Standing
from tongxin.people.models import Household, Membership, Person, RegisterEntry, Relation

DAY = date(2020, 5, 1)


def now(stage, name: str) -> Membership:
    rows = Membership.objects.select_related("household", "person", "village")
    return rows.get(person=stage.persons[name], to_on=None)


# --- known or new ------------------------------------------------------------------------------------------------
def test_the_action_itself_doubles_nobody(stage):
    given = {"by": stage.users["clerk"], "from_on": DAY}
    double = Member(name="苗小满", relation=Relation.SON, birth_year=1971)
    with pytest.raises(DomainError) as refused:
        actions.add_member(stage.households[1], double, **given)
    assert refused.value.field == "name"
    actions.add_member(stage.households[1], Member(name="苗小满", relation=Relation.SON, is_other=True), **given)
    assert Person.objects.filter(name="苗小满").count() == 2


def test_a_closed_household_takes_nobody_in(stage):
    with pytest.raises(DomainError):
        actions.add_member(stage.households[2], Member(name="新来的"), by=stage.users["clerk"], from_on=clock.today())


def test_who_is_in_the_household_already_is_not_taken_in_again(stage):
    member = Member(name="苗小满", relation=Relation.SON, person=stage.persons["苗小满"])
    with pytest.raises(DomainError) as refused:
        actions.take_in(stage.households[0], member, by=stage.users["clerk"], on=clock.today())
    assert "已经在这户" in str(refused.value.message)
    assert now(stage, "苗小满").household == stage.households[0]


def test_a_grid_worker_takes_nobody_out_of_another_grid(stage):
    member = Member(name="苗小满", relation=Relation.SON, person=stage.persons["苗小满"])
    with pytest.raises(NotAllowed):
        actions.take_in(stage.households[1], member, by=stage.users["worker2"], on=clock.today())
    assert now(stage, "苗小满").household == stage.households[0]


# --- the head ------------------------------------------------------------------------------------------------------
def test_another_head_and_the_number_stays(stage):
    actions.choose_head(now(stage, "苗小满"), by=stage.users["worker"], former=Relation.PARENT)
    assert now(stage, "苗小满").relation == Relation.HEAD
    assert now(stage, "苗长有").relation == Relation.PARENT
    assert now(stage, "苗小满").household.number == "001"
    entry = RegisterEntry.objects.get(what="head")
    assert (entry.old["name"], entry.new["name"]) == ("苗长有", "苗小满")
    actions.choose_head(now(stage, "苗小满"), by=stage.users["worker"])
    assert RegisterEntry.objects.filter(what="head").count() == 1  # the same head again is no change


def test_a_child_heads_no_household(stage):
    Person.objects.filter(pk=stage.persons["苗小满"].pk).update(birth_year=clock.today().year - 9)
    with pytest.raises(DomainError) as refused:
        actions.choose_head(now(stage, "苗小满"), by=stage.users["clerk"], former=Relation.PARENT)
    assert refused.value.field == "birth_year"
    assert now(stage, "苗长有").relation == Relation.HEAD


@pytest.mark.parametrize("former", [Relation.HEAD, "", "77"])
def test_the_former_head_becomes_something_that_there_is(stage, former):
    with pytest.raises(DomainError) as refused:
        actions.choose_head(now(stage, "苗小满"), by=stage.users["clerk"], former=former)
    assert refused.value.field == "former"


def test_a_standing_is_written_over_only_as_it_was_seen(stage):
    membership = now(stage, "苗小满")
    stood = Standing.of(membership)
    away = Standing(stood.relation, stood.residence, is_away=True)
    actions.change_standing(membership, by=stage.users["worker"], stood=stood, standing=away)
    with pytest.raises(WrongStatus):
        other = Standing(Relation.OTHER, stood.residence, is_away=False)
        actions.change_standing(membership, by=stage.users["clerk"], stood=stood, standing=other)
    assert Standing.of(now(stage, "苗小满")) == away
    assert Standing.read(str(away)) == away
    assert Standing.read("") == Standing("", "", is_away=False)


def test_nobody_becomes_or_stops_being_head_in_passing(stage):
    for name, relation in (("苗小满", Relation.HEAD), ("苗长有", Relation.OTHER)):
        stood = Standing.of(now(stage, name))
        with pytest.raises(DomainError) as refused:
            actions.change_standing(
                now(stage, name),
                by=stage.users["clerk"],
                stood=stood,
                standing=Standing(relation, stood.residence, stood.is_away),
            )
        assert refused.value.field == "relation"


def test_both_halves_of_a_change_stand_or_fall_together(stage):
    membership = now(stage, "苗小满")
    stood = Standing.of(membership)
    with pytest.raises(WrongStatus):
        actions.change_member(
            membership,
            by=stage.users["clerk"],
            seen=membership.person.updated_at,
            stood=Standing("99", "registered", is_away=False),
            standing=stood,
            name="苗小曼",
            sex="2",
            birth_year=1971,
            phone="",
        )
    assert now(stage, "苗小满").person.name == "苗小满"


# --- death ---------------------------------------------------------------------------------------------------------
def test_a_death_is_entered_once_and_not_before_birth(stage):
    person = stage.persons["苗小满"]
    with pytest.raises(DomainError):
        actions.record_death(person, by=stage.users["clerk"], on=date(1960, 1, 1))
    actions.record_death(person, by=stage.users["clerk"], on=DAY)
    with pytest.raises(WrongStatus):
        actions.record_death(person, by=stage.users["clerk"], on=DAY)
    assert not queries.namesakes(stage.village, "苗小满", None)  # a child may bear the name of who has died


def test_a_year_that_is_not_known_after_all(stage):
    person = Person.objects.get(name="苗小满")
    actions.change_person(person, by=stage.users["clerk"], seen=person.updated_at, birth_year="")
    assert Person.objects.get(pk=person.pk).birth_year is None
    assert Person.objects.get(pk=person.pk).sex == person.sex  # what is not given stays


# --- a telephone proves the family -----------------------------------------------------------------------------------
@pytest.mark.parametrize(("tail", "fits"), [("0471", True), ("0472", False), ("", False), ("１２３４", False)])
def test_the_last_four_digits_of_a_telephone_prove_the_family(stage, tail, fits):
    assert queries.prove_family(stage.households[0], tail) is fits
    assert not queries.prove_family(stage.households[1], tail)


def test_who_has_left_proves_nothing(stage):
    actions.leave(now(stage, "苗长有"), by=stage.users["clerk"], on=clock.today() - timedelta(days=1), because="进城")
    assert not queries.prove_family(stage.households[0], "0471")


# --- a whole register ------------------------------------------------------------------------------------------------
def rolls(stage, houses: int, each: int) -> list[Roll]:
    made = []
    for n in range(houses):
        at = n % 3
        members = [
            Member(
                name=f"田{'一二三四五六七八九十'[n % 10]}{'东南西北中'[i]}",
                relation=Relation.HEAD if i == 0 else Relation.SON,
                birth_year=1950 + i,
                phone=f"1300{n:04}{i:03}",
            )
            for i in range(each)
        ]
        roll = Roll(
            number=f"9{n:04}", group=stage.groups[at], grid=stage.grids[at], members=members, opened_on=date(2010, 1, 1)
        )
        made.append(roll)
    return made


def test_eight_hundred_households_come_in_within_five_seconds(stage):
    begun = time.process_time()
    made = actions.register_many(stage.village, rolls(stage, 800, 4), by=Operator("set-up"))
    took = time.process_time() - begun
    assert len(made) == 800
    assert Household.objects.filter(number__startswith="9").count() == 800
    assert Membership.objects.filter(household__in=made[:5], relation=Relation.HEAD).count() == 5
    person = Person.objects.get(phone_index=Person.objects.filter(name="田一东").first().phone_index)
    assert person.name_key == "tian yi dong" and str(person.phone).startswith("130****") and person.phone_tail_index
    entry = RegisterEntry.objects.get(what="many")
    assert entry.new == {"households": 800, "persons": 3200}
    assert took < 5, took


def test_an_old_roll_knows_who_came_and_went(stage):
    gone = PastMember(
        name="田老汉", relation=Relation.HEAD, from_on=date(1990, 1, 1), to_on=DAY, died_on=DAY, left_because="去世"
    )
    here = PastMember(name="田大嫂", relation=Relation.HEAD, from_on=DAY)
    roll = Roll(number="9001", group=stage.groups[0], grid=stage.grids[0], members=[gone, here], opened_on=DAY)
    home = actions.register_many(stage.village, [roll], by=stage.users["clerk"])[0]
    assert [m.person.name for m in queries.members(home)[0]] == ["田大嫂"]
    assert Person.objects.get(name="田老汉").died_on == DAY


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "001"},
        {"number": ""},
        {"number": "90000"},
        {"members": []},
        {"members": [Member(name="甲"), Member(name="乙")]},
        {"members": [Member(name="小孩", birth_year=2024)]},
        {"members": [Member(name="短号", phone="1300")]},
        {"opened_on": date(2150, 1, 1)},
        {"closed_on": DAY},
        {"grid": 1},
    ],
)
def test_one_wrong_household_and_none_comes_in(stage, wrong):
    good = rolls(stage, 2, 2)
    fields = {**good[0].__dict__, "number": "9100", **wrong}
    if "grid" in wrong:
        fields["grid"] = stage.grids[1]
    with pytest.raises(DomainError) as refused:
        actions.register_many(stage.village, [*good, Roll(**fields)], by=stage.users["clerk"])
    assert fields["number"] in str(refused.value.message)
    assert not Household.objects.filter(number__startswith="9").exists()


def test_only_keepers_bring_a_register_in(stage):
    for who in ("worker", "supervisor", "township"):
        with pytest.raises(NotAllowed):
            actions.register_many(stage.village, rolls(stage, 1, 1), by=stage.users[who])
