"""Rights over bodies."""

from uuid import UUID

from tongxin.bodies import queries
from tongxin.core import matrix
from tongxin.people.models import Person

KEEPERS = matrix.roles("bodies.keep")


def can_keep_bodies(user: object, village_id: UUID) -> bool:
    """Secretary and clerk enter appointments; the township too (a village without officers must get its first)."""
    return queries.held(user, village_id).has(*KEEPERS)


def can_appoint(user: object, person: Person) -> bool:
    """Nobody appoints himself."""
    return can_keep_bodies(user, person.village_id) and queries.held(user, person.village_id).person_id != person.pk
