"""Keys in two layers: wrapped by the master key, remembered only once they are committed."""

import base64
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, connection, transaction

from tongxin.core import clock, crypto, keyring
from tongxin.core.ids import uuid7
from tongxin.core.models import KeyPurpose, SealingKey

FIELD, INDEX = KeyPurpose.FIELD, KeyPurpose.INDEX
CELL = ("people_person|phone", "row")


def line(byte):
    return base64.b64encode(bytes([byte]) * 32).decode()


@pytest.fixture
def lines(monkeypatch):
    """Set the master key's lines; the test's own ones come back afterwards."""

    def set_(*given):
        monkeypatch.setenv("TONGXIN_FIELD_KEY", ",".join(given))
        keyring.forget_keys()

    return set_


# --- the master key ---------------------------------------------------------------------------------------------------
def test_the_key_comes_from_the_file_when_the_environment_has_none(lines, settings, tmp_path):
    settings.DATA = tmp_path
    lines("")
    with pytest.raises(ImproperlyConfigured, match="setup_keys"):
        keyring.masters()
    (tmp_path / "field.key").write_text(line(3) + "\n" + line(4) + "\n")
    keyring.forget_keys()
    assert list(keyring.masters().values()) == [bytes([3]) * 32, bytes([4]) * 32]


@pytest.mark.parametrize("bad", ["short", base64.b64encode(b"k" * 31).decode(), "渠"])
def test_a_line_that_is_no_key_is_refused_without_being_shown(lines, bad):
    lines(bad)
    with pytest.raises(ImproperlyConfigured) as refused:
        keyring.masters()
    assert bad not in str(refused.value)


# --- villages' keys ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_each_village_and_the_county_have_keys_of_their_own(lines):
    one, other = uuid7(), uuid7()
    keys = [keyring.current(village, purpose) for village in (one, other, None) for purpose in (FIELD, INDEX)]
    assert len({key.material for key in keys}) == len({key.name for key in keys}) == 6
    assert [keyring.current(one, FIELD), keyring.by_id(keys[0].id)] == [keys[0], keys[0]]
    assert SealingKey.objects.count() == 6


@pytest.mark.django_db
def test_no_key_stands_in_the_table_and_none_shows_in_a_repr():
    key = keyring.current(None, FIELD)
    [row] = SealingKey.objects.values_list()
    for encoded in (key.material.hex(), base64.b64encode(key.material).decode(), repr(key.material)):
        assert encoded not in repr(row) and encoded not in repr(key)


@pytest.mark.django_db
def test_a_wrapped_key_is_good_in_its_own_row_only():
    mine, theirs = uuid7(), uuid7()
    keyring.current(mine, FIELD), keyring.current(theirs, FIELD)
    row = SealingKey.objects.get(village_id=theirs)
    row.wrapped = SealingKey.objects.get(village_id=mine).wrapped
    assert keyring.unwrap(row) is None


@pytest.mark.django_db
def test_looking_up_makes_no_key():
    assert keyring.of_village(uuid7(), INDEX) == []
    assert keyring.by_id(uuid7()) is None
    assert not SealingKey.objects.exists()


@pytest.mark.django_db
def test_there_is_one_current_key_whatever_the_race():
    keyring.current(None, FIELD)
    village = uuid7()
    for whose in (None, village):
        keyring.current(whose, FIELD)
        with pytest.raises(IntegrityError), transaction.atomic():
            keyring._fresh(whose, FIELD).save(force_insert=True)


@pytest.mark.django_db
def test_a_missing_line_is_a_fault_of_the_set_up_and_makes_no_second_key(lines):
    lines(line(1))
    keyring.current(None, FIELD)
    lines(line(2))
    with pytest.raises(ImproperlyConfigured, match=r"field\.key"):
        keyring.current(None, FIELD)
    assert keyring.of_village(None, FIELD) == []
    assert SealingKey.objects.count() == 1


# --- what a process remembers -----------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_key_whose_row_was_rolled_back_seals_nothing_afterwards():
    village = uuid7()
    with pytest.raises(RuntimeError), transaction.atomic():
        lost = keyring.current(village, FIELD)
        assert keyring.current(village, FIELD) == lost  # inside, it is remembered
        raise RuntimeError
    kept = keyring.current(village, FIELD)
    assert kept.id != lost.id and SealingKey.objects.filter(pk=kept.id).exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_savepoint_takes_its_key_along():
    village = uuid7()
    with transaction.atomic():
        with pytest.raises(RuntimeError), transaction.atomic():
            lost = keyring.current(village, FIELD)
            raise RuntimeError
        kept = keyring.current(village, FIELD)
    assert kept.id != lost.id
    assert keyring.current(village, FIELD) == kept


@pytest.mark.django_db(transaction=True)
def test_a_committed_key_costs_no_statement_for_a_minute(django_assert_num_queries, monkeypatch):
    village = uuid7()
    with transaction.atomic():
        key = keyring.current(village, FIELD)
    with django_assert_num_queries(0):
        assert keyring.current(village, FIELD) == keyring.by_id(key.id) == key
    with transaction.atomic(), django_assert_num_queries(0):
        assert keyring.current(village, FIELD) == key
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + keyring.REMEMBERED + 1)
    with django_assert_num_queries(1):
        assert keyring.current(village, FIELD) == key


@pytest.mark.django_db(transaction=True)
def test_a_key_that_another_process_has_just_made_is_found(monkeypatch):
    village = uuid7()
    keyring.current(village, FIELD)
    before = dict(keyring._rings)
    made = keyring.renew(village, FIELD)
    keyring._rings.clear()
    keyring._rings.update(before)  # as this process would know it, had another one renewed the key
    keyring._homes.pop(made.id)
    assert keyring.by_id(made.id) == made


# --- changes ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_renewed_key_writes_and_the_one_before_still_reads():
    village = uuid7()
    old = keyring.current(village, FIELD)
    new = keyring.renew(village, FIELD)
    assert keyring.current(village, FIELD) == new != old
    assert keyring.by_id(old.id).material == old.material
    assert [key.id for key in keyring.of_village(village, FIELD)] == [new.id, old.id]


@pytest.mark.django_db
def test_another_master_key_wraps_anew_and_touches_nothing_else(lines):
    lines(line(1))
    village = uuid7()
    materials = {keyring.current(whose, purpose).material for whose in (village, None) for purpose in (FIELD, INDEX)}
    sealed = crypto.seal("13812345678", *CELL, village)
    lines(line(2), line(1))
    assert keyring.rewrap() == (4, 0)
    assert keyring.rewrap() == (0, 0)  # again is nothing
    lines(line(2))
    assert {keyring.unwrap(row) for row in SealingKey.objects.all()} == materials
    assert crypto.unseal(sealed, *CELL) == "13812345678"


@pytest.mark.django_db
def test_rewrapping_without_the_old_line_loses_nothing_and_says_so(lines):
    lines(line(1))
    key = keyring.current(None, FIELD)
    lines(line(2))
    assert keyring.rewrap() == (0, 1)
    lines(line(2), line(1))
    assert keyring.rewrap() == (1, 0)
    assert keyring.current(None, FIELD).material == key.material


@pytest.mark.django_db
def test_destroyed_keys_are_gone_and_their_rows_say_why():
    village, neighbour = uuid7(), uuid7()
    keys = [keyring.current(village, FIELD), keyring.renew(village, FIELD), keyring.current(village, INDEX)]
    other = keyring.current(neighbour, FIELD)
    with pytest.raises(ValueError, match="reason"):
        keyring.destroy(village, " ")
    assert keyring.destroy(village, "撤村") == 3
    rows = SealingKey.objects.filter(pk__in=[key.id for key in keys])
    assert {(row.wrapped, row.destroyed_because, row.destroyed_at is None) for row in rows} == {("", "撤村", False)}
    assert keyring.by_id(keys[0].id).material == b"" and keyring.of_village(village, INDEX) == []
    assert keyring.by_id(other.id) == other
    assert keyring.current(village, FIELD).id not in {key.id for key in keys}  # what comes later gets a key of its own


@pytest.mark.django_db
def test_the_table_lets_no_destroyed_key_keep_its_text():
    key = keyring.current(None, FIELD)
    with pytest.raises(IntegrityError), transaction.atomic():
        SealingKey.objects.filter(pk=key.id).update(destroyed_at=clock.now(), retired_at=clock.now())


@pytest.mark.django_db
def test_the_states_algorithms_are_taken_when_the_operator_must(settings, lines):
    before = crypto.seal("13812345678", *CELL, None)
    settings.GM = True
    village = uuid7()
    sealed = crypto.seal("13812345678", *CELL, village)
    assert before.startswith("g2:") and sealed.startswith("s2:")
    assert SealingKey.objects.get(village_id=village).wrapped.startswith("s:")
    assert crypto.unseal(sealed, *CELL) == crypto.unseal(before, *CELL) == "13812345678"
    assert keyring.current(village, INDEX).suite.digest == "HMAC-SM3"
    settings.GM = False
    assert crypto.unseal(sealed, *CELL) == "13812345678"  # both are read, whichever is chosen
    assert keyring.rewrap() == (2, 0)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_processes_make_a_villages_first_key_once():
    """Both see none, both make one: the second waits at the unique index and takes the first one's."""
    import threading

    village, found, gate = uuid7(), [], threading.Barrier(4)

    def go():
        try:
            gate.wait()
            with transaction.atomic():
                found.append(keyring.current(village, FIELD).id)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    [thread.start() for thread in threads], [thread.join() for thread in threads]
    assert len(found) == 4 and len(set(found)) == 1
    assert SealingKey.objects.filter(village_id=village, purpose=FIELD).count() == 1
