"""Finding the person whom a form names."""

import pytest

from tests.factories.stage import row
from tongxin.bodies.forms import AppointForm
from tongxin.people.models import Person


def form(stage, **changed):
    return AppointForm({"name": "苗小满", "from_on": "2022-03-01", **changed}, village=stage.village)


def test_a_whole_name_of_one_person_is_enough(stage):
    asked = form(stage)
    assert asked.is_valid() and asked.who == stage.persons["苗小满"] and "person" not in asked.fields


def test_a_name_that_two_bear_offers_both_told_apart(stage):
    other = row(Person, village=stage.village, name="苗小满", birth_year=1951)
    asked = form(stage)
    assert not asked.is_valid() and "person" in asked.errors
    labels = [str(label) for _value, label in asked.fields["person"].choices]
    assert any("001" in label for label in labels) and any("1951" in label for label in labels)
    asked = form(stage, person=str(other.pk))
    assert asked.is_valid() and asked.who == other


@pytest.mark.parametrize("typed", ["小满", "满"])
def test_a_part_of_a_name_is_offered_and_never_taken_for_granted(stage, typed):
    asked = form(stage, name=typed)
    assert not asked.is_valid() and "person" in asked.errors
    asked = form(stage, name=typed, person=str(stage.persons["苗小满"].pk))
    assert asked.is_valid() and asked.who == stage.persons["苗小满"]


def test_pinyin_and_initials_find_too(stage):
    Person.objects.filter(pk=stage.persons["苗小满"].pk).update(name_key="miao xiao man", name_initials="mxm")
    for typed in ("mxm", "Miao Xiao"):
        assert form(stage, name=typed, person=str(stage.persons["苗小满"].pk)).is_valid()


def test_who_does_not_fit_the_name_cannot_be_slipped_in(stage):
    asked = form(stage, name="冬来", person=str(stage.persons["苗小满"].pk))
    assert not asked.is_valid() and asked.who is None


def test_the_dead_are_not_offered(stage):
    Person.objects.filter(pk=stage.persons["苗小满"].pk).update(died_on="2022-01-01")
    assert "name" in form(stage).errors


def test_somebody_from_outside_needs_no_register(stage):
    asked = form(stage, name="县里律师", outsider="on")
    assert asked.is_valid() and asked.who is None
