"""The reader's own choices, in, out, one's password and what else proves who one is."""

from datetime import timedelta

from django.urls import reverse

from tests.factories import stage as stages
from tests.factories.stage import PASSWORD, Stage
from tests.journeys.visitor import Visitor
from tongxin.accounts import actions, timecodes
from tongxin.accounts.models import Passkey, TimeCode, User
from tongxin.core import clock

from . import ANYBODY, Press, nth, recipe


# --- oneself ----------------------------------------------------------------------------------------------------------
@recipe("core:display")
def _display(stage: Stage) -> Press:
    to = reverse("core:display")
    return Press(to, to, {"size": "3"}, {"size": "2"}, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("core:language")
def _language(stage: Stage) -> Press:
    page, to = reverse("core:display"), reverse("core:language")
    return Press(page, to, {"language": "en"}, {"language": "zh-hant"}, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("accounts:login")
def _log_in(stage: Stage) -> Press:
    to, name = reverse("accounts:login"), stage.users["clerk"].username
    User.objects.filter(username=name).update(factor_due_at=clock.now() + timedelta(days=3))  # has come in before
    typed = {"username": name, "password": PASSWORD}
    return Press(to, to, typed, {"password": "another"}, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("accounts:logout")
def _log_out(stage: Stage) -> Press:
    page, to = reverse("issues:today"), reverse("accounts:logout")
    return Press(page, to, other={"more": "x"}, who="mediator", changes=False)


@recipe("accounts:password")
def _password(stage: Stage) -> Press:
    to, who, also = reverse("accounts:password"), f"pw{nth()}", f"pw{nth()}"
    for login in (who, also):
        stages.officer(stage, login, "改密码的")
    new = "poplars-by-the-river-nine"
    typed, other = {"old": PASSWORD, "new": new, "again": new}, {"new": "x" * 14, "again": "x" * 14}
    return Press(to, to, typed, other, who=who, also=also)


# --- the second factor ------------------------------------------------------------------------------------------------
def _fresh(stage: Stage) -> User:
    return stages.officer(stage, f"own{nth()}", "管登录的")


def _digits(user: User) -> str:
    return timecodes.code_at(TimeCode.objects.get(user=user).secret.in_clear(), timecodes.step_of(clock.now()))


def _with_time_code(user: User) -> None:
    with clock.stopped_at(clock.now() - timedelta(minutes=10)):
        actions.begin_time_code(user, by=user)
        actions.confirm_time_code(user, by=user, code=_digits(user))


def _give_password(user: User) -> object:
    """Ready: half-way in, or proved once more."""
    to = reverse("accounts:login")
    return lambda visitor: visitor.open(to).press("/login/", username=user.username, password=PASSWORD)


def _proved(visitor: Visitor) -> object:
    page = visitor.open(reverse("accounts:security"))
    return page.press("/login/security/", holding="password", password=PASSWORD)


@recipe("accounts:invited")
def _invited(stage: Stage) -> Press:
    to, user = reverse("accounts:invited"), _fresh(stage)
    code, new = actions.invite(user, by=stage.users["clerk"]), "poplars-by-the-river-nine"
    typed = {"username": user.username, "code": code, "new": new, "again": new}
    return Press(to, to, typed, {"code": "another"}, who=ANYBODY, also=ANYBODY)


@recipe("accounts:second")
def _second(stage: Stage) -> Press:
    to, user = reverse("accounts:second"), _fresh(stage)
    _with_time_code(user)
    typed = {"code": _digits(user)}
    return Press(to, to, typed, {"code": "000000"}, who=ANYBODY, also=ANYBODY, ready=_give_password(user))


@recipe("accounts:enrol")
def _enrol(stage: Stage) -> Press:
    to, user = reverse("accounts:enrol"), _fresh(stage)
    actions.begin_time_code(user, by=user)
    user.factor_due_at = clock.now() - timedelta(days=1)
    user.save()
    typed = {"code": _digits(user)}
    return Press(to, to, typed, {"code": "000000"}, who=ANYBODY, also=ANYBODY, ready=_give_password(user))


@recipe("accounts:security")
def _security(stage: Stage) -> Press:
    to = reverse("accounts:security")
    return Press(to, to, {"password": PASSWORD}, {"password": "another"}, changes=False, holding="password")


@recipe("accounts:codes")
def _codes(stage: Stage) -> Press:
    page, to, user = reverse("accounts:security"), reverse("accounts:codes"), _fresh(stage)
    _with_time_code(user)
    login = next(name for name, one in stage.users.items() if one == user)
    return Press(page, to, other={"more": "x"}, who=login, also=login, each=True, ready=_proved)


@recipe("accounts:passkey_drop")
def _passkey_drop(stage: Stage) -> Press:
    page, user = reverse("accounts:security"), stage.users["everybody"]
    row = {"user": user, "host": "h", "public_key": "-", "name": "n", "made_at": clock.now()}
    made = [Passkey.objects.create(credential=f"press-{nth()}", **row) for _ in range(2)]
    to = reverse("accounts:passkey_drop", args=[made[0].pk])
    return Press(page, to, other={"more": "x"}, also="everybody", ready=_proved)


@recipe("accounts:session_end")
def _session_end(stage: Stage) -> Press:
    from tests.journeys.doors import _pks
    from tongxin.core.models import LoginSession

    page, user = reverse("accounts:security"), stage.users["everybody"]
    to = reverse("accounts:session_end", args=[_pks(LoginSession, user_id=user.pk)[0]])
    return Press(page, to, other={"more": "x"}, also="everybody", changes=False)


@recipe("accounts:session_end_others")
def _session_end_others(stage: Stage) -> Press:
    page, to = reverse("accounts:security"), reverse("accounts:session_end_others")
    return Press(page, to, other={"more": "x"}, also="everybody")
