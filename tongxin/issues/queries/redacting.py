"""What in a text would tell who told a sealed matter: numbers, and whatever the envelope knows of them (R26)."""

from collections.abc import Iterator

from tongxin.core import clock, crypto, masking
from tongxin.issues.models import Envelope, Issue
from tongxin.people.models import Household, Membership

SHORTEST = 2  # a single character is no name


def betrays(issue: Issue, text: str) -> list[str]:
    """The pieces of `text` that must not be passed on, as they stand there."""
    found = [text[one.start : one.end] for one in masking.findings(text)]
    words = sorted(set(_known(issue)), key=len, reverse=True)
    return [*found, *(word for word in words if word in text)]


def _known(issue: Issue) -> Iterator[str]:
    """Names and endings of numbers that the envelope holds: the teller's, and those of their household."""
    envelope = Envelope.objects.filter(issue=issue).select_related("told_by", "household").first()
    if envelope is None:
        return
    yield from _spellings(envelope.name.in_clear())
    if tail := crypto.last_four(envelope.phone.in_clear()):
        yield tail
    if envelope.told_by is not None:
        yield from _spellings(envelope.told_by.name)
    home = envelope.household
    if home is not None:
        yield from _of_home(home)


def _of_home(home: Household) -> Iterator[str]:
    if len(home.house_name) >= SHORTEST:
        yield home.house_name
    members = Membership.objects.on(clock.today()).filter(household=home)
    for name in members.values_list("person__name", flat=True):
        yield from _spellings(name)


def _spellings(name: str) -> Iterator[str]:
    """The whole name, and the given name of one with three characters."""
    name = name.strip()
    if len(name) >= SHORTEST:
        yield name
    if len(name) == SHORTEST + 1:
        yield name[1:]
