"""Rights over bodies."""

from uuid import UUID

from tongxin.bodies import queries
from tongxin.bodies.models import Appointment, Post
from tongxin.bodies.roles import STAFF, Role
from tongxin.core import clock, matrix
from tongxin.people.models import Person

KEEPERS = matrix.roles("bodies.keep")
LENDERS = matrix.roles("bodies.lend")


def can_keep_bodies(user: object, village_id: UUID) -> bool:
    """Secretary and clerk enter appointments; the township too (a village without officers must get its first)."""
    return queries.held(user, village_id).has(*KEEPERS)


def can_appoint(user: object, person: Person) -> bool:
    """Nobody appoints himself."""
    return can_keep_bodies(user, person.village_id) and queries.held(user, person.village_id).person_id != person.pk


ABOVE = frozenset({Role.TOWNSHIP, Role.COUNTY})


def can_grant(user: object, post: Post) -> bool:
    """Seat somebody in a post, and end it; what stands above the village only for the township, once it is there."""
    is_above = post.role in ABOVE and queries.has_officer(post.village_id, Role.TOWNSHIP, clock.today())
    return queries.held(user, post.village_id).may("bodies.grant", {"above_village" if is_above else "of_village"})


def can_let_in(user: object, person: Person) -> bool:
    """Give somebody a log-in or open it anew: who may seat them in every post that they hold. A code for the log-in of
    a post is as good as the post."""
    seats = Appointment.objects.filter(person=person, village_id=person.village_id).on(clock.today())
    return can_keep_bodies(user, person.village_id) and all(can_grant(user, row.post) for row in seats)


# whoever watches the office, or stands above it, is not replaced by it for a day
NEVER_LENT = frozenset({Role.SUPERVISOR, Role.TOWNSHIP, Role.COUNTY})


def is_lent(post: Post) -> bool:
    """Whether this post can be lent in an emergency: a staff post of the village's own office that still is."""
    return post.ended_on is None and post.role in STAFF - NEVER_LENT


def can_lend(user: object, village_id: UUID) -> bool:
    """Secretary and clerk, by an appointment: who only holds the post for hours lends nothing on."""
    return bool(queries.held(user, village_id).lasting_roles & LENDERS)
