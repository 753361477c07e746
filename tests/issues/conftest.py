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


@pytest.fixture
def sealed(here):
    """Told so that nobody knows by whom; the envelope holds a name, a telephone and a household."""
    said = {"told_by_name": "苗长有", "household": here.households[0], "by": "worker"}
    return stage.told(here, "s", is_sealed=True, **said)


@pytest.fixture
def complaint(here):
    """About the secretary: with the supervisors."""
    return stage.told(here, "c", about_post=here.posts["secretary"], words="支书的事", told_by_name="苗长有")
