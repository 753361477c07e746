"""A village with its households and officers; nobody has said anything."""

import pytest

from tests.factories import stage as stages
from tests.factories.stage import PASSWORD
from tongxin.territory import queries, scope


@pytest.fixture
def stage(db):
    queries.forget_villages()
    made = stages.settle(stages.village())
    with scope.village(made.village.pk):
        yield made
    queries.forget_villages()


@pytest.fixture
def as_user(stage, client):
    """Logs somebody in by the name of their post."""

    def log_in(who: str):
        assert client.login(username=stage.users[who].username, password=PASSWORD)
        return client

    return log_in
