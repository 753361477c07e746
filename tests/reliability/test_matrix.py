"""S7: everybody knocks at every door for one thing of every sort: what happens is what the matrix says, and no more.

The doors come from the URLconf and the people from `bodies.roles`: what is added to either is walked from that day on.
"""

import hashlib
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.architecture.tree import nothing
from tests.factories import stage as stages
from tests.journeys import doors
from tests.reliability import board
from tests.reliability.cast import OF_ALL_VILLAGES, Actor, World, address, built, sorts
from tongxin.bodies import middleware
from tongxin.bodies.roles import Role
from tongxin.core import matrix
from tongxin.territory import queries
from tongxin.territory.models import VillageManager, VillageQuerySet

IN, LOG_IN, REFUSED, NOT_THERE, NO_SUCH_VERB = "in", "log in", "403", "404", "405"
BUSY = 503  # an answer of its own: the worker is dead, the disk is full
OF_THE_PRODUCT = {"somewhere", "only_village"}
FOREIGN, NOTHING = "foreign", frozenset[str]()
EVERY = frozenset(matrix.whole().relations)


@dataclass(frozen=True)
class Cell:
    """One knock: who, where, how, for what in which relation; and what the matrix says of it."""

    actor: Actor
    door: doors.Door
    method: str
    relations: frozenset[str] | str
    value: Any
    says: str

    def __str__(self) -> str:
        relation = self.relations if isinstance(self.relations, str) else "+".join(sorted(self.relations)) or "–"
        return f"{self.actor} {self.method} {self.door.name} ({relation})"


def says(door: matrix.Door, method: str, actor: Actor, relations: frozenset[str] | str) -> str:
    """What the matrix says of a knock."""
    if door.audience != "open" and actor.user is None:
        return LOG_IN
    if door.audience == "door" and not actor.is_staff:
        return NOT_THERE
    right = door.right(method)
    if right is None:
        return NO_SUCH_VERB
    if door.audience == "door" and not actor.roles & right.roles:
        return REFUSED
    if door.audience == "door" and not door.of and not right.relations <= OF_THE_PRODUCT:
        return IN
    if isinstance(relations, str):
        return NOT_THERE
    if door.sees is not None and not door.sees.allows(actor.roles, relations):
        return NOT_THERE
    return IN if right.allows(actor.roles, relations) else REFUSED


def cells(world: World, actor: Actor, every: list[doors.Door]) -> Iterator[Cell]:
    """All knocks of one actor; one thing stands for all where the gate answers before it looks for it.

    In every run a thing stands for all that are alike in the relations which the door asks for; at night, for all that
    are alike in every relation.
    """
    seen: dict[str, list[tuple[Any, Any]]] = {}
    for door in every:
        kind = door.line.of
        found: list[tuple[Any, Any]] = [(own_relations(actor), None)]
        if kind and kind != "word":
            if kind not in seen:
                seen[kind] = list(sorts(world, kind, world.here, actor))
                if kind not in OF_ALL_VILLAGES:
                    seen[kind] += [(FOREIGN, value) for _relations, value in sorts(world, kind, world.there, actor)[:1]]
            found = seen[kind]
        for method in matrix.METHODS:
            for relations, value in _told_apart(door.line, method, found):
                yield Cell(actor, door, method, relations, value, says(door.line, method, actor, relations))
                if is_decided(door.line, method, actor):
                    break


def _told_apart(door: matrix.Door, method: str, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    if board.count(0, 1):
        return found
    rights = [right for right in (door.sees, door.right(method)) if right is not None]
    asked = frozenset().union(*(right.relations | right.never for right in rights))
    first: dict[Any, tuple[Any, Any]] = {}
    for relations, value in found:
        key = relations if isinstance(relations, str) else relations & asked
        first.setdefault(key, (relations, value))
    return list(first.values())


def is_decided(door: matrix.Door, method: str, actor: Actor) -> bool:
    """Whether the answer is the same for every thing: the gate gives it before anything is fetched."""
    return len({says(door, method, actor, relations) for relations in (FOREIGN, NOTHING, EVERY)}) == 1 and (
        says(door, method, actor, EVERY) != IN
    )


def own_relations(actor: Actor) -> frozenset[str]:
    """Of what has no thing in its address: how somebody stands to the product itself. It serves two villages here."""
    return frozenset({"somewhere"} if actor.somewhere else ())


# --- knocking -----------------------------------------------------------------------------------------------------
def knock(actor: Actor, method: str, at: str) -> str:
    answer = actor.fresh().generic(method, at)
    status = answer.status_code
    if status in {302, 303} and "/login/?next=" in answer["Location"]:
        return LOG_IN
    return str(status) if status in {403, 404, 405} or (status >= 500 and status != BUSY) else IN


def happens(world: World, cell: Cell) -> str:
    """Knock and note the answer. What a POST did is taken back; a GET has nothing to take back."""
    at = world.here.path(address(cell.door, cell.value))
    if cell.method == "GET":
        return knock(cell.actor, "GET", at)
    sid = transaction.savepoint()
    try:
        return knock(cell.actor, cell.method, at)
    finally:
        transaction.savepoint_rollback(sid)


def surprises(world: World, walked: Iterable[Cell]) -> list[str]:
    found = []
    for cell in walked:
        it = happens(world, cell)
        if it != cell.says:
            found.append(f"{cell}: the matrix says {cell.says}, it is {it}")
    return found


def digest() -> dict[str, str]:
    """{table: a hash of all its rows}, what the framework keeps about log-ins left out."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - KEPT.keys()):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [table for table in after if before[table] != after[table]]


KEPT = {
    "django_session": "a session notes when it was last used, and a log-out ends it",
    "core_loginsession": "the same",
    "core_throttle": "a try is counted, whatever becomes of it",
    "audit_auditentry": "whoever opens something masked leaves a line",
    "audit_chain": "the head of those lines",
}


@pytest.fixture
def world(db):
    queries.forget_villages()
    yield built()
    queries.forget_villages()


@pytest.fixture(autouse=True)
def _unwritten(monkeypatch):
    """Who comes in is decided before a page is written; at night the pages are written too."""
    if not board.count(0, 1):
        monkeypatch.setattr("django.template.backends.django.Template.render", lambda *args, **kwargs: "")


@pytest.fixture
def every() -> list[doors.Door]:
    return doors.every()


PARTS = 4
GROUPS = ["resident", *(f"here-{n}" for n in range(PARTS)), "past", "sibling"]


def members(world: World, group: str) -> list[Actor]:
    name, _, part = group.partition("-")
    found = world.of(name)
    return found[int(part) :: PARTS] if part else found


@contextmanager
def gate_reading(monkeypatch: pytest.MonkeyPatch, change: Callable[[matrix.Door], matrix.Door]) -> Iterator[None]:
    """The gate reads another matrix than everybody else."""
    with monkeypatch.context() as patch:
        patch.setattr(middleware, "matrix", SimpleNamespace(door=lambda name: change(matrix.whole().doors[name])))
        yield


def taken_down(door: matrix.Door) -> matrix.Door:
    everybody = matrix.Right("everybody", {matrix.ANY: frozenset({matrix.EVERYBODY})})
    return replace(door, audience="open", methods=dict.fromkeys(matrix.METHODS, everybody))


def widened(name: str) -> Callable[[matrix.Door], matrix.Door]:
    """One door stands open to every post."""
    staff = matrix.right("staff")
    return lambda door: replace(door, methods=dict.fromkeys(door.methods, staff)) if door.name == name else door


@contextmanager
def unscoped(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The manager of a village's tables forgets which village it is."""
    with monkeypatch.context() as patch:
        patch.setattr(VillageManager, "get_queryset", lambda self: self._queryset_class(self.model, using=self._db))
        patch.setattr(VillageQuerySet, "of", lambda self, village: self)
        yield


@pytest.mark.parametrize("group", GROUPS)
def test_what_happens_is_what_the_matrix_says(world, every, group, monkeypatch):
    actors = members(world, group)
    found, wrote, walked = [], [], 0
    for actor in actors:
        own = list(cells(world, actor, every))
        asking, doing = ([cell for cell in own if (cell.method == "GET") == is_get] for is_get in (True, False))
        before = digest()
        for _again in range(board.count(1, 2)):
            found += surprises(world, asking)
        wrote += [f"{actor}: a GET changed {table}" for table in changed(before, digest())]
        found += surprises(world, doing)
        walked += len(own)
        assert {(cell.door.name, cell.method) for cell in own} == set(product((d.name for d in every), matrix.METHODS))
    control, failed = _controlled(world, group, actors, every, monkeypatch)
    for line in (found + wrote)[:40]:
        warnings.warn(line, stacklevel=1)
    board.reach(
        f"S7 {group}",
        wanted=f"0 surprises, 0 writes by GET; {len(every)} of {len(every)} doors × {len(actors)} people",
        reached=f"{len(found)} and {len(wrote)} in {walked} cells",
        held=not found and not wrote,
        control=control,
        control_failed=failed,
    )


def _controlled(world, group, actors, every, monkeypatch) -> tuple[str, bool]:
    """Take a guard away and walk the cells again that it guards: there must be surprises in them."""
    own = list(cells(world, actors[0], every))
    if not group.startswith("here"):
        with gate_reading(monkeypatch, taken_down):
            n = len(surprises(world, [cell for cell in own if cell.door.line.audience == "door"]))
        return f"no gate: {n} surprises", n > 0
    with unscoped(monkeypatch):
        n = len(surprises(world, [cell for cell in own if cell.relations == FOREIGN and cell.says == NOT_THERE]))
    refused = [cell for actor in actors for cell in cells(world, actor, every) if cell.says == REFUSED]
    # site-wide decisions (`core:`) ask a second time, inside, whether the site serves one village only
    shut = next(cell for cell in refused if not cell.door.params and not cell.door.name.startswith("core:"))
    with gate_reading(monkeypatch, widened(shut.door.name)):
        m = len(surprises(world, [shut]))
    return f"no scope: {n} surprises; {shut.door.name} widened: {m}", n > 0 and m > 0


def test_everybody_is_in_the_walk(world):
    """All roles, at each time and place; and the parts leave nobody out."""
    assert sorted(actor.name for group in GROUPS for actor in members(world, group)) == sorted(
        actor.name for actor in world.actors
    )
    for role in Role:
        assert {actor.group for actor in world.actors if actor.name.split(",")[0].split(" of ")[0] == role} == {
            "here", "past", "sibling",
        }  # fmt: skip
    met = [relations for actor in world.of("here") for relations, _ in sorts(world, "issue", world.here, actor)]
    assert {*matrix.right("issues.see").relations, *matrix.right("issues.slip").relations} <= frozenset().union(*met)


def some(world: World, door: doors.Door, actor: Actor) -> str:
    """An address of the door, for anything that it could be about."""
    value = sorts(world, door.line.of, world.here, actor)[0][1] if door.line.of not in ("", "word") else None
    return world.here.path(address(door, value))


@pytest.mark.parametrize("method", ["HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_no_other_verb_is_answered(world, every, method):
    """HEAD goes with GET; the others are nobody's, whatever somebody holds."""
    user = stages.everybody(world.here)
    actor = Actor("everybody", Client(raise_request_exception=False), "here", user)
    actor.client.force_login(user)
    actor.cookies = {name: morsel.value for name, morsel in actor.client.cookies.items()}
    found = []
    for door in every:
        it = knock(actor, method, some(world, door, actor))
        wanted = {NO_SUCH_VERB} if method != "HEAD" or "GET" not in door.line.methods else {IN, NOT_THERE}
        if it not in wanted:
            found.append(f"{method} {door.name}: {it}")
    nothing(found)


# doors that take a POST without Django's token, each with what stands in its place
PASS = "the quiet channel sets no cookie, and nobody is logged in there to act for; its forms carry a pass of their own"
TOKENLESS = {f"issues:hush_{name}": PASS for name in ("new", "open", "add", "judge")} | {
    "core:policy_report": "a browser reports by itself, from no form, and in nobody's name"
}


def test_no_form_is_taken_without_its_token(world, every, monkeypatch):
    """A page of somebody else's cannot press our buttons (T34)."""
    user = stages.everybody(world.here)
    clients = [Client(enforce_csrf_checks=True, raise_request_exception=False) for _ in range(2)]
    clients[1].force_login(user)

    def pressed(door: doors.Door) -> set[int]:
        at = some(world, door, world.actors[0])
        return {client.post(at, {"a": "b"}).status_code for client in clients}

    posts = [door for door in every if "POST" in door.line.methods and door.name not in TOKENLESS]
    before = digest()
    taken = [f"{door.name}: {pressed(door)}" for door in posts if pressed(door) != {403}]
    for door in every:
        if door.name in TOKENLESS:
            assert "POST" in door.line.methods
            pressed(door)  # without its pass: whatever the page says, nothing is written down
    taken += [f"changed {table}" for table in changed(before, digest())]
    with monkeypatch.context() as patch:
        patch.setattr(posts[0].view, "csrf_exempt", True, raising=False)
        control = pressed(posts[0]) == {403}
    board.reach(
        "S7 token",
        wanted=f"{len(posts)} of {len(posts)} forms refuse a POST without a token",
        reached=" ".join([str(len(posts) - len(taken)), *taken[:5]]),
        held=not taken,
        control=f"{posts[0].name} made exempt: taken",
        control_failed=not control,
    )
