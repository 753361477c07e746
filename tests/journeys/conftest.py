"""The village on stage and its neighbour, for whoever walks through them."""

import pytest

from tests.factories import stage
from tongxin.territory import queries


@pytest.fixture
def villages(db):
    """(the village with everything in it, its neighbour where one person holds every post)."""
    queries.forget_villages()
    yield stage.two()
    queries.forget_villages()


@pytest.fixture
def here(villages):
    return villages[0]


@pytest.fixture
def neighbour(villages):
    return villages[1]


@pytest.fixture
def quiet(db):
    """A village with its people and offices, in which nobody has said anything yet."""
    queries.forget_villages()
    yield stage.settle(stage.village())
    queries.forget_villages()
