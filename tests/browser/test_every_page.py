"""Every page that a role can reach, in its states and at every size, is measured as a person would meet it.

The routes come from the URLconf, filled from the village on stage; a new page is measured from its first day. The states:
a matter of each status, a village in which nothing has happened, one in which nothing is, and every form handed in empty.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve, reverse

from tests.architecture.tree import nothing
from tests.browser.inspector import Inspector
from tests.factories import stage as stages
from tests.factories.stage import Stage
from tests.journeys import doors

NO_PAGE = {  # answers that are no page to look at
    "core:healthz": "one word for a machine",
    "issues:photo": "a picture",
    "issues:hush_file": "a picture",
    "reports:report_json": "figures for a machine",
}
OF_EACH_STATUS = {"issues:say_status", "issues:issue", "issues:task"}  # every matter on stage; of other doors two
LEAVING = ("accounts:logout", "issues:my_leave")  # pressed last: they close the doors behind the one who presses
NOT_PRESSED = {"core:language": "the stage is measured in one language"}


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The shapes of page that all roles together have looked at already."""
    return set()


@dataclass
class Round:
    """One role's way through a village: page after page, then each form of theirs handed in empty."""

    inspector: Inspector
    page: Any
    stage: Stage
    role: str
    client: Client
    prefix: str = ""
    forms: dict[str, dict] = field(default_factory=dict)  # by the route they go to
    papers: dict[str, str] = field(default_factory=dict)
    pages: int = 0

    def walk(self, *, closed: bool) -> None:
        for door in doors.every():
            if door.name in NO_PAGE or not self.opens(door, closed):
                continue
            asked = doors.addresses(door, self.stage, most=None if door.name in OF_EACH_STATUS else 2)
            for address in asked:
                self.visit(self.prefix + address)
        for address in list(self.papers.values()):
            self.visit(address)
        for name, form in sorted(self.forms.items(), key=lambda pair: pair[0] in LEAVING):
            self.hand_in_empty(name, form)

    def opens(self, door: doors.Door, closed: bool) -> bool:
        """An officer is shown the officers' pages, and the report where more opens; a quiet village its lists."""
        if not self.stage.issues and door.params:
            return False
        return (not door.is_open or door.name.startswith("reports:")) if closed else door.is_open

    def visit(self, address: str) -> None:
        asked = self.client.get(address)  # a browser makes nothing of an empty 405 or a download
        if asked.status_code in (302, 303, 405) or "text/html" not in asked.get("Content-Type", ""):
            return
        self.inspector.visit(address)
        self.look(f"{self.role} {address}")

    def look(self, where: str) -> None:
        self.pages += 1
        self.inspector.look(where)
        for form in self.page.evaluate("probe.forms()"):
            name = resolve(form["action"].removeprefix(self.prefix)).view_name
            self.forms.setdefault(name, form)
        for address in self.page.evaluate("probe.papers()"):
            self.papers.setdefault(resolve(address.partition("?")[0].removeprefix(self.prefix)).view_name, address)

    def hand_in_empty(self, name: str, form: dict) -> None:
        """Only what stands in it anyway is sent; what comes back is looked at, unless it is the next page."""
        if name in NOT_PRESSED:
            return
        with self.page.expect_navigation():
            self.page.evaluate("form => probe.post(form)", form)
        self.inspector.look(f"{self.role} {form['action']} handed in empty")


@pytest.fixture
def walk(chromium, live_server, seen):
    """Send a role through a village; its cookies come from a client that has done what opens its pages."""
    contexts = []

    def go(stage: Stage, role: str, client: Client, *, closed: bool = False, prefix: str = "") -> Round:
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        contexts.append(context)
        context.set_default_timeout(15_000)
        cookies = [(morsel.key, morsel.value) for morsel in client.cookies.values()]
        context.add_cookies([{"name": key, "value": value, "url": live_server.url} for key, value in cookies])
        page = context.new_page()
        inspector = Inspector(page, live_server.url, stage.village.name, shapes=seen)
        made = Round(inspector, page, stage, role, client, prefix)
        made.walk(closed=closed)
        return made

    yield go
    for context in contexts:
        context.close()


def faults(made: Round, least: int) -> list[str]:
    """What was found; the stage names its matters in English, the product does not."""
    assert made.pages >= least, f"only {made.pages} pages were seen as {made.role}"
    named = {word for name in made.stage.issues for word in name.split("_")}

    def is_of_the_stage(line: str) -> bool:
        words = line.partition("not translated: ")[2].lower().split()
        return bool(words) and set(words) <= named

    return [line for line in made.inspector.found if not is_of_the_stage(line)]


def test_a_stranger(walk, here):
    nothing(faults(walk(here, "stranger", Client()), 40))


def test_whoever_told_it(walk, here):
    """The same telephone that told everything: each status as its teller sees it."""
    client = Client()
    for issue in here.issues.values():
        client.post(reverse("issues:say_prove", args=[issue.number]), {"tail": issue.phone.in_clear()[-4:] or "0000"})
    nothing(faults(walk(here, "teller", client), 40))


def test_a_family(walk, here):
    client = Client()
    client.post(reverse("issues:card", args=[here.cards[0].token]), {"tail": stages.TAIL})
    nothing(faults(walk(here, "family", client), 40))


@pytest.mark.parametrize("role", ["worker", "council", "clerk", "supervisor"])
def test_an_officer(walk, here, role):
    client = Client()
    client.force_login(here.users[role])
    nothing(faults(walk(here, role, client, closed=True), 30))


def test_a_village_in_which_nothing_has_happened(walk, villages):
    _here, neighbour = villages
    at = f"/{neighbour.village.slug}"
    client = Client()
    client.force_login(neighbour.users["everybody"])
    nothing(
        faults(walk(neighbour, "stranger in a quiet village", Client(), prefix=at), 15)
        + faults(walk(neighbour, "officer in a quiet village", client, closed=True, prefix=at), 12)
    )


def test_a_village_in_which_nothing_is(walk, villages):
    bare = stages.village("shuiquan", "水泉村", 3)
    nothing(faults(walk(bare, "stranger in a bare village", Client(), prefix="/shuiquan"), 10))
