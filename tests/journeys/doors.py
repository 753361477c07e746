"""Every route of the product, and addresses for it out of a village on stage.

Nobody lists routes by hand: what is added to a URLconf is knocked at from that day on. A route whose parameters cannot
be filled is an error here (`Unfillable`), so that nothing stays outside in silence.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories.stage import Stage
from tongxin.accounts.models import Passkey
from tongxin.bodies.models import EmergencyAccess
from tongxin.casework.models import FileState
from tongxin.core import matrix
from tongxin.core.models import LoginSession
from tongxin.exports.models import Export
from tongxin.issues.models import Category, IssueEntry, IssueFile, Sitting, Unsealing
from tongxin.issues.views import hush
from tongxin.issues.views.receipts import FILE
from tongxin.people.models import RegisterEntry
from tongxin.territory import scope


class Unfillable(AssertionError):
    """A parameter for which `doors.OBJECTS` or `doors.WORDS` has nothing."""


@dataclass(frozen=True)
class Door:
    """A route: its name, what it asks for, and its line in the matrix."""

    name: str
    route: str
    params: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def line(self) -> matrix.Door:
        """Raises AssertionError for a route without one."""
        line = matrix.door(self.name)
        assert line is not None, f"{self.name} stands in no line of tongxin/matrix.toml"
        return line

    @property
    def is_open(self) -> bool:
        """To everybody, or to any log-in."""
        return self.line.audience != "door"

    @property
    def of_object(self) -> bool:
        """Whether the address names something that belongs to one village."""
        return any(not _is_word(self, param) for param in self.params)

    def __str__(self) -> str:
        return f"{self.name} /{self.route}"


def every() -> list[Door]:
    return sorted(_walk(get_resolver().url_patterns), key=lambda door: door.route)


def _walk(patterns: Any, prefix: str = "", space: str = "") -> Iterator[Door]:
    for entry in patterns:
        route = prefix + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry.url_patterns, route, inner)
        elif isinstance(entry, URLPattern):
            yield Door(f"{space}{entry.name or ''}", route, tuple(entry.pattern.converters), entry.callback)


# --- what stands for a parameter ----------------------------------------------------------------------------------
# Things of a village, by the noun of the parameter, else by a noun in the route's name or path.
OBJECTS: dict[str, Callable[[Stage], list[Any]]] = {
    "number": lambda stage: [issue.number for issue in stage.issues.values()],
    "issue": lambda stage: [issue.pk for issue in stage.issues.values()],
    "token": lambda stage: [card.token for card in stage.cards],
    "card": lambda stage: [card.pk for card in stage.cards],
    "code": lambda stage: [code.code for code in stage.codes],
    "household": lambda stage: [home.pk for home in stage.households],
    "member": lambda stage: [member.pk for member in stage.members],
    "membership": lambda stage: [member.pk for member in stage.members],
    "person": lambda stage: [person.pk for person in stage.persons.values()],
    "place": lambda stage: [place.pk for place in stage.places],
    "group": lambda stage: [group.pk for group in stage.groups],
    "grid": lambda stage: [grid.pk for grid in stage.grids],
    "body": lambda stage: [body.pk for body in stage.bodies],
    "post": lambda stage: [post.pk for post in stage.posts.values()],
    "appointment": lambda stage: [appointment.pk for appointment in stage.appointments],
    "emergency": lambda stage: _pks(EmergencyAccess),
    "user": lambda stage: [user.pk for user in stage.users.values()],
    "passkey": lambda stage: _pks(Passkey, user__in=stage.users.values()),
    "session": lambda stage: _pks(LoginSession, user_id__in=[user.pk for user in stage.users.values()]),
    "photo": lambda stage: _pks(IssueFile, kind="photo", state=FileState.READY),
    "sound": lambda stage: _pks(IssueFile, kind="sound", state=FileState.READY),
    "file": lambda stage: _pks(IssueFile, state=FileState.READY),
    "entry": lambda stage: _pks(IssueEntry),
    "history": lambda stage: _pks(RegisterEntry),
    "sitting": lambda stage: _pks(Sitting),
    "unsealing": lambda stage: _pks(Unsealing),
    "export": lambda stage: _pks(Export),
    "ticket": lambda stage: [hush.give(stage.village, FILE, pk) for pk in _pks(IssueFile, issue__is_sealed=True)],
    "placecode": lambda stage: [code.pk for code in stage.codes],
}
PLURALS = {
    "bodies": "body",
    "people": "person",
    "persons": "person",
    "places": "place",
    "codes": "code",
    "hh": "household",
}
# Names where the noun of the address is not the noun of the thing: {"app:route": noun}.
NOUNS: dict[str, str] = {"territory:code_revoke": "placecode"}
# Words that mean the same in every village: by "app:route/param", else by the parameter.
WORDS: dict[str, Callable[[], list[Any]]] = {
    "variant": lambda: ["large", "small", "sound"],
    "category": lambda: list(Category.values),
    "reports:records/code": lambda: _indicators(),
}


def _pks(model: Any, **which: Any) -> list[Any]:
    return list(model.objects.filter(**which).values_list("pk", flat=True))


def _indicators() -> list[str]:
    from tongxin.reports import indicators

    return [indicator.code for indicator in indicators.ALL]


def _is_word(door: Door, param: str) -> bool:
    return f"{door.name}/{param}" in WORDS or (param in WORDS and param not in OBJECTS)


def _noun(door: Door, param: str) -> str:
    """`household_pk` says it itself; for a bare `pk` the route's name says it, then the last noun of the path."""
    if door.name in NOUNS:
        return NOUNS[door.name]
    plain = re.sub(r"_(?:pk|id)$", "", param)
    if plain in OBJECTS:
        return plain
    before = door.route.split(f":{param}>")[0]
    words = [*re.findall(r"[a-z]+", before)[::-1], *re.findall(r"[a-z]+", door.name.partition(":")[2])[::-1]]
    for word in words:
        for noun in (word, PLURALS.get(word, word.removesuffix("s"))):
            if noun in OBJECTS and noun != "number":
                return noun
    raise Unfillable(f"{door}: nothing stands for <{param}>; tell tests/journeys/doors.py what does")


def values(door: Door, param: str, stage: Stage) -> list[Any]:
    if _is_word(door, param):
        found = WORDS.get(f"{door.name}/{param}", WORDS.get(param, list))()
    else:
        with scope.village(stage.village.pk):
            found = OBJECTS[_noun(door, param)](stage)
    if not found:
        raise Unfillable(f"{door}: the stage holds nothing for <{param}>")
    return found


def addresses(door: Door, stage: Stage, most: int | None = None) -> list[str]:
    """The route's addresses for what the village holds, without its prefix. `most`: only the first few a parameter.

    Raises:
        Unfillable: a route without a name, or a parameter that nothing stands for.
    """
    if not door.name or door.name.endswith(":"):
        raise Unfillable(f"{door}: a route needs a name")
    choices = [values(door, param, stage)[:most] for param in door.params]
    return [reverse(door.name, kwargs=dict(zip(door.params, given, strict=True))) for given in product(*choices)]
