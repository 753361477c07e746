"""Personal numbers at rest."""

import base64

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import Error, connection, models, transaction
from django.db.models.functions import Upper
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import stage as stages
from tongxin.core import crypto
from tongxin.people.models import Person
from tongxin.territory import scope

PHONE = "13812345678"
HERE = "people_person|phone"


def key(byte):
    return base64.b64encode(bytes([byte]) * 32).decode()


@pytest.fixture
def keys(monkeypatch):
    """Set the key lines; the test's own ones come back afterwards."""

    def set_(*lines):
        monkeypatch.setenv("TONGXIN_FIELD_KEY", ",".join(lines))
        crypto.forget_keys()

    yield set_
    monkeypatch.undo()
    crypto.forget_keys()


# --- sealing ----------------------------------------------------------------------------------------------------
@given(st.text(max_size=200))
def test_what_is_sealed_opens_again(text):
    assert crypto.unseal(crypto.seal(text, HERE), HERE) == text


def test_it_opens_in_its_own_column_only_and_never_twice_alike():
    sealed = crypto.seal(PHONE, HERE)
    assert PHONE not in sealed
    assert sealed != crypto.seal(PHONE, HERE)
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed, "issues_issue|phone")


@given(st.data())
def test_one_changed_letter_is_noticed_and_nothing_is_said_of_the_content(data):
    sealed = crypto.seal(PHONE, HERE)
    at = data.draw(st.integers(0, len(sealed) - 1))
    letter = data.draw(st.sampled_from("ABab01:/+=渠"))
    changed = sealed[:at] + letter + sealed[at + 1 :]
    if changed != sealed:
        with pytest.raises(crypto.Unreadable) as refused:
            crypto.unseal(changed, HERE)
        assert "138" not in str(refused.value)


@pytest.mark.parametrize("stored", ["", PHONE, "g1:", "g1:00000000:AAAA", "g2:x:y"])
def test_what_was_never_sealed_is_unreadable(stored):
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(stored, HERE)


# --- keys -------------------------------------------------------------------------------------------------------
def test_a_new_key_writes_and_the_old_one_still_reads(keys):
    keys(key(1))
    old, index = crypto.seal(PHONE, HERE), crypto.blind_index(PHONE, "phone")
    keys(key(2), key(1))
    new = crypto.seal(PHONE, HERE)
    assert crypto.unseal(old, HERE) == crypto.unseal(new, HERE) == PHONE
    assert new.split(":")[1] != old.split(":")[1]
    assert crypto.blind_index(PHONE, "phone") == index  # the last line keys it, so it outlives the change
    keys(key(2))
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(old, HERE)


def test_the_key_comes_from_the_file_when_the_environment_has_none(keys, settings, tmp_path):
    settings.DATA = tmp_path
    keys("")
    with pytest.raises(ImproperlyConfigured, match="setup_keys"):
        crypto.seal(PHONE, HERE)
    (tmp_path / "field.key").write_text(key(3) + "\n")
    crypto.forget_keys()
    assert crypto.unseal(crypto.seal(PHONE, HERE), HERE) == PHONE


# --- the blind index --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "spelling",
    ["99999919491231002X", "99999919491231002x", " ９９９９９９19491231002Ｘ\n", "\u200b99999919491231002\ufeffX"],
)
def test_spellings_of_one_number_are_one_number(spelling):
    assert crypto.blind_index(spelling, "identity") == crypto.blind_index("99999919491231002X", "identity")


def test_the_blind_index_is_keyed_and_bound_to_its_use(keys):
    keys(key(1))
    index = crypto.blind_index("1234", "a")
    assert len(index) == 32
    assert index != crypto.blind_index("1234", "b")
    assert index != crypto.blind_index("1235", "a")
    keys(key(2))
    assert index != crypto.blind_index("1234", "a")


# --- the field --------------------------------------------------------------------------------------------------
@pytest.fixture
def person(db):
    stage = stages.village()
    with scope.village(stage.village.pk):
        yield stages.row(Person, village=stage.village, name="某人", phone=PHONE)


def stored(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person")
        return cursor.fetchone()[0]


def test_the_database_never_sees_a_telephone(person):
    assert Person.objects.get().phone == PHONE
    assert stored(person).startswith("g1:") and PHONE not in stored(person)
    assert list(Person.objects.values_list("phone", flat=True)) == [PHONE]


@pytest.mark.parametrize("value", ["", "13900000000", "电话 1390 转 2"])
def test_every_way_of_writing_seals(person, value):
    Person.objects.filter(pk=person.pk).update(phone=value)
    assert Person.objects.get().phone == value and (stored(person) == "") is (value == "")
    person.phone = value + "0"
    Person.objects.bulk_update([person], ["phone"])
    assert Person.objects.get().phone == value + "0" and stored(person).startswith("g1:")


@pytest.mark.parametrize("value", [PHONE, "g2:AAAA"])
def test_the_table_itself_refuses_clear_text(person, value):
    with pytest.raises(Error) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_person SET phone = %s", [value])
    assert stored(person).startswith("g1:")
    assert refused.value


@pytest.mark.parametrize("smuggled", [models.Value(PHONE), models.F("name"), Upper(models.Value(PHONE))])
def test_no_expression_brings_clear_text_past_the_seal(person, smuggled):
    with pytest.raises(TypeError), transaction.atomic():
        Person.objects.update(phone=smuggled)
    assert stored(person).startswith("g1:")


@pytest.mark.parametrize(
    "question",
    [{"phone": PHONE}, {"phone__contains": "138"}, {"phone__in": [PHONE]}, {"phone__gt": ""}, {"phone__length": 11}],
)
def test_nobody_searches_for_one(person, question):
    with pytest.raises(FieldError):
        Person.objects.filter(**question)


def test_whether_there_is_one_may_be_asked(person):
    assert Person.objects.filter(phone__isnull=True).count() == Person.objects.filter(phone=None).count() == 0


def test_it_shows_in_no_repr(person):
    for thing in (person.phone, Person.objects.get().phone, [person.phone], vars(person)):
        assert PHONE not in repr(thing)
    person.phone = "13900000000"
    assert "13900000000" not in repr(vars(person)) and str(person.phone) == "13900000000"


def test_only_text_is_taken(person):
    person.phone = 13812345678
    with pytest.raises(TypeError):
        person.save()


def test_a_context_of_its_own_survives_a_renamed_table():
    field = crypto.EncryptedTextField(context="old_table|phone")
    assert field.bound_to == "old_table|phone"
    assert field.deconstruct()[3]["context"] == "old_table|phone"
    assert "context" not in crypto.EncryptedTextField().deconstruct()[3]
