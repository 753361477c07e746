"""A passkey in a real browser: made by a device, asked for at the next log-in; without scripts a code still works."""

import pytest

from tests.factories.stage import PASSWORD
from tongxin.accounts.models import Passkey

pytestmark = pytest.mark.browser
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def enter(page, user) -> None:
    page.goto("/login/")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_load_state()


def test_a_passkey_is_made_and_opens(chromium, live_server, quiet):
    user = quiet.users["clerk"]
    at = live_server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=at, viewport={"width": 1280, "height": 800}, locale="zh-CN")
    context.set_default_timeout(15_000)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, "automaticPresenceSimulation": True}})
    enter(page, user)
    page.goto("/login/security/")
    page.fill("form[data-passkey=create] [name=name]", "办公室电脑")
    with page.expect_navigation():
        page.click("form[data-passkey=create] button")
    row = Passkey.objects.get(user=user)
    assert (row.name, row.host) == ("办公室电脑", "localhost")
    page.goto("/login/security/")
    page.click(".drop summary")
    with page.expect_navigation():
        page.click(".drop form button")
    enter(page, user)
    assert "/login/second/" in page.url
    with page.expect_navigation():
        page.click("form[data-passkey=get] button")
    page.wait_for_url("**/v/**")
    row.refresh_from_db()
    assert row.signatures > 0
    context.close()
