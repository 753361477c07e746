"""Who may ask for a list of many persons, who agrees for the second body, and who takes it (R20)."""

from uuid import UUID

from tongxin.bodies import queries as bodies
from tongxin.bodies.queries import Held
from tongxin.casework.actors import Actor
from tongxin.core import matrix
from tongxin.exports import queries
from tongxin.exports.queries import Request, State
from tongxin.territory.models import Village


def relations_to(by: Actor, request: Request) -> frozenset[str]:
    """How somebody stands to a request, in the words of the matrix; whoever holds nothing here not at all."""
    asked = request.asked
    if not bodies.held(by, asked.village_id):
        return frozenset()
    more = {"asked": asked.by_id == getattr(by, "pk", None), "same_body": bodies.sits_with(by, asked)}
    return frozenset({"listed"}) | {name for name, is_so in more.items() if is_so}


def may(right: str, by: Actor, request: Request) -> bool:
    found = relations_to(by, request)
    return bool(found) and bodies.held(by, request.asked.village_id).may(right, found)


def can_see(by: Actor, request: Request) -> bool:
    return may("exports.see", by, request)


def can_take(by: Actor, request: Request) -> bool:
    """Whoever asked, as long as they sit where they signed. The hours are the action's to look at."""
    asked = request.asked
    return asked.body_id in bodies.held(by, asked.village_id).bodies and may("exports.take", by, request)


def signer(by: Actor, village_id: UUID) -> Held | None:
    """The post in which somebody asks; one that is lent for hours does not sign."""
    return bodies.held(by, village_id).signer("exports.ask", ())


def second_signer(by: Actor, request: Request) -> Held | None:
    """The post in which somebody speaks for the second body: one where whoever asked does not sit."""
    if not may("exports.agree", by, request):
        return None
    asked = request.asked
    holdings = bodies.held(by, asked.village_id)
    return holdings.signer("exports.agree", relations_to(by, request), bodies.bodies_of(asked))


def could_be_agreed(by: Actor, village: Village) -> bool:
    """Whether anybody is there who could agree for a second body."""
    return queries.has_second(village, matrix.roles("exports.deciders"), bodies.held(by, village.pk).bodies)


def waiting(by: Actor, village_id: UUID) -> list[Request]:
    """For today's page: what waits for this user's word, and what they may take."""
    return [one for one in queries.running(village_id) if is_for(by, one)]


def is_for(by: Actor, request: Request) -> bool:
    if request.state == State.ASKED:
        return second_signer(by, request) is not None
    return request.state == State.READY and can_take(by, request)
