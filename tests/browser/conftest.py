"""The village on stage, for a real browser: committed, so that the server's threads see it."""

import pytest

from tests.factories import stage
from tongxin.territory import queries


@pytest.fixture
def villages(transactional_db):
    queries.forget_villages()
    yield stage.two()
    queries.forget_villages()


@pytest.fixture
def here(villages):
    return villages[0]


@pytest.fixture
def quiet(transactional_db):
    queries.forget_villages()
    yield stage.settle(stage.village())
    queries.forget_villages()


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def browsers(request, chromium, live_server):
    """Makes a telephone or a desk of its own for each who acts; with scripts, and the same without."""
    opened = []

    def make(width: int):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 800},
            locale="zh-CN",
            java_script_enabled=request.param,
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        return context.new_page()

    yield make
    for context in opened:
        context.close()
