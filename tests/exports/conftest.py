"""A village in which a list of its households names one person more than may go out at once."""

import pytest
from django.test import Client

from tests.factories import exports
from tests.factories import stage as stages
from tongxin.territory import queries, scope


@pytest.fixture
def here(db):
    queries.forget_villages()
    settled = stages.settle(stages.village())
    with scope.village(settled.village.pk):
        exports.many(settled)
        yield settled
    queries.forget_villages()


@pytest.fixture
def at(here):
    """A browser in which the holder of a post is logged in."""

    def log_in(who):
        client = Client(raise_request_exception=False)
        client.force_login(here.users[who])
        return client

    return log_in


@pytest.fixture
def second(here):
    """One more holder of a post, with a log-in."""

    def seat(post, login="another"):
        user = stages.officer(here, login, f"又{login}")
        stages.appoint(here, post, stages._person(here, user.name, user))
        return login

    return seat
