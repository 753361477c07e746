"""The permission matrix, read from `tongxin/matrix.toml`: rights, things, relations, and a line for every door (R18).

The gate (`bodies.middleware.Gate`), the `access` rooms and the tests ask here. Core knows no roles: they are words that
`bodies` registers, and a word that nobody registered is a fault of the matrix (`faults`).
"""

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

EVERYBODY, STRANGER = "everybody", "stranger"  # whoever comes; whoever is not logged in
METHODS = ("GET", "POST")  # HEAD goes with GET; nothing else is ever answered
AUDIENCES = ("open", "login", "door")  # everybody; any log-in; whoever holds a post in the village
ANY = ""  # the relation of a right that asks for none


class BadMatrix(ImproperlyConfigured):
    """The file says something that cannot be."""


@dataclass(frozen=True)
class Right:
    """Who may, by the relation between a person and a thing.

    Args:
        by: relation -> roles; under `ANY` those who may whatever the relation.
        never: relations in which nobody may, whatever else is true.
        like: the right that it took over, to tell the two apart.
    """

    name: str
    by: Mapping[str, frozenset[str]]
    never: frozenset[str] = frozenset()
    like: str = ""

    @property
    def roles(self) -> frozenset[str]:
        """Whoever may in some relation."""
        return frozenset().union(*self.by.values())

    @property
    def relations(self) -> frozenset[str]:
        return frozenset(self.by) - {ANY}

    def allows(self, held: Collection[str], relations: Collection[str] = ()) -> bool:
        """Whether somebody with these roles may do it to a thing that stands in these relations to them."""
        if not self.never.isdisjoint(relations):
            return False
        roles = {*held, EVERYBODY}
        return any(not roles.isdisjoint(self.by.get(relation, ())) for relation in (ANY, *relations))


@dataclass(frozen=True)
class Door:
    """A route: what it does, the right behind each method, what its address names and who sees that.

    `audience` is one of `AUDIENCES`; `because` says why it is not only for posts.
    """

    name: str
    does: str
    audience: str
    methods: Mapping[str, Right]
    of: str = ""
    sees: Right | None = None
    because: str = ""

    def right(self, method: str | None) -> Right | None:
        """The right behind a method; None when the door does not know it."""
        return self.methods.get("GET" if method == "HEAD" else method or "")


@dataclass(frozen=True)
class Matrix:
    """All of it."""

    rights: Mapping[str, Right]
    means: Mapping[str, str]
    things: Mapping[str, Right]
    relations: Mapping[str, str]
    doors: Mapping[str, Door]


# --- reading ------------------------------------------------------------------------------------------------------
class _Reader:
    def __init__(self, text: str) -> None:
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadMatrix(f"the matrix cannot be read: {error}") from error
        self.rights: dict[str, Right] = {}
        self.relations: dict[str, str] = self.data.get("relation", {})

    def read(self) -> Matrix:
        if unknown := self.data.keys() - {"right", "means", "thing", "relation", *AUDIENCES}:
            raise BadMatrix(f"the matrix has no part called {', '.join(sorted(unknown))}")
        rights = {name: self._right(name, ()) for name in self.data.get("right", {})}
        things = {name: self._said(f"thing {name}", said) for name, said in self.data.get("thing", {}).items()}
        doors: dict[str, Door] = {}
        for audience in AUDIENCES:
            for app, lines in self.data.get(audience, {}).items():
                for name, line in lines.items():
                    door = self._door(f"{app}:{name}", audience, line, things)
                    if door.name in doors:
                        raise BadMatrix(f"{door.name} stands in the matrix twice")
                    doors[door.name] = door
        means = self.data.get("means", {})
        if means.keys() != rights.keys():
            raise BadMatrix(f"say under [means] what these are: {', '.join(sorted(rights.keys() ^ means.keys()))}")
        return Matrix(rights, means, things, self.relations, doors)

    def _right(self, name: str, inside: tuple[str, ...]) -> Right:
        if name in inside:
            raise BadMatrix(f"{name} is explained by itself: {' > '.join((*inside, name))}")
        if name not in self.rights:
            said = self.data.get("right", {}).get(name)
            if said is None:
                raise BadMatrix(f"{inside[-1] if inside else name}: there is no right called {name}")
            self.rights[name] = self._made(name, said, (*inside, name))
        return self.rights[name]

    def _said(self, name: str, said: Any) -> Right:
        """A right by its name, or one written out on the spot."""
        if said == EVERYBODY:
            return Right(EVERYBODY, {ANY: frozenset({EVERYBODY})})
        return self._right(said, (name,)) if isinstance(said, str) else self._made(name, said, (name,))

    def _made(self, name: str, said: Any, inside: tuple[str, ...]) -> Right:
        if isinstance(said, list):
            return Right(name, {ANY: self._roles(said, inside)})
        if not isinstance(said, dict):
            raise BadMatrix(f"{name}: a right is a list of roles, or a list for each relation")
        like = self._right(said["like"], inside) if "like" in said else Right("", {})
        never = frozenset(said.get("never", ())) | like.never
        by = dict(like.by)
        by |= {key: self._roles(roles, inside) for key, roles in said.items() if key not in ("like", "never")}
        for relation in {*by, *never} - {ANY}:
            if relation not in self.relations:
                raise BadMatrix(f"{name}: say under [relation] what “{relation}” is")
        return Right(name, by, never, like.name)

    def _roles(self, said: list[str], inside: tuple[str, ...]) -> frozenset[str]:
        """Roles, with the names of other rights taken for their roles."""
        found: set[str] = set()
        for word in said:
            found |= self._right(word, inside).roles if word in self.data.get("right", {}) else {word}
        return frozenset(found)

    def _door(self, name: str, audience: str, line: Mapping[str, Any], things: Mapping[str, Right]) -> Door:
        rest = dict(line)
        does, because, of, sees = (rest.pop(key, "") for key in ("does", "because", "of", "sees"))
        methods = {method: self._said(name, said) for key, said in rest.items() for method in key.split()}
        if unknown := methods.keys() - set(METHODS):
            raise BadMatrix(f"{name}: nobody knows what {', '.join(sorted(unknown))} is")
        if not methods or not does:
            raise BadMatrix(f"{name}: say what it does, and the right behind GET or POST")
        if bool(because) != (audience != "door"):
            raise BadMatrix(f"{name}: a door says why exactly when it is not for posts only")
        if of and of not in things:
            raise BadMatrix(f"{name}: say under [thing] who sees a {of}")
        seen = self._said(name, sees) if sees else things.get(of)
        return Door(name, does, audience, methods, of, seen, because)


def parse(text: str) -> Matrix:
    """Raises BadMatrix, saying what cannot be."""
    return _Reader(text).read()


@cache
def whole() -> Matrix:
    return parse(Path(settings.MATRIX).read_text("utf-8"))


def right(name: str) -> Right:
    return whole().rights[name]


def roles(name: str) -> frozenset[str]:
    """Whoever has a right in some relation."""
    return right(name).roles


def door(name: str) -> Door | None:
    """The line of a route; None closes it to all."""
    return whole().doors.get(name)


# --- is every route in it? ----------------------------------------------------------------------------------------
_known: set[str] = {EVERYBODY, STRANGER}


def register_roles(words: Iterable[str]) -> None:
    """`bodies` says at start-up which roles there are."""
    _known.update(words)


def routes(patterns: Iterable[Any] | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name with its namespace, route) of everything that the product answers."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, f"{space}{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name or ''}", entry


def faults(matrix: Matrix, found: Iterable[tuple[str, URLPattern]], known: Collection[str]) -> list[str]:
    """What the routes and the matrix do not agree on, each with what to write."""
    wrong: list[str] = []
    there: set[str] = set()
    for name, entry in found:
        app, _colon, short = name.rpartition(":")
        there.add(name)
        line = matrix.doors.get(name)
        if not short:
            wrong.append(f"/{entry.pattern}: a route needs a name, or it is closed to all")
        elif line is None:
            wrong.append(
                f"{name} stands in no line of tongxin/matrix.toml and is closed to all. Write under [door.{app}]: "
                f'{short} = {{ does = "…", GET = "staff" }}, or under [open.{app}] with because = "…"'
            )
        elif entry.pattern.converters and not line.of:
            wrong.append(f"{name}: its address names something; say what in tongxin/matrix.toml (of = …)")
    wrong += [f"{name} stands in tongxin/matrix.toml and is no route" for name in sorted(matrix.doors.keys() - there)]
    used = {word: right.name for right in (*matrix.rights.values(), *matrix.things.values()) for word in right.roles}
    used |= {w: door.name for door in matrix.doors.values() for right in door.methods.values() for w in right.roles}
    wrong += [f"{used[word]}: “{word}” is neither a role nor a right" for word in sorted(used.keys() - set(known))]
    return wrong


@register(Tags.urls)
def every_route_has_its_line(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [Error(fault, id="tongxin.E040") for fault in faults(whole(), routes(), _known)]
