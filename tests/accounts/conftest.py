"""The village on stage, and the ways of somebody at its doors."""

import re

import pytest

from tests.factories import stage
from tongxin.accounts import actions, timecodes
from tongxin.accounts.models import LoginEvent, TimeCode
from tongxin.core import clock, guessing
from tongxin.territory import queries as territory


@pytest.fixture
def here(db):
    territory.forget_villages()
    yield stage.settle(stage.village())
    territory.forget_villages()


@pytest.fixture
def user(here):
    return here.users["clerk"]


def digits(user, steps: int = 0) -> str:
    """What the telephone shows now, or some steps later."""
    secret = TimeCode.objects.get(user=user).secret.in_clear()
    return timecodes.code_at(secret, timecodes.step_of(clock.now()) + steps)


def with_time_code(user) -> list[str]:
    """Set up, ten minutes ago, so that this moment's digits are unused. The recovery codes."""
    with clock.stopped_at(clock.now() - stage.timedelta(minutes=10)):
        actions.begin_time_code(user, by=user)
        return actions.confirm_time_code(user, by=user, code=digits(user))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def enter(client, user, password=stage.PASSWORD, **more):
    return client.post("/login/", {"username": user.username, "password": password, **more})


def is_in(client) -> bool:
    return client.get("/v/").status_code == 200


def happened(user) -> list[str]:
    return list(LoginEvent.objects.filter(user=user).order_by("at", "id").values_list("what", flat=True))


def shut(username: str) -> bool:
    return username in guessing.locked("login", [username])


def lock(rf, username: str) -> None:
    limits = guessing.Limits(here=100, thing=100, address=100)
    for _ in range(guessing.MOST):
        guessing.Door(rf.get("/"), "login", username, limits).knock()
