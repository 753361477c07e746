"""S8: no figure of a village moves when the next one grows: totals, ranks, badges, lists (T02)."""

import re

from tests.factories import stage as stages
from tests.factories.stage import Stage
from tests.journeys import doors
from tests.reliability import board
from tests.reliability.cast import variant
from tests.reliability.neighbours import HERE, Two, read, two, unscoped
from tests.reliability.presses import registers
from tongxin.core import clock, kept
from tongxin.issues.models import Issue
from tongxin.territory import scope

THOROUGH = ("nobody", "everybody")
FLEETING = re.compile(
    r'name="(?:csrfmiddlewaretoken|once|key|ticket)" value="[^"]+"|nonce[-=]"?[\w+/=-]+|csrftoken=\S+'
    r"|^(?:Set-Cookie|X-Request-ID|Expires|Content-Length): .*$|<dcterms:\w+ [^>]+>[^<]+<",
    re.M,
)


OF_THE_MACHINE = {
    "core:healthz": "how the service is",
    "core:alive": "how the worker is",
    "core:status": "how the site is, which its villages share",
}


def pages(both: Two, *who: str) -> dict[tuple[str, str], str]:
    """Every page of the second village that names no thing, without what is new at each request."""
    found = {}
    kept.forget()  # each is drawn anew
    plain = [door for door in doors.every() if "GET" in door.line.methods and not door.params]
    addresses = [doors.addresses(door, both.there)[0] for door in plain if door.name not in OF_THE_MACHINE]
    for at in map(both.there.path, addresses):
        for name in who:
            for form in ("", "?as=xlsx", "?whole=1&status=all") if name in THOROUGH else ("",):
                status, text = read(both.readers[name], at + form)
                found[name, at + form] = f"{status} {FLEETING.sub('', text)}"
                if status != HERE:
                    break
    assert any(text.startswith(str(HERE)) for text in found.values())
    return found


def grow(stage: Stage) -> None:
    """Fill a village, and then with ten times as many matters and households."""
    stages.fill(stage)
    with scope.village(stage.village.pk):
        for _again in range(9):
            for issue in stage.issues.values():
                if issue.merged_into_id is None:
                    variant(issue)
                registers.household(stage, "多出来的")


def test_no_figure_of_a_village_moves_when_the_next_one_grows(db, monkeypatch):
    """Everything as it was, letter for letter, after the next village has ten times as much."""
    both = two(filled=False)
    who = list(both.readers) if board.count(0, 1) else list(THOROUGH)
    with clock.stopped_at(clock.now()):
        before = pages(both, *who)
        grow(both.here)
        moved = [f"{name} {at}" for (name, at), text in pages(both, *who).items() if text != before[name, at]]
        with unscoped(monkeypatch, Issue):
            bad = [at for (name, at), text in pages(both, THOROUGH[1]).items() if text != before[name, at]]
    board.reach(
        "S8 counts",
        wanted=f"{len(before)} of {len(before)} pages the same after the next village has grown",
        reached="".join(f"\n{line}" for line in moved[:40]) or f"{len(before)}",
        held=not moved,
        control=f"matters asked for without their village: {len(bad)} pages moved",
        control_failed=bool(bad),
    )
