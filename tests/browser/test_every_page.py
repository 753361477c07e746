"""Every page of every role, at every size: axe, overflow, letters, targets, headings, foreign hosts, scripts' errors.

The routes come from the URLconf, filled from the village on stage; a new page is measured from its first day.
"""

import pytest

from tests.browser.inspector import Inspector
from tests.factories.stage import PASSWORD
from tests.journeys import doors

ROLES = ["", "worker", "clerk", "supervisor"]
NO_PAGE = {  # answers that are no page to look at
    "core:healthz": "one word for a machine",
    "issues:photo": "a picture",
    "reports:report_json": "figures for a machine",
}


def _visit_all(page, base: str, stage, role: str) -> list[str]:
    inspector = Inspector(page, base, stage.village.name)
    seen: set[str] = set()
    for door in doors.every():
        if door.name in NO_PAGE or (not role) != door.is_open:
            continue
        for address in doors.addresses(door, stage, most=2):
            asked = page.request.get(base + address, max_redirects=0)  # with the browser's cookies
            if asked.status != 200 or "text/html" not in asked.headers.get("content-type", "") or address in seen:
                continue
            seen.add(address)
            inspector.visit(address)
            inspector.look(f"{role or 'stranger'} {address}")
            _press_empty(inspector, page, f"{role or 'stranger'} {address}")
    assert len(seen) >= 10, f"only {len(seen)} pages were seen as {role or 'a stranger'}"
    return inspector.found


def _press_empty(inspector: Inspector, page, where: str) -> None:
    """The error state of the first form that is handed in by POST and asks for words."""
    form = page.locator("main form[method=post]:has(textarea, input[type=text], input:not([type]))").first
    if not form.count():
        return
    with page.expect_navigation():
        form.evaluate(
            "form => { form.noValidate = true;"
            " for (const e of form.querySelectorAll('textarea, input:not([type=hidden], [type=radio], [type=checkbox])'))"
            " e.value = ''; form.submit() }"
        )
    if page.locator(".summary").count():
        inspector.look(f"{where} handed in empty")


@pytest.mark.browser
@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "stranger")
def test_every_page_can_be_read_reached_and_pressed(role, phone, live_server, here):
    if role:
        phone.goto("/login/")
        phone.fill("[name=username]", here.users[role].username)
        phone.fill("[name=password]", PASSWORD)
        phone.press("[name=password]", "Enter")
        phone.wait_for_url("**/v/**")
    found = _visit_all(phone, live_server.url, here, role)
    named = {word for name in here.issues for word in name.split("_")} | {"danger", "now"}
    found = [line for line in found if not _is_of_the_stage(line, named)]
    assert not found, "\n".join(found)


def _is_of_the_stage(line: str, named: set[str]) -> bool:
    """The stage names its matters in English; the product does not."""
    _where, mark, words = line.partition("not translated: ")
    return bool(mark) and {word.lower() for word in words.split()} <= named
