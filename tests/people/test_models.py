"""What the database itself refuses in the register, and how days are counted."""

from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction

from tests.factories.stage import row
from tongxin.people.models import CardToken, Household, Membership, Person, Relation

DAY = date(2022, 3, 1)


def refused(model, **fields) -> bool:
    try:
        with transaction.atomic():
            row(model, **fields)
    except IntegrityError:
        return True
    return False


def test_nobody_is_in_two_households_and_no_household_has_two_heads(stage):
    home, other = stage.households[:2]
    given = {"village": stage.village, "from_on": DAY}
    assert refused(Membership, **given, person=stage.persons["苗小满"], household=other, relation=Relation.SON)
    fresh = row(Person, village=stage.village, name="新来的")
    assert refused(Membership, **given, person=fresh, household=home, relation=Relation.HEAD)
    assert not refused(Membership, **given, person=fresh, household=home, relation=Relation.SON)


def test_nobody_leaves_before_they_came(stage):
    fresh = row(Person, village=stage.village, name="新来的")
    given = {"village": stage.village, "person": fresh, "household": stage.households[0], "relation": Relation.SON}
    assert refused(Membership, **given, from_on=DAY, to_on=DAY - timedelta(days=1))
    assert not refused(Membership, **given, from_on=DAY, to_on=DAY)


def test_household_numbers_and_valid_cards_are_single(stage):
    ground = {"village": stage.village, "group": stage.groups[0], "grid": stage.grids[0], "opened_on": DAY}
    assert refused(Household, **ground, number="001")
    assert refused(Household, **ground, number="777", closed_on=DAY - timedelta(days=1))
    card = {"village": stage.village, "household": stage.households[0], "issued_on": DAY}
    assert refused(CardToken, **card, token="another-token-long-enough")
    assert not refused(CardToken, **card, token="another-token-long-enough", revoked_on=DAY)


def test_years_of_birth_have_bounds(stage):
    for year, is_refused in ((1889, True), (1890, False), (2100, False), (2101, True)):
        assert refused(Person, village=stage.village, name="某人", birth_year=year) is is_refused


def test_a_telephone_is_not_in_the_table_in_clear(stage):
    person = stage.persons["苗长有"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person WHERE name = %s", [person.name])
        stored = cursor.fetchone()[0]
    assert stored.startswith("g2:") and "0471" not in stored
    assert Person.objects.get(pk=person.pk).phone == "13811110471"


def test_a_membership_counts_from_its_first_day_to_the_day_before_its_last(stage):
    rows = Membership.objects.filter(person=stage.persons["苗小满"])
    rows.update(from_on=DAY, to_on=DAY + timedelta(days=3))
    assert [rows.on(DAY + timedelta(days=n)).exists() for n in (-1, 0, 2, 3)] == [False, True, True, False]


def test_a_household_is_there_until_the_day_it_is_closed(stage):
    rows = Household.objects.filter(pk=stage.households[0].pk)
    rows.update(opened_on=DAY, closed_on=DAY + timedelta(days=3))
    assert [rows.on(DAY + timedelta(days=n)).exists() for n in (-1, 0, 2, 3)] == [False, True, True, False]


def test_who_has_died_is_alive_until_the_day_before(stage):
    Person.objects.filter(pk=stage.persons["苗小满"].pk).update(died_on=DAY)
    rows = Person.objects.filter(pk=stage.persons["苗小满"].pk)
    assert rows.alive(DAY - timedelta(days=1)).exists() and not rows.alive(DAY).exists()
