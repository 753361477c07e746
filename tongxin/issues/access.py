"""Who may do what with an issue: the matrix says it for each relation, `relations` finds how somebody stands to one.

Deny by default; the rows themselves are fetched through `Issue.objects.visible_to`.
"""

from uuid import UUID

from django.db.models import Q

from tongxin.bodies import queries as bodies
from tongxin.bodies.queries import Held
from tongxin.casework.actors import Actor, Calendar, Teller
from tongxin.core import matrix
from tongxin.issues import queries
from tongxin.issues.models import Issue, Recusal, Route, Status

KEEPERS = queries.KEEPERS


def is_recused(by: Actor, issue: Issue) -> bool:
    """Complained about by office held, today or on the day it was told; or of such a person's household (R25)."""
    if issue.about_post_id is None:
        return False
    holdings = bodies.held(by, issue.village_id)
    if issue.about_post_id in holdings.posts:
        return True
    mine = Q(person_id=holdings.person_id) | Q(post_id__in=holdings.posts)
    return bool(holdings.held) and Recusal._base_manager.filter(mine, issue=issue).exists()


def relations(by: Actor, issue: Issue) -> frozenset[str]:
    """How somebody stands to an issue, in the words of the matrix; not at all, when it is about them (R25).

    `models._related` says the same as a condition on rows.
    """
    if is_recused(by, issue):
        return frozenset()
    holdings = bodies.held(by, issue.village_id)
    to_council = issue.route == Route.COUNCIL
    found = {"appealed" if to_council and issue.status == Status.APPEALED else queries.TAKEN_BY[Route(issue.route)]}
    if issue.is_sealed:
        found.add("sealed")
    if issue.handler_post_id in holdings.posts:
        found |= {"hand"} if issue.is_sealed else {"hand", "hand_named"}
    elif issue.handler_post_id in holdings.hands:
        found.add("partner")
    if to_council and by is not None and issue.recorded_by_id == getattr(by, "pk", 0):
        found.add("written")
    if to_council and issue.grid_id and issue.grid_id in holdings.grids and not issue.is_sealed:
        found.add("ground")
    return frozenset(found)


def may(right: str, by: Actor, issue: Issue) -> bool:
    """Whether a right of the matrix is theirs on this issue. Nobody without a post of the village has any."""
    holdings = bodies.held(by, issue.village_id)
    found = relations(by, issue) if holdings else frozenset()
    if "concerned" in matrix.right(right).never and holdings.bodies & queries.bodies_concerned(issue):
        found |= {"concerned"}
    return bool(found) and holdings.may(right, found)


def is_teller(by: Actor, issue: Issue) -> bool:
    return isinstance(by, Teller) and by.case_id == issue.pk


def can_see(by: Actor, issue: Issue) -> bool:
    """The same rule as `Issue.objects.visible_to`, for one row at hand."""
    return is_teller(by, issue) or may("issues.see", by, issue)


def can_see_contact(by: Actor, issue: Issue) -> bool:
    """Telephone and name: whoever takes the order or fulfils it. Of a sealed one nobody: two open its envelope."""
    return is_teller(by, issue) or may("issues.contact", by, issue)


def can_read_record(by: Actor, issue: Issue) -> bool:
    """The teller's own words, photos and voice. Of a sealed matter only for whoever takes it or judges it; all others
    read what was handed on to them (R26).
    """
    if not issue.is_sealed or is_teller(by, issue):
        return can_see(by, issue)
    return takes_orders(by, issue) or (issue.status == Status.APPEALED and can_dispatch(by, issue))


def can_report_for(user: object, village_id: UUID) -> bool:
    """Any staff member writes down what somebody says."""
    return bool(bodies.held(user, village_id))


def can_join(by: Actor, issue: Issue) -> bool:
    """Staff write down one more voice on what they see; complaints and sealed matters stay alone."""
    return issue.is_open and may("issues.join", by, issue)


def can_take(by: Actor, issue: Issue) -> bool:
    """The council takes ordinary matters; complaints go to the supervisors, those about supervisors to the township."""
    return may("issues.take", by, issue)


can_accept = can_decline = can_merge = can_reclassify = takes_orders = can_take


def can_dispatch(by: Actor, issue: Issue) -> bool:
    """After the second 'not yet' the supervisors decide where it goes (of a complaint about them: the township)."""
    return may("issues.dispatch", by, issue)


can_refer = can_give_up = can_dispatch


def can_answer(by: Actor, issue: Issue) -> bool:
    """Whoever holds the post it was dispatched to, or its partner post (who stands in during a leave)."""
    return may("issues.answer", by, issue)


can_hand_back = can_answer


def can_note(by: Actor, issue: Issue) -> bool:
    return may("issues.note", by, issue)


def can_confirm(by: Actor, issue: Issue) -> bool:
    """The teller; or staff who asked them by phone or at the door. The handler does not judge his own work, and whoever
    stays unknown cannot be asked by anybody.
    """
    return is_teller(by, issue) or may("issues.confirm", by, issue)


def can_reopen(by: Actor, issue: Issue) -> bool:
    """'Not yet' may be passed on by anybody who may pass on a 'done', the handler too: it speaks against him."""
    return is_teller(by, issue) or may("issues.not_yet", by, issue)


def can_add(by: Actor, issue: Issue) -> bool:
    """The teller says more, as long as it is open."""
    return is_teller(by, issue)


def can_pass_up(by: Actor, issue: Issue) -> bool:
    """A complaint that nobody here may open goes one step up by itself."""
    return isinstance(by, Calendar) and issue.route != Route.COUNCIL


def can_lapse(by: Actor, issue: Issue) -> bool:
    return isinstance(by, Calendar)


def can_hold_sitting(user: object, village_id: UUID) -> bool:
    return bodies.held(user, village_id).may("issues.sit")


# --- opening an envelope (R27) ---------------------------------------------------------------------------------------
def relations_to(by: Actor, opening: queries.Opening) -> frozenset[str]:
    """How somebody stands to a request; not at all, when the matter is about them."""
    asked, me = opening.asked, getattr(by, "pk", None)
    holdings = bodies.held(by, asked.village_id)
    found = relations(by, asked.issue) if holdings else frozenset()
    if not found:
        return found
    more = {
        "concerned": bool(holdings.bodies & queries.bodies_concerned(asked.issue)),
        "asked": asked.by_id == me,
        "agreed": me is not None and opening.second_id == me,
        "same_body": bodies.sits_with(by, asked),
    }
    return found | {name for name, is_so in more.items() if is_so}


def _may_with(right: str, by: Actor, opening: queries.Opening) -> bool:
    found = relations_to(by, opening)
    return bool(found) and bodies.held(by, opening.asked.village_id).may(right, found)


def signer(by: Actor, issue: Issue) -> Held | None:
    """The post in which somebody asks; one that is lent for hours does not sign."""
    return _signs("issues.unseal", by, issue) if can_unseal(by, issue) else None


def second_signer(by: Actor, opening: queries.Opening) -> Held | None:
    """The post in which somebody speaks for the second body: one where whoever asked does not sit."""
    if not can_agree(by, opening):
        return None
    return _signs("issues.unseal_agree", by, opening.asked.issue, bodies.bodies_of(opening.asked))


def _signs(right: str, by: Actor, issue: Issue, without: frozenset[UUID] = frozenset()) -> Held | None:
    return bodies.held(by, issue.village_id).signer(right, relations(by, issue), without)


def can_unseal(by: Actor, issue: Issue) -> bool:
    """Ask that an envelope be opened, and agree to it thereby: whoever takes or judges the matter, and sits in no body
    that it is about.
    """
    return may("issues.unseal", by, issue)


def can_see_opening(by: Actor, opening: queries.Opening) -> bool:
    return _may_with("issues.unsealing", by, opening)


def can_agree(by: Actor, opening: queries.Opening) -> bool:
    """Agree or refuse: of another body than whoever asked, and neither sits where the other signs."""
    return _may_with("issues.unseal_agree", by, opening)


def can_read_envelope(by: Actor, opening: queries.Opening) -> bool:
    """The two who agreed, as long as they sit where they signed. The hours are the action's to look at."""
    mine = opening.signed_by(getattr(by, "pk", None))
    sits = mine is not None and mine.body_id in bodies.held(by, mine.village_id).bodies
    return sits and _may_with("issues.unseal_read", by, opening)


def could_be_agreed(by: Actor, issue: Issue, first: Held) -> bool:
    """Whether anybody is there who could agree for a second body."""
    right = matrix.right("issues.unseal_agree")
    route = relations(by, issue) & {*queries.EVERY_ROUTE, "appealed"}
    roles = frozenset().union(*(right.by.get(relation, frozenset()) for relation in route))
    return queries.has_second(issue, roles, bodies.held(by, issue.village_id).bodies, first.body_id)
