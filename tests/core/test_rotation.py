"""Other keys: what is stopped is taken up again, and nothing is lost."""

import base64
import hmac
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.management import CommandError, call_command

from tests.factories import stage as stages
from tongxin.core import clock, crypto, keyring, rotation
from tongxin.core.models import KeyPurpose, SealingKey
from tongxin.people.models import Person
from tongxin.territory import scope

PHONE = "13812345678"


def line(byte):
    return base64.b64encode(bytes([byte]) * 32).decode()


@pytest.fixture
def lines(monkeypatch):
    def set_(*given):
        monkeypatch.setenv("TONGXIN_FIELD_KEY", ",".join(given))
        keyring.forget_keys()

    return set_


@pytest.fixture
def village(db):
    stage = stages.village()
    with scope.village(stage.village.pk):
        yield stage.village


@pytest.fixture
def persons(village):
    made = [Person(village=village, name=f"第{n}人", phone=f"1380000{n:04}") for n in range(25)]
    return Person.objects.bulk_create([*made, Person(village=village, name="没有电话")])


@pytest.fixture
def field():
    return Person._meta.get_field("phone")


def heads(model=Person):
    return {row.phone.stored[:26] for row in model.objects.all() if row.phone}


def all_there(persons):
    phones = {row.pk: row.phone.in_clear() if row.phone else "" for row in Person.objects.all()}
    return phones == {row.pk: row.phone.in_clear() for row in persons}


def test_every_encrypted_field_is_found():
    assert {"people_person.phone", "issues_issue.phone", "issues_issue.told_by_name", "issues_voice.phone"} <= {
        rotation.Work(field, 0).name for field in rotation.fields()
    }


def test_new_keys_seal_everything_anew_and_the_fingerprints_stay(persons, field, village):
    before, index = heads(), {row.pk: row.phone_index for row in Person.objects.all()}
    assert rotation.pending(field).count() == 0
    rotation.renew([village.pk])
    assert rotation.pending(field).count() == 25 and all_there(persons)  # both are read
    said = []
    work = rotation.reseal(field, lambda work: said.append((work.done, work.total)), batch=10)
    assert (work.done, work.unread) == (25, 0) and said == [(10, 25), (20, 25), (25, 25)]
    assert all_there(persons) and rotation.pending(field).count() == 0
    assert len(heads()) == 1 and heads() != before
    assert index == {row.pk: row.phone_index for row in Person.objects.all()}


@pytest.mark.parametrize("after", [0, 1, 9, 10, 11, 24])
def test_stopped_anywhere_it_goes_on_where_it_was(persons, field, village, monkeypatch, after):
    rotation.renew([village.pk])
    real, count = crypto.sealed_for, [0]

    def stopping(*args):
        if count[0] == after:
            raise KeyboardInterrupt
        count[0] += 1
        return real(*args)

    monkeypatch.setattr(crypto, "sealed_for", stopping)
    with pytest.raises(KeyboardInterrupt):
        rotation.reseal(field, batch=10)
    monkeypatch.undo()
    assert all_there(persons)
    left = rotation.pending(field).count()
    assert left == 25 - after // 10 * 10  # whole batches are kept
    assert rotation.reseal(field, batch=10).done == left and all_there(persons)


def test_what_somebody_changes_meanwhile_is_not_written_over(persons, field, village, monkeypatch):
    rotation.renew([village.pk])
    real = crypto.sealed_for

    def overtaken(row, name, text):
        if text == "13800000003":
            Person.objects.filter(pk=row.pk).update(**real(row, name, "13999999999"))
        return real(row, name, text)

    monkeypatch.setattr(crypto, "sealed_for", overtaken)
    assert rotation.reseal(field).done == 24
    assert Person.objects.get(pk=persons[3].pk).phone == "13999999999"


def test_what_no_key_opens_is_left_and_counted_and_ends_nothing(persons, field, village):
    torn, gone = persons[2], persons[4]
    Person.objects.filter(pk=torn.pk).update(phone=crypto.Sealed(f"g2:{'A' * 22}:AAAA"))
    Person.objects.filter(pk=gone.pk).update(phone=crypto.Sealed("x2:2026-06-15"))
    rotation.renew([village.pk])
    work = rotation.reseal(field, batch=2)
    assert (work.total, work.done, work.unread) == (24, 23, 1)
    assert Person.objects.get(pk=torn.pk).phone.stored.startswith("g2:AAAA")


def test_the_states_algorithms_come_with_the_next_keys(persons, field, village, settings):
    settings.GM = True
    rotation.renew([village.pk])
    rotation.reseal(field)
    assert {head[:3] for head in heads()} == {"s2:"} and all_there(persons)


# --- the first scheme -------------------------------------------------------------------------------------------------
@pytest.fixture
def first(persons, village):
    """Everything as the first scheme wrote it: sealed by the master key, fingerprints by the key derived from it."""
    id_, key = next(iter(keyring.masters().items()))
    for row in persons:
        phone = row.phone.in_clear()
        if not phone:
            continue
        sealed = AESGCM(key).encrypt(b"n" * 12, phone.encode(), f"people_person|phone|{id_}".encode())
        text = f"g1:{id_}:{base64.b64encode(b'n' * 12 + sealed).decode()}"
        index = hmac.digest(keyring.first_index_key(), f"phone|{village.pk}\0{phone}".encode(), "sha256")[:16].hex()
        Person.objects.filter(pk=row.pk).update(phone=crypto.Sealed(text), phone_index=index)
    SealingKey.objects.all().delete()
    keyring.keep_first_index_key()  # as the migration does
    keyring.forget_keys()
    return persons


def found(phone, village):
    return Person.objects.filter(phone_index__in=crypto.blind_indexes(phone, "phone", village.pk)).count()


def test_what_the_first_scheme_wrote_is_read_found_and_sealed_anew(first, field, village):
    assert heads() == {f"g1:{next(iter(keyring.masters()))}:" + text[12:] for text in heads()} and all_there(first)
    assert found("13800000007", village) == 1
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "people_person.phone: 25 of 25" in out.getvalue() and "done" in out.getvalue()
    assert {head[:3] for head in heads()} == {"g2:"} and all_there(first)
    assert found("13800000007", village) == 1
    now = crypto.blind_index("13800000007", "phone", village.pk)
    assert Person.objects.filter(phone_index=now).count() == 1 and not rotation.index_pending()


# --- finding ----------------------------------------------------------------------------------------------------------
def test_new_keys_for_finding_make_the_fingerprints_anew(persons, village):
    before = {row.pk: row.phone_index for row in Person.objects.all() if row.phone}
    rotation.renew([village.pk], KeyPurpose.INDEX)
    assert rotation.index_pending() and found("13800000007", village) == 1
    works = rotation.reindex(batch=10)
    assert sum(work.done for work in works) == 25
    after = {row.pk: row.phone_index for row in Person.objects.all() if row.phone}
    assert not set(before.values()) & set(after.values())
    assert found("13800000007", village) == 1 and not rotation.index_pending()


# --- what is no longer needed -----------------------------------------------------------------------------------------
def test_an_old_key_goes_only_when_it_seals_nothing_and_nobody_holds_it(persons, field, village):
    old = keyring.current(village.pk, KeyPurpose.FIELD)
    rotation.renew([village.pk])
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert rotation.drop() == 0
        rotation.reseal(field)
        assert [key.pk for key in rotation.spent()] == [old.id]
    assert rotation.drop() == 0  # just now retired: a process may still write with it
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert rotation.drop() == 1
    assert all_there(persons)


def test_which_lines_of_the_master_key_are_needed(lines, persons, village):
    lines(line(1), next(iter(keyring.key_lines())))
    new, old = keyring.masters()
    assert rotation.lines_needed() == {old}
    keyring.rewrap()
    assert rotation.lines_needed() == {new}
    id_, key = old, keyring.masters()[old]
    sealed = AESGCM(key).encrypt(b"n" * 12, b"1", f"people_person|phone|{id_}".encode())
    text = crypto.Sealed(f"g1:{id_}:{base64.b64encode(b'n' * 12 + sealed).decode()}")
    Person.objects.filter(pk=persons[0].pk).update(phone=text)
    assert rotation.lines_needed() == {new, old}


# --- the command ------------------------------------------------------------------------------------------------------
def test_a_new_master_key_only_wraps_anew(lines, persons, village):
    old = keyring.key_lines()[0]
    before = [row.phone.stored for row in Person.objects.order_by("pk") if row.phone]
    lines(line(1), old)
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    assert "wrapped by the first line of the master key: 2" in out.getvalue()
    assert "line 2 of field.key" in out.getvalue()
    lines(line(1))
    assert all_there(persons)
    assert before == [row.phone.stored for row in Person.objects.order_by("pk") if row.phone]


def test_the_command_makes_new_keys_shows_how_far_it_is_and_drops_the_old(persons, village):
    out = StringIO()
    call_command("rotate_keys", "--new", "--index", "--village", str(village.pk), stdout=out)
    said = out.getvalue()
    assert "new keys (field): 1" in said and "new keys (index): 1" in said and "people_person.phone: 25 of 25" in said
    assert len(heads()) == 1 and all_there(persons)
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        out = StringIO()
        call_command("rotate_keys", "--drop", stdout=out)
        assert "old keys taken away: 1" in out.getvalue()
    assert all_there(persons)


def test_the_command_says_what_it_cannot_read(persons, village):
    Person.objects.filter(pk=persons[0].pk).update(phone=crypto.Sealed(f"g2:{'A' * 22}:AAAA"))
    err = StringIO()
    call_command("rotate_keys", stdout=StringIO(), stderr=err)
    assert "1 secrets open with no key" in err.getvalue()


def test_the_command_refuses_what_makes_no_sense_and_a_missing_line(lines, persons, village):
    with pytest.raises(CommandError, match="--new"):
        call_command("rotate_keys", "--index")
    lines(line(1))
    with pytest.raises(CommandError, match=r"field\.key"):
        call_command("rotate_keys", stdout=StringIO())
