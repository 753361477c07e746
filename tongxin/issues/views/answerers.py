"""'Who answers for me?' by group and grid, by matter, by place: names and telephones, no title alone."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.bodies import queries as bodies
from tongxin.bodies.models import Appointment, Body, BodyKind, Post
from tongxin.bodies.roles import Role
from tongxin.core import clock
from tongxin.core.templatetags.look import day as spoken
from tongxin.issues import queries
from tongxin.issues.models import Category
from tongxin.issues.views import proof
from tongxin.issues.views.asking import VillageRequest, resident
from tongxin.territory import queries as territory
from tongxin.territory.models import Grid, Group, Place

NEAR = (Role.GRID_WORKER, Role.PARTY_GROUP, Role.PARTY_HOUSEHOLD)
QUIET = (Role.MEMBER, Role.PARTY_HOUSEHOLD, Role.GRID_WORKER, Role.PARTY_GROUP)


@dataclass(frozen=True)
class Answerer:
    """Somebody to call. `note` says why it is not the usual one."""

    name: str
    title: str
    phone: str
    note: str = ""


class Roster:
    """Today's holders of some posts and of their partners, in two statements."""

    def __init__(self, posts: Iterable[Post], today: date) -> None:
        self.today = today
        self.posts = {post.pk: post for post in posts}
        wanted = {pk for post in self.posts.values() for pk in (post.pk, post.partner_id) if pk is not None}
        self.held: dict[UUID, list[Appointment]] = bodies.holders(wanted, today) if wanted else {}

    def answer(self, post: Post) -> list[Answerer]:
        """The holders who are here; while all are on leave, the partner's with a word about it."""
        held = self.held.get(post.pk, [])
        here = [a for a in held if not a.is_away(self.today)]
        if here or not held:
            return [Answerer(a.person.name, post.title, a.phone) for a in here]
        away = held[0]
        values = {"name": away.person.name, "day": spoken(away.away_to)}
        note = _("%(name)s is away until %(day)s.") % values if away.away_to else _("%(name)s is away.") % values
        partners = self.held.get(post.partner_id, []) if post.partner_id else []
        stand_in = [a for a in partners if not a.is_away(self.today)]
        if stand_in:
            return [Answerer(a.person.name, post.title, a.phone, note) for a in stand_in]
        return [Answerer(a.person.name, post.title, a.phone, note) for a in held]


@dataclass
class Near:
    """A grid and its people: who works for it, who leads its Party group, at whose door neighbours can knock."""

    grid: Grid
    worker: list[Answerer] = field(default_factory=list)
    leader: list[Answerer] = field(default_factory=list)
    households: list[Answerer] = field(default_factory=list)


def near(grids: Collection[Grid], today: date) -> list[Near]:
    """The people of these grids."""
    rows = Post.objects.filter(grid__in=[g.pk for g in grids], role__in=NEAR, ended_on=None)
    posts = list(rows.order_by("position", "id"))
    roster = Roster(posts, today)
    found = {grid.pk: Near(grid) for grid in grids}
    for post in posts:
        here = found[post.grid_id]  # type: ignore[index]
        row = {Role.GRID_WORKER: here.worker, Role.PARTY_GROUP: here.leader}.get(Role(post.role), here.households)
        row.extend(roster.answer(post))
    return list(found.values())


def of_grid(grid: Grid, today: date) -> Answerer | None:
    """Whom to call in a grid: its worker or the stand-in."""
    workers = near([grid], today)[0].worker
    return workers[0] if workers else None


@dataclass(frozen=True)
class Matter:
    """'The pipe is broken, whom do I call?'"""

    question: str
    category: str
    people: list[Answerer]


def by_matter(village_id: UUID, today: date) -> list[Matter]:
    handlers = queries.usual_handlers(village_id)
    roster = Roster([handler.post for handler in handlers.values()], today)
    found = []
    for value, label in Category.choices:
        handler = handlers.get(value)
        people = roster.answer(handler.post) if handler else []
        if handler and people:
            found.append(Matter(handler.question or str(label), value, people))
    return found


@dataclass(frozen=True)
class Bench:
    """A body of the village with who speaks for it."""

    name: str
    duty: str
    people: list[Answerer]


def benches(today: date) -> list[Bench]:
    """The bodies as text, the Party branch first; people of the grids stand with their grids."""
    order = {kind: i for i, kind in enumerate(BodyKind.values)}
    rows = (
        Post.objects.filter(ended_on=None, body__ended_on=None)
        .exclude(role__in=QUIET)
        .exclude(body__kind=BodyKind.PARTY_GROUP)
    )
    posts = list(rows.select_related("body").order_by("position", "id"))
    roster = Roster(posts, today)
    people: dict[Body, list[Answerer]] = {}
    for post in posts:
        people.setdefault(post.body, []).extend(roster.answer(post))
    bodies_ = sorted(people, key=lambda body: (order[body.kind], body.pk))
    return [Bench(body.name, body.duty, people[body]) for body in bodies_ if people[body]]


@dataclass(frozen=True)
class Ground:
    """A villager group and its grids."""

    group: Group
    grids: list[Near]
    is_mine: bool


@resident
@require_safe
def who(request: VillageRequest) -> HttpResponse:
    today = clock.today(request.village.tz)
    card = proof.family(request)
    grids = territory.grids_on(today)
    people = {found.grid.pk: found for found in near(grids, today)}
    asked = _place(request)
    mine = card.household.group_id if card else (asked.group_id if asked else None)
    context = {
        "card": card,
        "place": asked,
        "place_people": people.get(asked.grid_id) if asked and asked.grid_id else None,
        "own": people.get(card.household.grid_id) if card else None,
        "grounds": [
            Ground(group, [people[g.pk] for g in grids if g.group_id == group.pk], group.pk == mine)
            for group in territory.groups_on(today)
        ],
        "matters": by_matter(request.village.pk, today),
        "benches": benches(today),
        "places": list(Place.objects.filter(ended_on=None, grid__isnull=False).order_by("name")[:60]),
    }
    return render(request, "issues/resident_who.html", context)


def _place(request: VillageRequest) -> Place | None:
    """The place asked for by its id."""
    try:
        pk = UUID(request.GET.get("place", ""))
    except ValueError:
        return None
    return Place.objects.filter(pk=pk, ended_on=None).first()
