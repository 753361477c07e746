"""Whom a complaint concerns, by office and not by name, and who is left to take it (R25)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from tongxin.bodies.models import Appointment, Post
from tongxin.bodies.roles import Role
from tongxin.core import matrix
from tongxin.issues.models import UPWARDS, Recusal, RecusedBecause, Route
from tongxin.issues.queries.seeing import TAKEN_BY
from tongxin.people.models import Membership, Relation

LATELY = timedelta(days=365)  # who handed the office over within a year may be the one who is meant


@dataclass(frozen=True)
class Concerned:
    """Somebody who may not see it, and why."""

    person_id: UUID
    because: RecusedBecause
    post_id: UUID | None = None


def concerned(village_id: UUID, post_ids: Collection[UUID], day: date) -> list[Concerned]:
    """Who holds these offices or has handed one over within a year, and their kin."""
    lately = Q(to_on__isnull=True) | Q(to_on__gt=day - LATELY)
    held = Appointment.objects.of(village_id).filter(lately, post__in=post_ids, from_on__lte=day)
    officers = dict(held.order_by("-from_on").values_list("person_id", "post_id"))
    return [
        *(Concerned(person, RecusedBecause.OFFICE, post) for person, post in officers.items()),
        *(Concerned(person, RecusedBecause.KIN) for person in sorted(kin(village_id, officers))),
    ]


def kin(village_id: UUID, persons: Collection[UUID]) -> set[UUID]:
    """Who shares a household with one of them today, and who did so before and was related to its head."""
    theirs = list(Membership.objects.of(village_id).filter(person__in=persons))
    found: set[UUID] = set()
    rows = Membership.objects.of(village_id).filter(household__in={row.household_id for row in theirs})
    for other in rows.exclude(person__in=persons):
        for own in theirs:
            if own.household_id == other.household_id and _lived_together(own, other):
                found.add(other.person_id)
    return found


def _lived_together(one: Membership, other: Membership) -> bool:
    """Related people once under one roof stay kin; a lodger only while he lives there."""
    apart = (one.to_on and one.to_on <= other.from_on) or (other.to_on and other.to_on <= one.from_on)
    is_now = one.to_on is None and other.to_on is None
    return not apart and (is_now or Relation.NOT_RELATED not in (one.relation, other.relation))


def can_be_taken(village_id: UUID, route: str, without: Collection[UUID], day: date) -> bool:
    """Whether somebody with a log-in takes this route's orders today and is not concerned."""
    takers = matrix.right("issues.take").by[TAKEN_BY[Route(route)]]
    held = Appointment.objects.of(village_id).on(day).filter(post__role__in=takers)
    return held.filter(person__user__is_active=True).exclude(person__in=without).exists()


def route_for(village_id: UUID, post_ids: Collection[UUID], people: Collection[Concerned], day: date) -> Route:
    """Supervisors; about one of them the township; about the township the county. Where all are concerned, one step up.

    When nobody is left anywhere it is the county's, and the teller is told that nobody here can open it.
    """
    officers = [one.person_id for one in people if one.because == RecusedBecause.OFFICE]
    held = Appointment.objects.of(village_id).on(day).filter(person__in=officers)
    chosen = Post.objects.filter(pk__in=post_ids)
    roles = {*held.values_list("post__role", flat=True), *chosen.values_list("role", flat=True)}
    without = [one.person_id for one in people]
    steps = list(UPWARDS)
    if roles & {Role.TOWNSHIP, Role.COUNTY}:
        steps = [Route.COUNTY, Route.TOWNSHIP]  # a colleague next door only when nobody stands above
    elif Role.SUPERVISOR in roles:
        steps = steps[1:]
    free = (route for route in steps if can_be_taken(village_id, route, without, day))
    return next(free, Route.COUNTY)


def recused(issue_id: UUID) -> list[UUID]:
    """The persons who may not see it."""
    return list(Recusal.objects.filter(issue=issue_id).values_list("person_id", flat=True))


def is_orphan(village_id: UUID, issue_id: UUID, route: str, day: date) -> bool:
    """Nobody can open it where it lies."""
    return route in UPWARDS and not can_be_taken(village_id, route, recused(issue_id), day)


def offices_named(text: str, day: date) -> list[Post]:
    """Posts of today whose title or whose holder's name stands in a text: to ask whether it is about them."""
    rows = Appointment.objects.on(day).filter(post__ended_on=None).select_related("post", "person")
    found: dict[UUID, Post] = {}
    for row in rows.order_by("post__position", "id"):
        titles = {row.post.title, row.post.title[-2:]} if len(row.post.title) >= 4 else {row.post.title}
        if any(len(word) >= 2 and word in text for word in (*titles, row.person.name)):
            found[row.post_id] = row.post
    return list(found.values())
