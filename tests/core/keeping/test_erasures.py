"""What was erased after a backup is erased again when that backup is restored."""

import pytest

from tests.factories import stage as stages
from tongxin.core import crypto, erasure, keyring
from tongxin.core.keeping import anchors, erasures
from tongxin.core.models import SealingKey
from tongxin.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    stage = stages.settle(stages.village())
    return stage.persons["苗长有"]


def fresh(person):
    return Person._base_manager.get(pk=person.pk)


def test_a_persons_secret_is_taken_away_again(person):
    stored = fresh(person).phone.stored
    index = Person._base_manager.values_list("phone_index", flat=True).get(pk=person.pk)
    erasure.erase(Person._base_manager.filter(pk=person.pk))
    told = anchors.all_now()
    assert told["erasures"]["rows"] == {"people.Person": [str(person.pk)]}
    assert "1381111" not in str(told)
    Person._base_manager.filter(pk=person.pk).update(phone=crypto.Sealed(stored), phone_index=index)  # as it lay before
    assert fresh(person).phone.in_clear()
    anchors.catch_up([told])
    with pytest.raises(crypto.Erased):
        fresh(person).phone.in_clear()


def test_a_villages_keys_are_destroyed_again(person):
    before = list(SealingKey.objects.filter(village_id=person.village_id).values())
    assert before
    keyring.destroy(person.village_id, "asked for")
    told = erasures.now()
    assert set(told["keys"]) == {str(row["id"]) for row in before}
    for row in before:
        SealingKey.objects.filter(pk=row["id"]).update(**row)
    keyring.forget_keys()
    assert fresh(person).phone.in_clear()
    erasures.again([{"keys": [], "rows": {}}, told])
    with pytest.raises(crypto.Unreadable):
        fresh(person).phone.in_clear()
    erasures.again([told])  # twice is once


def test_an_anchor_that_knows_of_nothing_takes_nothing(person):
    erasures.again([erasures.now()])
    assert fresh(person).phone.in_clear()
