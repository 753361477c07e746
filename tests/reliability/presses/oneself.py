"""The reader's own choices, in, out, and one's password."""

from django.urls import reverse

from tests.factories import stage as stages
from tests.factories.stage import PASSWORD, Stage

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
