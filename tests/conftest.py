"""What every test stands on. The cast is in `tests/factories`; an app's own fixtures lie in its folder."""

import os

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings

from tests import history

hypothesis_settings.register_profile("desk", deadline=None, max_examples=60)
hypothesis_settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "desk")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_collection_modifyitems(config, items):
    """A race is proved on PostgreSQL, where it exists. A browser test that cannot run is a failure, never a skip."""
    on_postgres = os.environ.get("DATABASE_URL", "").startswith("postgresql")
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker("browser")
        if item.get_closest_marker("postgres") and not on_postgres:
            item.add_marker(pytest.mark.skip(reason="proves a race; runs on PostgreSQL"))
    if "not browser" in (config.option.markexpr or ""):
        dropped = [item for item in items if item.get_closest_marker("browser")]
        if dropped:
            config.hook.pytest_deselected(items=dropped)
            items[:] = [item for item in items if not item.get_closest_marker("browser")]


@pytest.fixture(scope="session", autouse=True)
def history_is_thrown_away_between_tests():
    """A test that commits is cleaned up by emptying every table, which the triggers forbid: down, and up again."""
    emptied = TransactionTestCase._fixture_teardown

    def teardown(self):
        with history.unguarded():
            emptied(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


@pytest.fixture(autouse=True)
def nobody_remembers_keys():
    """Keys are rows: those of a test's village go away with the test, so no process may go on using them."""
    from tongxin.core import keyring

    yield
    keyring.forget_keys()


@pytest.fixture
def on_postgres() -> bool:
    return connection.vendor == "postgresql"


@pytest.fixture(autouse=True)
def _audited(monkeypatch):
    """Under every request of the test client hangs the net of `tests/reliability/net.py`."""
    from django.test.client import ClientHandler

    from tests.reliability import net

    monkeypatch.setattr(ClientHandler, "get_response", net.under(ClientHandler.get_response))


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for all browser tests of a process."""
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop in this thread; the ORM calls are ours
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def _page(chromium, live_server, width: int, height: int):
    context = chromium.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def phone(chromium, live_server):
    """A page 360 px wide, as most phones in a village are."""
    context = _page(chromium, live_server, 360, 740)
    yield context.new_page()
    context.close()


@pytest.fixture
def desk(chromium, live_server):
    """A page 1280 px wide, as the office has it."""
    context = _page(chromium, live_server, 1280, 800)
    yield context.new_page()
    context.close()
