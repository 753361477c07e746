"""The one door through which a person sees a secret in clear."""

import pytest

from tests.factories import stage as stages
from tongxin.accounts.models import User
from tongxin.audit.models import AuditEntry
from tongxin.casework.revealing import reveal
from tongxin.core.crypto import Sealed
from tongxin.core.errors import DomainError, TooMany
from tongxin.people.models import Person
from tongxin.territory import scope

PHONE = "13812345678"


@pytest.fixture
def person(db):
    stage = stages.village()
    with scope.village(stage.village.pk):
        yield stages.row(Person, village=stage.village, name="某人", phone=PHONE)


@pytest.fixture
def reader(db):
    return stages.row(User, username="reader", name="看的人")


def read(person, reader, why="call"):
    return reveal("test.reveal", [person.phone], by=reader, about=person, fields=("phone",), why=why)


def test_somebody_reads_it_for_a_reason_and_that_is_on_record(person, reader):
    assert str(person.phone) != PHONE
    assert read(person, reader) == [PHONE]
    [entry] = AuditEntry.objects.filter(is_reading=True)
    assert (entry.actor_id, entry.subject_id, entry.why) == (reader.pk, person.pk, "call")
    assert PHONE not in repr(entry.__dict__)


@pytest.mark.parametrize("why", ["", "because"])
def test_without_a_reason_nobody_reads(person, reader, why):
    with pytest.raises(DomainError):
        read(person, reader, why)
    assert not AuditEntry.objects.filter(is_reading=True).exists()


def test_what_is_refused_is_not_opened(person, reader, monkeypatch):
    monkeypatch.setattr("tongxin.audit.actions.readings.A_DAY", 1)
    assert read(person, reader) == [PHONE]
    with pytest.raises(TooMany):
        read(person, reader)


@pytest.mark.parametrize("stored", ["x2:2026-06-15", f"g2:{'A' * 22}:AAAA", ""])
def test_what_cannot_be_read_is_empty_and_no_fault(person, reader, stored):
    Person.objects.filter(pk=person.pk).update(phone=Sealed(stored) if stored else "")
    assert read(Person.objects.get(), reader) == [""]
