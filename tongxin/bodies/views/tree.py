"""The bodies of the village as a tree, as on any day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tongxin.accounts.models import User
from tongxin.bodies import access, queries
from tongxin.bodies.models import Appointment, Body, BodyKind, EmergencyAccess, Post
from tongxin.core import clock, ledgers
from tongxin.territory.models import Village

ORDER = list(BodyKind)


class BodyRequest(HttpRequest):
    """A request of somebody with a post in this village."""

    user: User
    village: Village


@dataclass
class Sitting:
    """Somebody in a seat; on leave, with whoever stands in."""

    row: Appointment
    is_away: bool = False
    stand_in: Appointment | None = None


@dataclass
class Seat:
    """A post with who holds it on the day, and how many seats are free."""

    post: Post
    sittings: list[Sitting] = field(default_factory=list)
    may_grant: bool = True  # whoever reads it may seat somebody here
    passes_on: bool = False  # of the last supervisor: seating the next one ends the term

    @property
    def is_lent(self) -> bool:
        return access.is_lent(self.post)

    @property
    def free(self) -> int:
        return max(self.post.seats - len(self.sittings), 0)


@dataclass
class Branch:
    body: Body
    seats: list[Seat] = field(default_factory=list)
    children: list["Branch"] = field(default_factory=list)


def grown(village: Village, day: date, bodies: Sequence[Body] | None = None) -> list[Branch]:
    """The tree on a day, in three queries; a fourth when somebody is on leave."""
    rows = list(Body.objects.of(village).on(day).select_related("grid")) if bodies is None else list(bodies)
    branches = {body.pk: Branch(body) for body in rows}
    posts = Post.objects.filter(body__in=branches).select_related("partner", "grid").order_by("position", "title")
    seats: dict[UUID, Seat] = {}
    for post in posts:
        if post.ended_on is None or post.ended_on > day:
            seats[post.pk] = Seat(post)
            branches[post.body_id].seats.append(seats[post.pk])
    for row in Appointment.objects.filter(post__in=seats).on(day).select_related("person").order_by("from_on", "id"):
        seats[row.post_id].sittings.append(Sitting(row, row.is_away(day)))
    _stand_ins(seats.values(), day)
    roots: list[Branch] = []
    for branch in branches.values():
        parent = branches.get(branch.body.parent_id) if branch.body.parent_id else None
        (parent.children if parent else roots).append(branch)
    for branch in branches.values():
        branch.children.sort(key=lambda b: (b.body.grid.number if b.body.grid else 0, b.body.name))
    kind_of = {kind: i for i, kind in enumerate(ORDER)}
    return sorted(
        roots, key=lambda b: (kind_of[BodyKind(b.body.kind)], b.body.grid.number if b.body.grid else 0, b.body.name)
    )


def _stand_ins(seats: Iterable[Seat], day: date) -> None:
    """Beside whoever is on leave, the first of the partner post who is not."""
    away = [(seat, one) for seat in seats for one in seat.sittings if one.is_away and seat.post.partner_id]
    if away:
        there = queries.holders({seat.post.partner_id for seat, _one in away if seat.post.partner_id}, day)
        for seat, one in away:
            rows = there.get(seat.post.partner_id, []) if seat.post.partner_id else []
            one.stand_in = next((row for row in rows if not row.is_away(day)), None)


def day_of(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today(cast(BodyRequest, request).village.tz)


@require_safe
def bodies(request: HttpRequest) -> HttpResponse:
    asked = cast(BodyRequest, request)
    day = day_of(request)
    tree = grown(asked.village, day)
    if (answer := ledgers.respond(request, _ledger(asked, tree))) is not None:
        return answer
    context = {
        # the grid teams are many and alike: a table says more than a dozen cards
        "tree": [branch for branch in tree if branch.body.kind != BodyKind.GRID_TEAM],
        "teams": [branch for branch in tree if branch.body.kind == BodyKind.GRID_TEAM],
        "on": day,
        "is_today": day == clock.today(asked.village.tz),
        "ended": Body.objects.of(asked.village).filter(ended_on__lte=day).order_by("-ended_on"),
        "may_keep": access.can_keep_bodies(asked.user, asked.village.pk),
        "vacant": sum(seat.free for seat in _seats(tree)),
    }
    return render(request, "bodies/body_list.html", context)


def _seats(tree: Sequence[Branch]) -> list[Seat]:
    return [seat for branch in tree for seat in (*branch.seats, *_seats(branch.children))]


def _ledger(request: BodyRequest, tree: Sequence[Branch]) -> ledgers.Ledger:
    columns = [
        ledgers.Column("body", _("Body"), width=22),
        ledgers.Column("post", _("Post"), width=18),
        ledgers.Column("name", pgettext("person", "Name"), width=12),
        ledgers.Column("from", _("From"), "date", 12),
        ledgers.Column("ground", _("By what"), width=16),
        ledgers.Column("phone", _("Telephone for villagers"), width=16),
    ]
    named = {one.row.person_id for seat in _seats(tree) for one in seat.sittings}
    return ledgers.Ledger(
        _("Ledger of appointments"),
        request.village.name,
        columns,
        list(_lines(tree)),
        prepared_by=request.user.name,
        persons=len(named),
    )


def _lines(tree: Sequence[Branch]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for branch in tree:
        for seat in branch.seats:
            for row in (one.row for one in seat.sittings):
                found.append((branch.body.name, seat.post.title, row.person.name, row.from_on, row.ground, row.phone))
            found += [(branch.body.name, seat.post.title, _("vacant"), None, "", "")] * seat.free
        found += _lines(branch.children)
    return found


def body_of(request: HttpRequest, pk: UUID) -> Body:
    found = Body.objects.visible_to(request.user).filter(pk=pk).select_related("village", "parent").first()
    if found is None:
        raise Http404
    return found


def post_of(request: HttpRequest, pk: UUID) -> Post:
    found = Post.objects.visible_to(request.user).filter(pk=pk).select_related("village", "body").first()
    if found is None:
        raise Http404
    return found


def appointment_of(request: HttpRequest, pk: UUID) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).filter(pk=pk)
    found = rows.select_related("post__village", "post__body", "person__village").first()
    if found is None:
        raise Http404
    return found


def _lent(found: Body) -> list[tuple[EmergencyAccess, bool]]:
    """What was ever lent of this body, and whether it still is."""
    now = clock.now()
    return [(row, row.is_open(now)) for row in queries.emergencies(found.village_id, post__body=found)]


@require_safe
def body(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One body: its posts with who holds them, and who held them before."""
    asked = cast(BodyRequest, request)
    found = body_of(request, pk)
    day = clock.today(asked.village.tz)
    former = Appointment.objects.filter(post__body=found, to_on__lte=day).select_related("post", "person")
    branch = grown(asked.village, day, [found])[0]
    for seat in branch.seats:
        seat.may_grant = access.can_grant(asked.user, seat.post)
        seat.passes_on = queries.last_supervisor(seat.post, day) is not None
    context = {
        "body": found,
        "branch": branch,
        "children": Body.objects.of(asked.village).filter(parent=found).on(day).order_by("grid__number", "name"),
        "former": former.order_by("-to_on", "-id"),
        "may_keep": access.can_keep_bodies(asked.user, asked.village.pk) and found.ended_on is None,
        "may_lend": access.can_lend(asked.user, asked.village.pk),
        "emergencies": _lent(found),
    }
    return render(request, "bodies/body_page.html", context)
