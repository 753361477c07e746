"""Personal numbers at rest."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from tests.factories import stage as stages
from tongxin.core import crypto
from tongxin.people.models import Person
from tongxin.territory import scope


def test_sealed_text_opens_in_its_own_column_only():
    sealed = crypto.seal("13812345678", "people_person|phone")
    assert "138" not in sealed
    assert crypto.unseal(sealed, "people_person|phone") == "13812345678"
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed, "issues_issue|phone")
    with pytest.raises(crypto.Unreadable):
        crypto.unseal(sealed[:-4] + "AAAA", "people_person|phone")


def test_the_blind_index_is_keyed_and_bound_to_its_use():
    assert crypto.blind_index("1234", "a") == crypto.blind_index(" １２３４ ", "a")
    assert crypto.blind_index("1234", "a") != crypto.blind_index("1234", "b")


@pytest.mark.django_db
def test_the_database_never_sees_a_telephone_and_nobody_searches_for_one():
    stage = stages.village()
    with scope.village(stage.village.pk):
        made = stages.row(Person, village=stage.village, name="某人", phone="13812345678")
        assert Person.objects.get(pk=made.pk).phone == "13812345678"
        with pytest.raises(FieldError):
            Person.objects.filter(phone="13812345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM people_person")
        stored = cursor.fetchone()[0]
    assert "138" not in stored
