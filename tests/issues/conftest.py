"""A village with its people and offices, and what somebody hands in there."""

import pytest

from tests.factories import stage
from tongxin.territory import queries, scope


@pytest.fixture
def here(db):
    """A settled village in which nobody has said anything yet."""
    queries.forget_villages()
    settled = stage.settle(stage.village())
    with scope.village(settled.village.pk):
        yield settled
    queries.forget_villages()


@pytest.fixture
def sheet():
    """A sheet as a browser sends it; each its own key."""
    count = iter(range(1000))

    def fill(**changes):
        plain = {"key": f"sheet-{next(count)}", "category": "road", "words": "门前的路塌了"}
        return {name: value for name, value in {**plain, **changes}.items() if value is not None}

    return fill
