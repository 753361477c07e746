"""Who may do what with an issue. Deny by default; the rows themselves are fetched through `queries.visible_to`."""

from uuid import UUID

from tongxin.bodies import queries as bodies
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Actor, Calendar, Teller
from tongxin.issues import queries
from tongxin.issues.models import Issue, Recusal, Route, Status

KEEPERS = queries.KEEPERS


def is_recused(by: Actor, issue: Issue) -> bool:
    """Complained about by office held, today or on the day it was told."""
    if issue.about_post_id is None:
        return False
    holdings = bodies.held(by, issue.village_id)
    if issue.about_post_id in holdings.posts:
        return True
    person = holdings.person_id
    return person is not None and Recusal._base_manager.filter(issue=issue, person_id=person).exists()


def takes_orders(by: Actor, issue: Issue) -> bool:
    """The council takes ordinary matters; complaints go to the supervisors, those about supervisors to the township."""
    holdings = bodies.held(by, issue.village_id)
    if issue.route == Route.COUNCIL:
        return holdings.has(*KEEPERS)
    if issue.route == Route.SUPERVISORS:
        return holdings.has(Role.SUPERVISOR) and not is_recused(by, issue)
    return holdings.has(Role.TOWNSHIP) and not is_recused(by, issue)


def can_see(by: Actor, issue: Issue) -> bool:
    """The same rule as `queries.visible_to`, for one row at hand."""
    if isinstance(by, Teller):
        return by.case_id == issue.pk
    holdings = bodies.held(by, issue.village_id)
    if not holdings or is_recused(by, issue):
        return False
    if takes_orders(by, issue):
        return True
    if issue.route == Route.COUNCIL:
        if holdings.has(Role.SUPERVISOR, Role.COMMITTEE, Role.TOWNSHIP):
            return True
        if can_answer(by, issue) or (by is not None and issue.recorded_by_id == getattr(by, "pk", 0)):
            return True
        return bool(issue.grid_id and issue.grid_id in holdings.grids and not issue.is_sealed)
    return issue.route == Route.SUPERVISORS and can_answer(by, issue)


def can_see_contact(by: Actor, issue: Issue) -> bool:
    """Telephone and name: whoever takes the order or fulfils it; of a sealed one only who takes it."""
    if isinstance(by, Teller):
        return by.case_id == issue.pk
    if takes_orders(by, issue):
        return True
    holdings = bodies.held(by, issue.village_id)
    return not issue.is_sealed and issue.handler_post_id in holdings.posts and not is_recused(by, issue)


def can_report_for(user: object, village_id: UUID) -> bool:
    """Any staff member writes down what somebody says."""
    return bool(bodies.held(user, village_id))


def can_join(by: Actor, issue: Issue) -> bool:
    """Staff write down one more voice on what they see; complaints stay alone."""
    return issue.is_open and issue.route == Route.COUNCIL and not isinstance(by, Teller) and can_see(by, issue)


def can_take(by: Actor, issue: Issue) -> bool:
    return takes_orders(by, issue)


can_accept = can_decline = can_refer = can_merge = can_take


def can_dispatch(by: Actor, issue: Issue) -> bool:
    """After the second 'not yet' the supervisors decide where it goes."""
    if issue.status == Status.APPEALED:
        return can_judge(by, issue)
    return takes_orders(by, issue)


def can_judge(by: Actor, issue: Issue) -> bool:
    """What was reopened twice is the supervisors' (of a complaint about them: the township's)."""
    holdings = bodies.held(by, issue.village_id)
    role = Role.TOWNSHIP if issue.route == Route.TOWNSHIP else Role.SUPERVISOR
    return holdings.has(role) and not is_recused(by, issue)


def can_give_up(by: Actor, issue: Issue) -> bool:
    return can_judge(by, issue) if issue.status == Status.APPEALED else takes_orders(by, issue)


def can_answer(by: Actor, issue: Issue) -> bool:
    """Whoever holds the post it was dispatched to, or its partner post (who stands in during a leave)."""
    if issue.handler_post_id is None or is_recused(by, issue):
        return False
    return issue.handler_post_id in bodies.held(by, issue.village_id).hands


can_hand_back = can_answer


def can_note(by: Actor, issue: Issue) -> bool:
    return can_answer(by, issue) or takes_orders(by, issue)


def can_confirm(by: Actor, issue: Issue) -> bool:
    """The teller; or staff who asked them by phone or at the door. The handler does not judge his own work."""
    if isinstance(by, Teller):
        return by.case_id == issue.pk
    if issue.handler_post_id in bodies.held(by, issue.village_id).posts:
        return False
    return takes_orders(by, issue) or (can_see(by, issue) and bodies.held(by, issue.village_id).has(*WALKERS))


WALKERS = (Role.GRID_WORKER, Role.SUPERVISOR, Role.CLERK)


def can_reopen(by: Actor, issue: Issue) -> bool:
    """'Not yet' may be passed on by anybody who may pass on a 'done', the handler too: it speaks against him."""
    return can_confirm(by, issue) or can_answer(by, issue)


def can_lapse(by: Actor, issue: Issue) -> bool:
    return isinstance(by, Calendar)


def can_reclassify(by: Actor, issue: Issue) -> bool:
    return takes_orders(by, issue)


def can_hold_sitting(user: object, village_id: UUID) -> bool:
    return bodies.held(user, village_id).has(Role.COUNCIL, Role.CLERK)
