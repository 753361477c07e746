"""Somebody asks that their numbers be taken away."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.casework.actors import Operator
from tongxin.core import crypto
from tongxin.core.errors import DomainError, NotAllowed
from tongxin.issues.models import Issue, Voice
from tongxin.people import actions
from tongxin.people.models import Person, RegisterEntry

PHONE = f"1381111{stages.TAIL}"


@pytest.fixture
def person(stage):
    return stage.persons["苗长有"]


def test_a_persons_numbers_go_from_the_register_and_from_what_they_told(stage, person):
    told = stages.told(stage, "told", phone="13822220001", told_by=person, by="clerk")
    under = stages.told(stage, "under", phone=PHONE, told_by_name="苗长有")
    other = stages.told(stage, "other", phone=f"1382222{stages.TAIL}")  # the same last four digits
    with stage.days_ago(0):
        from tongxin.issues import actions as issues

        issues.join(other, by=None, key="k", phone=PHONE)
        assert actions.erase_person(person, by=stage.users["clerk"], because="本人要求") == 5
    assert str(Person.objects.get(pk=person.pk).phone) == "—"
    assert [str(Issue.objects.get(pk=i.pk).phone) for i in (told, under, other)] == ["—", "—", "138****0471"]
    assert str(Issue.objects.get(pk=under.pk).told_by_name) == "—"
    assert str(Voice.objects.get().phone) == "—" and Voice.objects.get().phone_tail_index == ""
    entry = RegisterEntry.objects.get(what="erase")
    assert entry.person == person and entry.new == {"because": "本人要求", "secrets": 5}


def test_the_history_says_that_it_was_done(stage, person, as_user):
    actions.erase_person(person, by=stage.users["clerk"], because="本人要求")
    page = as_user("clerk").get(reverse("people:household", args=[stage.households[0].pk])).content.decode()
    assert "本人要求" in page and "永久" in page


@pytest.mark.parametrize("who", ["supervisor", "worker", "committee"])
def test_only_a_keeper_of_the_whole_register_erases(stage, person, who):
    with pytest.raises(NotAllowed):
        actions.erase_person(person, by=stage.users[who], because="本人要求")
    assert Person.objects.get(pk=person.pk).phone == PHONE


def test_a_reason_is_asked_for(stage, person):
    with pytest.raises(DomainError):
        actions.erase_person(person, by=stage.users["clerk"], because=" ")
    with pytest.raises(DomainError):
        actions.destroy_village_secrets(stage.village, by=Operator("test"), because="")


def test_a_village_is_destroyed_from_the_command_line_only(stage, person):
    with pytest.raises(NotAllowed):
        actions.destroy_village_secrets(stage.village, by=stage.users["secretary"], because="撤村")
    assert actions.destroy_village_secrets(stage.village, by=Operator("test"), because="撤村") == 2
    assert str(Person.objects.get(pk=person.pk).phone) == "—"
    assert not crypto.fits(PHONE, "phone", stage.village.pk, Person.objects.get(pk=person.pk).phone_index)


# --- the command ------------------------------------------------------------------------------------------------------
@pytest.fixture
def swept(monkeypatch):
    """Clearing up is no matter for a test's transaction; `test_erasure` does it."""
    from tongxin.core import erasure

    answers = [True]
    monkeypatch.setattr(erasure, "sweep_traces", lambda: answers[0])
    return answers


def erase(*args):
    out, err = StringIO(), StringIO()
    call_command("erase_secrets", "--village", "liugou", "--because", "本人要求", *args, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def test_the_command_erases_one_person(stage, person, swept):
    assert "1 secrets erased" in erase("--person", str(person.pk), "--sure")
    assert str(Person.objects.get(pk=person.pk).phone) == "—"


def test_the_command_destroys_a_village_and_says_who_must_clear_up(stage, person, swept):
    swept[0] = False
    said = erase("--all", "--sure")
    assert "2 keys destroyed" in said and "VACUUM FULL" in said
    assert str(Person.objects.get(pk=person.pk).phone) == "—"


@pytest.mark.parametrize(("typed", "done"), [("liugou", True), ("yes", False), ("", False)])
def test_the_command_asks_first(stage, person, swept, monkeypatch, typed, done):
    monkeypatch.setattr("builtins.input", lambda words: typed)
    if done:
        erase("--all")
    else:
        with pytest.raises(CommandError, match="Nothing"):
            erase("--all")
    assert (str(Person.objects.get(pk=person.pk).phone) == "—") is done


def test_the_command_knows_its_villages_and_persons(stage, swept):
    with pytest.raises(CommandError, match="no such village"):
        call_command("erase_secrets", "--village", "nowhere", "--all", "--because", "x", "--sure")
    with pytest.raises(CommandError, match="no such person"):
        erase("--person", str(stage.village.pk), "--sure")
