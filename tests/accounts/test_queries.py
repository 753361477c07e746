"""The demonstration's log-ins are none outside a demonstration; who owes a second factor, and from when."""

from datetime import timedelta

import pytest

from tests.accounts.conftest import with_time_code
from tongxin.accounts import actions, queries
from tongxin.accounts.models import Passkey, User
from tongxin.accounts.queries import Step
from tongxin.core import clock


@pytest.mark.django_db
@pytest.mark.parametrize(("demo", "names"), [(True, ["demo-one", "demo-two"]), (False, [])])
def test_only_in_a_demonstration_only_those_that_may_log_in(settings, demo, names):
    settings.DEMO = demo
    for username, is_active in (("demo-two", True), ("demo-one", True), ("demo-gone", False), ("clerk", True)):
        User(username=username, name=username, is_active=is_active).save()
    assert [user.username for user in queries.demo_users()] == names


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("one_password", "username", "shared"),
    [(True, "demo-one", True), (True, "clerk", False), (False, "demo-one", False), (False, "clerk", False)],
)
def test_only_the_demonstrations_own_log_ins_are_shared(settings, one_password, username, shared):
    settings.ONE_PASSWORD = one_password
    assert queries.is_shared(User(username=username)) is shared


def test_the_days_of_grace_begin_with_the_first_log_in(user, settings):
    assert queries.step(user) is Step.IN
    actions.came_in(user, by=user)
    start = clock.now()
    with clock.stopped_at(start + settings.FACTOR_GRACE - timedelta(minutes=1)):
        assert queries.step(user) is Step.IN
        actions.came_in(user, by=user)  # coming in again prolongs nothing
    with clock.stopped_at(start + settings.FACTOR_GRACE + timedelta(minutes=1)):
        assert queries.step(user) is Step.ENROL
        assert queries.step(User.objects.get(pk=user.pk)) is Step.ENROL


def test_without_grace_the_first_log_in_sets_one_up(user, settings):
    settings.FACTOR_GRACE = timedelta(0)
    assert queries.step(user) is Step.ENROL


def test_whoever_has_one_shows_it_at_once(user):
    actions.begin_time_code(user, by=user)
    assert queries.step(user) is Step.IN  # offered, not confirmed
    with_time_code(user)
    assert queries.step(user) is Step.SECOND


def test_a_passkey_is_one_too(user):
    Passkey.objects.create(user=user, host="a.example", credential="c", public_key="k", name="n", made_at=clock.now())
    assert queries.step(user) is Step.SECOND
    assert [row.host for row in queries.passkeys(user, "a.example")] == ["a.example"]
    assert queries.passkeys(user, "b.example") == [] and len(queries.passkeys(user)) == 1


def test_a_shared_log_in_owes_none(settings, user):
    settings.ONE_PASSWORD = True
    user.username, user.factor_due_at = "demo-wenshu", clock.now() - timedelta(days=1)
    assert queries.step(user) is Step.IN
    settings.ONE_PASSWORD = False
    assert queries.step(user) is Step.ENROL


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["abcd-efgh", "ABCD EFGH", "abcdefgh"])
def test_a_code_is_the_same_however_it_is_typed(typed):
    assert queries.code_hash(typed) == queries.code_hash("abcdefgh") != queries.code_hash("abcdefgj")
