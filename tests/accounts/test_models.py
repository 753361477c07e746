"""The log-in: a name once, never empty; found however it is typed."""

import pytest
from django.db import IntegrityError

from tongxin.accounts.models import User


@pytest.mark.django_db
def test_a_name_is_there_once_and_not_empty():
    User(username="one", name="一").save()
    with pytest.raises(IntegrityError):
        User(username="one", name="二").save()


@pytest.mark.django_db
def test_an_empty_name_is_refused_by_the_database():
    with pytest.raises(IntegrityError):
        User(username="", name="无").save()


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["one", " ONE ", "One"])
def test_found_however_it_is_typed(typed):
    user = User(username="one", name="一")
    user.save()
    assert User.objects.get_by_natural_key(typed) == user
