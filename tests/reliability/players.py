"""Somebody at a browser, and everybody together, as the walks of `cast` know them."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any

from django.test import Client

from tests.factories.stage import Stage
from tongxin.accounts.models import User
from tongxin.bodies.roles import STAFF
from tongxin.core.matrix import STRANGER

NOTHING = frozenset[str]()


@dataclass
class Actor:
    """Somebody at a browser. `holds` is what they hold today in the village that is knocked at."""

    name: str
    client: Client
    group: str
    user: User | None = None
    holds: frozenset[str] = NOTHING
    posts: frozenset[Any] = NOTHING
    somewhere: bool = False  # holds a staff post in some village
    told: frozenset[Any] = NOTHING  # issues that this telephone has told
    home: Any = None  # the household whose card this telephone has shown
    cookies: dict[str, str] = field(default_factory=dict)
    person: Any = None
    grids: frozenset[Any] = NOTHING
    partners: frozenset[Any] = NOTHING  # posts that theirs stand in for
    bodies: frozenset[Any] = NOTHING

    def fresh(self) -> Client:
        """The browser as it came, whatever the last answer did to its cookies."""
        self.client.cookies = SimpleCookie(self.cookies)
        return self.client

    @property
    def roles(self) -> frozenset[str]:
        """As the matrix calls them."""
        return self.holds if self.user else self.holds | {STRANGER}

    @property
    def is_staff(self) -> bool:
        return bool(self.holds & STAFF)

    def __str__(self) -> str:
        return self.name


@dataclass
class World:
    """The village, its neighbour, and everybody."""

    here: Stage
    there: Stage
    actors: list[Actor] = field(default_factory=list)
    recused: set[tuple[Any, Any]] = field(default_factory=set)  # (issue, person)
    accused: set[tuple[Any, Any]] = field(default_factory=set)  # (issue, body of an office that it is about)

    def of(self, group: str) -> list[Actor]:
        return [actor for actor in self.actors if actor.group == group]
