"""Secrets taken away for ever."""

import time

import pytest
from django.db import connection

from tests.factories import stage as stages
from tongxin.core import clock, crypto, erasure, keyring
from tongxin.people.models import Person
from tongxin.territory import scope

PHONE = "13812345678"


@pytest.fixture
def person(db):
    stage = stages.village()
    with scope.village(stage.village.pk):
        yield stages.row(Person, village=stage.village, name="某人", phone=PHONE)


def test_an_erased_secret_is_gone_with_its_fingerprints_and_says_when(person):
    other = stages.row(Person, village=person.village, name="另一人", phone=PHONE)
    assert erasure.erase(Person.objects.filter(pk=person.pk)) == 1
    found = Person.objects.get(pk=person.pk)
    assert str(found.phone) == "—" and clock.today().isoformat() in found.phone.trouble
    assert found.phone_index == found.phone_tail_index == ""
    with pytest.raises(crypto.Erased):
        found.phone.in_clear()
    assert Person.objects.get(pk=other.pk).phone == PHONE
    assert erasure.erase(Person.objects.all()) == 1  # twice is once


def test_where_there_is_none_nothing_is_erased(person):
    Person.objects.update(phone="")
    assert erasure.erase(Person.objects.all()) == 0
    assert Person.objects.get().phone == "" and Person.objects.get().phone.trouble == ""


def test_a_villages_secrets_go_with_its_keys_and_the_neighbours_stay(person):
    neighbour = stages.village("shiping", "石坪村", 2)
    theirs = stages.row(Person, village=neighbour.village, name="邻村人", phone=PHONE)
    assert erasure.destroy_village(person.village_id, "撤村") == 2
    found = Person.objects.get(pk=person.pk)
    assert str(found.phone) == "—" and found.phone.trouble
    assert not crypto.fits(PHONE, "phone", person.village_id, found.phone_index)  # nor is it found by trying numbers
    with scope.village(neighbour.village.pk):
        assert Person.objects.get(pk=theirs.pk).phone == PHONE
    later = stages.row(Person, village=person.village, name="后来的人", phone=PHONE)
    assert Person.objects.get(pk=later.pk).phone == PHONE


@pytest.mark.django_db(transaction=True)
def test_nothing_of_it_stays_in_the_files(tmp_path):
    """SQLite: in no page of the file. PostgreSQL: the old versions of the rows are gone from the table."""
    stage = stages.village()
    with scope.village(stage.village.pk):
        row = stages.row(Person, village=stage.village, name="某人", phone=PHONE)
        text = Person.objects.get().phone.stored
        wrapped = keyring.SealingKey.objects.get(purpose="field").wrapped
        erasure.erase(Person.objects.filter(pk=row.pk))
        keyring.destroy(stage.village.pk, "撤村")
    assert erasure.sweep_traces()
    if connection.vendor == "sqlite":
        connection.close()
        with open(connection.settings_dict["NAME"], "rb") as file:
            pages = file.read()
        assert text.encode() not in pages and wrapped.encode() not in pages
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_filepath('core_sealingkey'), current_setting('data_directory')")
            path, folder = cursor.fetchone()
            cursor.execute("CHECKPOINT")
        with open(f"{folder}/{path}", "rb") as file:
            assert wrapped.encode() not in file.read()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leaves", [True, False], ids=["reader-leaves", "reader-stays"])
def test_who_still_reads_the_old_rows_is_waited_for(monkeypatch, leaves):
    """An old snapshot keeps old versions in the file: no success is told while there is one."""
    stage = stages.village()
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT 1")  # takes the snapshot
            with scope.village(stage.village.pk):
                stages.row(Person, village=stage.village, name="某人", phone=PHONE)
                keyring.destroy(stage.village.pk, "撤村")
            real = time.sleep

            def wait(seconds: float) -> None:
                cursor.execute("COMMIT" if leaves else "SELECT 1")
                real(seconds)  # the server's own statistics run reads old rows too, for a moment

            monkeypatch.setattr(erasure, "TRIES", erasure.TRIES if leaves else 3)
            monkeypatch.setattr(erasure.time, "sleep", wait)
            assert erasure.sweep_traces() is leaves
    finally:
        reader.close()
