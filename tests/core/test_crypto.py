"""Fields for personal numbers: sealed in the table, masked wherever they are printed."""

import copy
import json
import pickle
from io import StringIO

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import Error, connection, models, transaction
from django.db.models.functions import Upper
from django.template import Context, Template

from tests.factories import stage as stages
from tongxin.core import crypto, keyring
from tongxin.core.ids import uuid7
from tongxin.issues.models import Issue
from tongxin.people.models import Person
from tongxin.territory import scope

PHONE, OTHER = "13812345678", "13900000000"


@pytest.fixture
def village(db):
    stage = stages.village()
    with scope.village(stage.village.pk):
        yield stage.village


@pytest.fixture
def person(village):
    return stages.row(Person, village=village, name="某人", phone=PHONE)


def stored(row, column="phone"):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column} FROM {row._meta.db_table} WHERE id = %s",
            [row._meta.pk.get_db_prep_value(row.pk, connection)],
        )
        return cursor.fetchone()[0]


def put(row, text):
    """What somebody with the database at hand does."""
    id_ = row._meta.pk.get_db_prep_value(row.pk, connection)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {row._meta.db_table} SET phone = %s WHERE id = %s", [text, id_])


def again(row):
    return type(row).objects.get(pk=row.pk)


# --- in the table -----------------------------------------------------------------------------------------------------
def test_the_database_never_sees_a_telephone(person):
    assert again(person).phone == PHONE
    assert stored(person).startswith("g2:") and PHONE not in stored(person)
    assert keyring.current(person.village_id, "field").name in stored(person)


def test_a_row_without_a_village_is_sealed_by_the_county(village):
    """Below the village level there is a county's key; core knows no villages, only plain ids."""
    row = Person(village_id=None, name="某人", phone=PHONE)
    text = row.phone.sealed().stored
    assert keyring.current(None, "field").name in text


def test_two_rows_that_change_places_are_unreadable(village):
    rows = [stages.row(Person, village=village, name="某人", phone=phone) for phone in (PHONE, OTHER)]
    texts = [stored(row) for row in rows]
    for row, text in zip(rows, reversed(texts), strict=True):
        put(row, text)
        with pytest.raises(crypto.Unreadable):
            again(row).phone.in_clear()
    put(rows[0], texts[0])
    assert again(rows[0]).phone == PHONE


@pytest.mark.parametrize("value", ["", OTHER, "电话 1390 转 2", "g2:no key of ours"])
def test_every_way_of_writing_seals(person, value):
    Person.objects.filter(pk=person.pk).update(**crypto.sealed_for(person, "phone", value))
    assert again(person).phone == value and (stored(person) == "") is (value == "")
    person.phone = value + "0"
    Person.objects.bulk_update([person], ["phone"])
    assert again(person).phone == value + "0" and stored(person).startswith("g2:")
    person.phone = value
    person.save()
    assert again(person).phone == value
    [made] = Person.objects.bulk_create([Person(village=person.village, name="又一人", phone=value)])
    assert again(made).phone == value


@pytest.mark.parametrize("value", [PHONE, "g3:AAAA", "x1:2026-01-01"])
def test_the_table_itself_refuses_clear_text(person, value):
    with pytest.raises(Error) as refused, transaction.atomic():
        put(person, value)
    assert stored(person).startswith("g2:")
    assert refused.value


@pytest.mark.parametrize(
    "smuggled",
    [
        PHONE,
        models.Value(PHONE),
        models.F("name"),
        Upper(models.Value(PHONE)),
        models.Case(models.When(name="某人", then=models.F("name"))),
        models.Subquery(Person._base_manager.values("phone")[:1]),
    ],
    ids=["text", "value", "column", "function", "case", "another row"],
)
def test_no_update_brings_in_what_was_not_sealed_for_the_row(person, smuggled):
    with pytest.raises((TypeError, FieldError)), transaction.atomic():
        Person.objects.update(phone=smuggled)
    assert again(person).phone == PHONE


def test_a_loaded_secret_of_one_row_is_not_written_into_another(village, person):
    other = stages.row(Person, village=village, name="另一人", phone=OTHER)
    with pytest.raises(TypeError), transaction.atomic():
        Person.objects.filter(pk=other.pk).update(phone=again(person).phone)
    other.phone = again(person).phone  # assigned, it is sealed for its new row
    other.save()
    assert again(other).phone == PHONE


def test_only_text_is_taken(person):
    with pytest.raises(TypeError):
        person.phone = 13812345678


@pytest.mark.parametrize(
    "question",
    [{"phone": PHONE}, {"phone__contains": "138"}, {"phone__in": [PHONE]}, {"phone__gt": ""}, {"phone__length": 11}],
)
def test_nobody_searches_for_one(person, question):
    with pytest.raises(FieldError):
        Person.objects.filter(**question).first()


def test_whether_there_is_one_may_be_asked(person):
    assert Person.objects.filter(phone__isnull=True).count() == Person.objects.filter(phone=None).count() == 0


# --- saving a loaded row ----------------------------------------------------------------------------------------------
def test_what_was_not_assigned_is_not_written(person):
    """Whoever holds a row while its secret is rotated or erased does not write the old one back."""
    held, before = again(person), stored(person)
    put(person, "x2:2026-06-15")
    held.name = "改了名"
    held.save()
    assert stored(person) == "x2:2026-06-15" and again(person).name == "改了名" and before != stored(person)


def test_a_saved_row_keeps_its_text_to_the_letter(person):
    before = stored(person)
    held = again(person)
    assert held.phone == PHONE  # opened
    held.save()
    assert stored(person) == before


def test_a_copy_under_another_id_is_sealed_for_itself(person):
    twin = again(person)
    assert twin.phone == PHONE
    twin.pk, twin._state.adding = uuid7(), True
    twin.save()
    assert again(twin).phone == again(person).phone == PHONE
    unopened = again(person)
    unopened.pk, unopened._state.adding = uuid7(), True
    with pytest.raises(crypto.Unreadable):  # bound to the other row: said at once, never saved as something unreadable
        unopened.save()


# --- fetching in part -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", ["only", "defer", "only_it"])
def test_a_deferred_secret_is_fetched_and_opens(person, rows):
    found = {
        "only": Person.objects.only("name"),
        "defer": Person.objects.defer("phone", "village"),
        "only_it": Person.objects.only("phone"),
    }[rows].get(pk=person.pk)
    assert found.phone == PHONE
    found.refresh_from_db()
    assert found.phone == PHONE


def test_values_give_something_that_is_no_text_and_says_so(person):
    for rows in (Person.objects.values_list("phone", flat=True), Person.objects.annotate(x=models.F("phone"))):
        [value] = [getattr(row, "x", row) for row in rows]
        assert isinstance(value, crypto.Sealed) and value
        for use in (
            str,
            lambda v: v == PHONE,
            json.dumps,
            "{}".format,
            lambda v: Template("{{ v }}").render(Context({"v": v})),
        ):
            with pytest.raises(TypeError):
                use(value)
        assert PHONE not in repr(value)
    Person.objects.update(phone="")
    assert list(Person.objects.values_list("phone", flat=True)) == [""]


def test_a_joined_row_opens_by_its_own_id(village):
    stage = stages.settle(stages.Stage(village))
    from tongxin.people.models import Membership

    phones = [str(m.person.phone) for m in Membership.objects.select_related("person").order_by("id")]
    assert phones[0] == f"138****{stages.TAIL}" and stage.village == village


# --- what it shows ----------------------------------------------------------------------------------------------------
def test_it_prints_masked_and_shows_in_no_repr(person):
    for row in (person, again(person)):
        for shown in (
            str(row.phone),
            f"{row.phone}",
            Template("{{ p.phone }}").render(Context({"p": row})),
        ):
            assert shown == "138****5678"
        for thing in (row.phone, [row.phone], vars(row) if row is not person else {}):
            assert PHONE not in repr(thing)
        assert row.phone.in_clear() == PHONE


def test_it_is_no_text(person):
    for use in (len, list, json.dumps, hash, lambda v: v + "", lambda v: v[-4:], lambda v: v.strip()):
        with pytest.raises((TypeError, AttributeError)):
            use(person.phone)


@pytest.mark.parametrize(
    ("mask", "text", "shown"),
    [
        ("phone", PHONE, "138****5678"),
        ("identity", "62112219491231002X", "6211************2X"),
        ("card", "6217000000000000123", "***************0123"),
        ("name", "欧阳娜娜", "欧阳**"),
        ("", "anything", "****"),
        ("phone", "", ""),
    ],
)
def test_each_kind_is_masked_in_its_own_way(mask, text, shown):
    assert crypto.EncryptedTextField(mask=mask).masked(text) == shown


def test_it_equals_its_clear_text_and_is_false_when_empty(person):
    assert person.phone == PHONE == again(person).phone and person.phone != OTHER
    assert again(person).phone == person.phone
    person.phone = ""
    assert not person.phone and person.phone == "" and str(person.phone) == "" and person.phone.trouble == ""


def test_what_cannot_be_read_is_a_dash_and_a_sentence(person):
    put(person, "x2:2026-06-15")
    assert str(again(person).phone) == "—" and again(person).phone
    assert "2026-06-15" in again(person).phone.trouble
    put(person, f"g2:{'A' * 22}:AAAA")
    assert str(again(person).phone) == "—" and again(person).phone != PHONE
    assert "2026" not in again(person).phone.trouble and again(person).phone.trouble
    assert again(person).phone != again(person).phone  # of what nobody can read, nobody knows whether it is the same


# --- where it must not go ---------------------------------------------------------------------------------------------
def test_a_pickled_row_carries_no_clear_text(person):
    held = again(person)
    assert held.phone == PHONE
    packed = pickle.dumps(held)
    assert PHONE.encode() not in packed
    assert pickle.loads(packed).phone == PHONE  # noqa: S301 -- opened anew, with the keys of this machine
    with pytest.raises(TypeError):
        pickle.dumps(held.phone)
    assert copy.copy(held).phone == PHONE


def test_dumpdata_carries_no_clear_text_and_is_not_sealed_twice(person):
    out = StringIO()
    with scope.everything("a dump of all"):
        call_command("dumpdata", "people.person", stdout=out)
    assert PHONE not in out.getvalue() and stored(person) in out.getvalue()
    [loaded] = serializers.deserialize("json", out.getvalue())
    assert loaded.object.phone == PHONE
    with pytest.raises(TypeError), transaction.atomic():
        loaded.save()  # loud: a restore is `tongxin restore`, with the keys of the same dump


# --- fingerprints -----------------------------------------------------------------------------------------------------
def test_a_fingerprint_is_written_along_with_what_it_is_of(person):
    assert crypto.fits(PHONE, "phone", person.village_id, person.phone_index)
    assert again(person).phone_index == person.phone_index
    person.phone = OTHER
    person.save()
    assert crypto.fits(OTHER, "phone", person.village_id, again(person).phone_index)
    assert crypto.fits("0000", "household-tail", person.village_id, again(person).phone_tail_index)
    person.phone = ""
    person.save()
    assert again(person).phone_index == again(person).phone_tail_index == ""


def test_a_loaded_rows_fingerprint_is_left_alone(person):
    Person.objects.update(phone_index="other")
    held = Person.objects.defer("phone").get(pk=person.pk)
    held.save()
    again(person).save()
    assert again(person).phone_index == "other"


def test_three_digits_have_no_last_four():
    assert [crypto.last_four(text) for text in ("", "119", "0471", "138 0000-0471", "无")] == [
        "",
        "",
        "0471",
        "0471",
        "",
    ]


def test_it_is_said_which_fingerprints_a_secret_has():
    field = Issue._meta.get_field("phone")
    assert [index.name for index in crypto.indexes_of(field)] == ["phone_tail_index"]
    assert crypto.indexes_of(Issue._meta.get_field("told_by_name")) == []
    with pytest.raises(FieldError):
        crypto.sealed_for(Issue(), "words", "a")


# --- migrations -------------------------------------------------------------------------------------------------------
def test_what_the_migrations_need_is_kept_and_nothing_else():
    field = crypto.EncryptedTextField(context="old_table|phone", marks=("g1:",), mask="phone")
    assert field.bound_to == "old_table|phone"
    assert field.deconstruct()[3] == {"context": "old_table|phone", "marks": ("g1:",)}
    assert crypto.EncryptedTextField(mask="phone").deconstruct()[3] == {}
    index = crypto.BlindIndexField(of="phone", use="phone", part=crypto.last_four)
    assert index.deconstruct()[1:] == (
        "django.db.models.CharField",
        [],
        {"max_length": 32, "blank": True, "editable": False},
    )
