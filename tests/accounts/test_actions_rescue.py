"""A lost telephone takes two others, a shut door takes somebody who has seen the person; sessions end with both."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.accounts.conftest import happened, lock, shut, with_time_code
from tongxin.accounts import actions, queries
from tongxin.accounts.models import FactorReset, LoginEvent, RecoveryCode, User, What
from tongxin.core import clock, sessions
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus


@pytest.fixture
def three(here):
    return here.users["clerk"], here.users["secretary"], here.users["township"]


# --- taken off by two ---------------------------------------------------------------------------------------------
def test_it_takes_two_others(three):
    user, first, second = three
    with_time_code(user)
    reset = actions.ask_reset(user, by=first, because="本人带身份证来的")
    assert queries.has_factor(user)
    for who in (first, user):
        with pytest.raises(NotAllowed):
            actions.agree_reset(reset, by=who)
    assert queries.has_factor(user)
    actions.agree_reset(reset, by=second)
    assert not queries.has_factor(user) and not RecoveryCode.objects.exists()
    assert queries.step(User.objects.get(pk=user.pk)) is queries.Step.ENROL  # no days of grace a second time
    assert happened(user)[-2:] == [What.RESET_ASKED, What.RESET]


def test_nobody_asks_for_himself_and_the_database_knows_it(three):
    user, first, _second = three
    with pytest.raises(NotAllowed):
        actions.ask_reset(user, by=user, because="我")
    given = {"user": user, "asked_at": clock.now(), "ends_at": clock.now(), "because": "-"}
    for other in ({"asked_by": user}, {"asked_by": first, "agreed_by": first}, {"asked_by": first, "agreed_by": user}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FactorReset.objects.create(**given, **other)


def test_it_says_why_and_is_open_once(three):
    user, first, second = three
    with pytest.raises(DomainError) as refused:
        actions.ask_reset(user, by=first, because="  ")
    assert refused.value.field == "because"
    actions.ask_reset(user, by=first, because="认得")
    with pytest.raises(DomainError):
        actions.ask_reset(user, by=second, because="认得")


def test_it_runs_out_after_three_days_and_can_be_asked_again(three):
    user, first, second = three
    reset = actions.ask_reset(user, by=first, because="认得")
    with clock.stopped_at(clock.now() + timedelta(hours=73)):
        with pytest.raises(WrongStatus):
            actions.agree_reset(reset, by=second)
        actions.agree_reset(actions.ask_reset(user, by=first, because="认得"), by=second)


def test_one_that_was_dropped_or_agreed_is_closed(three):
    user, first, second = three
    with_time_code(user)
    reset = actions.ask_reset(user, by=first, because="认得")
    actions.drop_reset(reset, by=second)
    for deed in (actions.agree_reset, actions.drop_reset):
        with pytest.raises(WrongStatus):
            deed(reset, by=second)
    assert queries.has_factor(user)


def test_the_console_does_it_alone(user):
    with_time_code(user)
    actions.reset_from_console(user)
    assert not queries.has_factor(user) and LoginEvent.objects.filter(user=user).last().by_name == "console"


def test_taking_it_off_ends_sessions(three, client):
    user, first, second = three
    client.force_login(user)
    actions.agree_reset(actions.ask_reset(user, by=first, because="认得"), by=second)
    assert client.get("/v/").status_code == 302


# --- shut, and open again -----------------------------------------------------------------------------------------
def test_somebody_else_opens_it_and_says_how_they_know_them(three, rf):
    user, first, _second = three
    lock(rf, user.username)
    assert shut(user.username)
    with pytest.raises(NotAllowed):
        actions.unlock(user, by=user, seen="我自己")
    with pytest.raises(DomainError):
        actions.unlock(user, by=first, seen=" ")
    assert shut(user.username)
    actions.unlock(user, by=first, seen="本人来过，认得")
    event = LoginEvent.objects.get(user=user, what=What.UNLOCKED)
    assert not shut(user.username) and (event.by, event.note) == (first, "本人来过，认得")


def test_its_owner_is_told_once_a_lock(user):
    for _ in range(3):
        actions.found_shut(user.username.upper())
        actions.found_shut("nobody")
    assert happened(user) == [What.SHUT]
    actions.unlock(user, by=None, seen="控制台")
    actions.found_shut(user.username)
    assert happened(user) == [What.SHUT, What.UNLOCKED, What.SHUT]


def test_sessions_are_ended_by_their_owner_or_everywhere_for_a_reason(here, client):
    two = here.users["clerk"], here.users["helper"]
    client.force_login(two[0])
    (row, _data) = sessions.of_user(two[0].pk)[0]
    for deed in (
        lambda: actions.end_session(two[0], by=two[1], session=row.pk),
        lambda: actions.end_others(two[0], by=two[1], but=""),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert not actions.end_session(two[1], by=two[1], session=row.pk)  # another's, by its id
    assert actions.end_everywhere(two[0], by=two[1], because="手机丢了") == 1
    assert happened(two[0]) == [What.ENDED]
