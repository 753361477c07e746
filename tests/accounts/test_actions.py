"""What happens with a log-in: who may do it, what it takes, what it leaves behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from tests.accounts.conftest import digits, happened, lock, shut, with_time_code
from tests.factories import stage
from tongxin.accounts import actions, queries
from tongxin.accounts.models import Invitation, Passkey, RecoveryCode, TimeCode, User, What
from tongxin.core import clock, sessions
from tongxin.core.errors import DomainError, NotAllowed

NEW = "a-new-and-longer-word"


@pytest.fixture
def two(db):
    made = []
    for name in ("one", "two"):
        user = User(username=name, name=name)
        user.set_password(stage.PASSWORD)
        user.save()
        made.append(user)
    return made


# --- the password -------------------------------------------------------------------------------------------------
def test_the_own_password_changes(two):
    actions.change_password(two[0], by=two[0], old=stage.PASSWORD, new=NEW)
    assert User.objects.get(pk=two[0].pk).check_password(NEW)
    assert happened(two[0]) == [What.PASSWORD]


def test_a_wrong_old_one_changes_nothing(two):
    with pytest.raises(DomainError) as caught:
        actions.change_password(two[0], by=two[0], old="wrong", new=NEW)
    assert caught.value.field == "old" and User.objects.get(pk=two[0].pk).check_password(stage.PASSWORD)
    assert happened(two[0]) == []


def test_nobody_sets_anothers(two):
    with pytest.raises(NotAllowed):
        actions.change_password(two[0], by=two[1], old=stage.PASSWORD, new=NEW)


def test_a_shared_log_in_stays_as_it_is(two, settings):
    settings.ONE_PASSWORD = True
    demo = two[0]
    demo.username = "demo-wenshu"
    for deed in (
        lambda: actions.change_password(demo, by=demo, old=stage.PASSWORD, new=NEW),
        lambda: actions.begin_time_code(demo, by=demo),
        lambda: actions.invite(demo, by=two[1]),
    ):
        with pytest.raises(NotAllowed, match=r"共用"):
            deed()


# --- invitations --------------------------------------------------------------------------------------------------
def test_a_code_sets_the_password_once(two):
    user, other = two
    code = actions.invite(user, by=other)
    assert actions.accept(" ONE ", code=code.upper().replace("-", " "), new=NEW) == user
    assert User.objects.get(pk=user.pk).check_password(NEW)
    assert happened(user) == [What.INVITED, What.PASSWORD]
    with pytest.raises(DomainError):
        actions.accept("one", code=code, new="another-and-longer-word")
    assert User.objects.get(pk=user.pk).check_password(NEW)


def test_the_table_holds_no_code(two):
    code = actions.invite(two[0], by=two[1])
    row = Invitation.objects.get()
    assert code not in row.code and code.replace("-", "") not in row.code


@pytest.mark.parametrize(("hours", "holds"), [(71.9, True), (72, False), (1000, False)])
def test_it_holds_for_seventy_two_hours(two, hours, holds):
    code = actions.invite(two[0], by=two[1])
    with clock.stopped_at(clock.now() + timedelta(hours=hours)):
        if holds:
            actions.accept("one", code=code, new=NEW)
        else:
            with pytest.raises(DomainError):
                actions.accept("one", code=code, new=NEW)
    assert User.objects.get(username="one").check_password(NEW) is holds


def test_a_new_code_ends_the_old_one_and_lengthens_nothing_of_it(two):
    old = actions.invite(two[0], by=two[1])
    with clock.stopped_at(clock.now() + timedelta(hours=70)):
        new = actions.invite(two[0], by=two[1])
        with pytest.raises(DomainError):
            actions.accept("one", code=old, new=NEW)
        actions.accept("one", code=new, new=NEW)


def test_a_code_is_its_owners_alone(two):
    code = actions.invite(two[0], by=two[1])
    for name in ("two", "nobody", ""):
        with pytest.raises(DomainError) as refused:
            actions.accept(name, code=code, new=NEW)
        assert refused.value.field == "code"


def test_who_may_no_longer_log_in_sets_no_password(two):
    code = actions.invite(two[0], by=two[1])
    User.objects.filter(pk=two[0].pk).update(is_active=False)
    with pytest.raises(DomainError):
        actions.accept("one", code=code, new=NEW)


def test_nobody_makes_a_code_for_himself(two):
    with pytest.raises(NotAllowed):
        actions.invite(two[0], by=two[0])
    now = clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():  # and the database holds it too
        Invitation.objects.create(user=two[0], made_by=two[0], code="c", made_at=now, ends_at=now)


def test_using_a_code_ends_sessions_and_opens_the_door_again(two, rf, client):
    user = two[0]
    client.force_login(user)
    lock(rf, "one")
    actions.accept("one", code=actions.invite(user, by=two[1]), new=NEW)
    assert not shut("one") and sessions.of_user(user.pk) == []


# --- the time code ------------------------------------------------------------------------------------------------
def test_a_time_code_counts_once_it_has_come_back(user):
    secret = actions.begin_time_code(user, by=user)
    assert actions.begin_time_code(user, by=user) == secret  # the page is reloaded
    assert not queries.has_factor(user)
    with pytest.raises(DomainError) as refused:
        actions.confirm_time_code(user, by=user, code=digits(user, 5))
    assert refused.value.field == "code" and not queries.has_factor(user)
    codes = actions.confirm_time_code(user, by=user, code=digits(user))
    assert queries.has_factor(user) and len(set(codes)) == 10
    assert set(happened(user)) == {What.TIME_CODE, What.CODES}


def test_an_offer_that_was_left_lying_is_replaced(user):
    secret = actions.begin_time_code(user, by=user)
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):
        assert actions.begin_time_code(user, by=user) != secret
        assert TimeCode.objects.count() == 1


def test_one_that_is_set_up_is_not_offered_again(user):
    with_time_code(user)
    with pytest.raises(DomainError):
        actions.begin_time_code(user, by=user)


def test_the_secret_lies_encrypted(user):
    secret = actions.begin_time_code(user, by=user)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_timecode")
        assert secret not in cursor.fetchone()[0]


def test_a_code_opens_once(user):
    with_time_code(user)
    now = digits(user)
    assert actions.use_second(user, typed=f" {now[:3]} {now[3:]} ")
    assert not actions.use_second(user, typed=now)  # over somebody's shoulder, half a minute later
    with clock.stopped_at(clock.now() + timedelta(seconds=30)):
        assert not actions.use_second(user, typed=now)
        assert actions.use_second(user, typed=digits(user))


def test_an_older_code_is_worth_nothing_after_a_newer_one(user):
    with_time_code(user)
    older, newer = digits(user, -1), digits(user, 1)
    assert actions.use_second(user, typed=newer)
    assert not actions.use_second(user, typed=older) and not actions.use_second(user, typed=digits(user))


def test_the_code_that_confirmed_it_does_not_open(user):
    actions.begin_time_code(user, by=user)
    code = digits(user)
    actions.confirm_time_code(user, by=user, code=code)
    assert not actions.use_second(user, typed=code)


@pytest.mark.parametrize("typed", ["", "abcdef", "1234567", "abcde-fghjk"])
def test_anything_else_does_not(user, typed):
    with_time_code(user)
    assert not actions.use_second(user, typed=typed)


def test_six_other_digits_do_not(user):
    with_time_code(user)
    right = {digits(user, steps) for steps in (-1, 0, 1)}
    wrong = next(one for one in ("000000", "111111", "222222", "333333") if one not in right)
    assert not actions.use_second(user, typed=wrong)


def test_nobody_sets_one_up_for_another(two):
    for deed in (
        lambda: actions.begin_time_code(two[0], by=two[1]),
        lambda: actions.make_recovery_codes(two[0], by=two[1]),
    ):
        with pytest.raises(NotAllowed):
            deed()


# --- recovery codes -----------------------------------------------------------------------------------------------
def test_a_recovery_code_opens_once_and_is_written_down(user):
    codes = with_time_code(user)
    assert actions.use_second(user, typed=codes[3].upper().replace("-", " "))
    assert not actions.use_second(user, typed=codes[3])
    assert queries.codes_left(user) == 9 and What.CODE_USED in happened(user)


def test_somebody_elses_recovery_code_does_not_open(here):
    mine, other = here.users["clerk"], here.users["helper"]
    codes = with_time_code(mine)
    with_time_code(other)
    assert not actions.use_second(other, typed=codes[0])


def test_new_ones_end_the_old_ones(user):
    old = with_time_code(user)
    new = actions.make_recovery_codes(user, by=user)
    assert not set(old) & set(new) and not actions.use_second(user, typed=old[0])
    assert actions.use_second(user, typed=new[0])


def test_the_table_of_them_holds_none(user):
    codes = with_time_code(user)
    held = " ".join(RecoveryCode.objects.values_list("code", flat=True))
    assert not any(code in held or code.replace("-", "") in held for code in codes)


# --- passkeys -----------------------------------------------------------------------------------------------------
def add(user, credential="c", **more) -> Passkey:
    given = {"host": "a.example", "public_key": "k", "signatures": 0, "name": "  办公室  电脑 ", **more}
    return actions.add_passkey(user, by=user, credential=credential, **given)


def test_a_passkey_is_added_once_and_by_its_owner(two):
    assert add(two[0]).name == "办公室 电脑"
    with pytest.raises(DomainError):
        add(two[1])
    with pytest.raises(NotAllowed):
        actions.add_passkey(
            two[0], by=two[1], host="a", credential="d", public_key="k", signatures=0, name="n"
        )  # fmt: skip


def test_enough_is_enough(user):
    for n in range(8):
        add(user, f"c{n}")
    with pytest.raises(DomainError):
        add(user, "c8")


@pytest.mark.parametrize(
    ("before", "now", "taken"), [(0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 4, False), (5, 0, False)]
)
def test_a_key_that_counts_must_count_on(user, before, now, taken):
    row = add(user, signatures=before)
    assert actions.use_passkey(row, signatures=now) is taken


def test_the_last_second_factor_is_not_taken_away(user):
    first, second = add(user, "a"), add(user, "b")
    actions.drop_passkey(first, by=user)
    with pytest.raises(DomainError):
        actions.drop_passkey(second, by=user)
    with_time_code(user)
    actions.drop_passkey(second, by=user)
    assert happened(user).count(What.PASSKEY_OFF) == 2
