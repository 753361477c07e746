"""One's own password and nobody else's."""

import pytest

from tests.factories import stage
from tongxin.accounts import actions
from tongxin.accounts.models import User
from tongxin.core.errors import DomainError, NotAllowed


@pytest.fixture
def two(db):
    made = []
    for name in ("one", "two"):
        user = User(username=name, name=name)
        user.set_password(stage.PASSWORD)
        user.save()
        made.append(user)
    return made


def test_the_own_password_changes(two):
    actions.change_password(two[0], by=two[0], old=stage.PASSWORD, new="a-new-and-longer-word")
    assert User.objects.get(pk=two[0].pk).check_password("a-new-and-longer-word")


def test_a_wrong_old_one_changes_nothing(two):
    with pytest.raises(DomainError) as caught:
        actions.change_password(two[0], by=two[0], old="wrong", new="a-new-and-longer-word")
    assert caught.value.field == "old" and User.objects.get(pk=two[0].pk).check_password(stage.PASSWORD)


def test_nobody_sets_anothers(two):
    with pytest.raises(NotAllowed):
        actions.change_password(two[0], by=two[1], old=stage.PASSWORD, new="a-new-and-longer-word")
