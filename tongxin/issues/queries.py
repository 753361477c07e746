"""Questions about issues that span tables."""

import hmac
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q

from tongxin.bodies import queries as bodies
from tongxin.bodies.models import Appointment, Post
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Teller
from tongxin.casework.models import StatusGroup
from tongxin.core import clock, crypto, numbers
from tongxin.issues import access
from tongxin.issues.models import (
    CategoryHandler,
    Issue,
    IssueEntry,
    IssueFile,
    IssueQuerySet,
    Recusal,
    Route,
    SittingItem,
    Status,
    Voice,
)

MANY = 1000  # counting stops here: an inbox says '1000+' and stays flat


def rows() -> IssueQuerySet:
    return Issue.objects  # type: ignore[return-value]


def visible_to(user: object, village_id: UUID) -> IssueQuerySet:
    """The issues whose staff pages this user may open; lists, counts, search and exports all start here."""
    holdings = bodies.held(user, village_id)
    everything = rows().of(village_id)
    if not holdings:
        return everything.none()
    mine = Q(handler_post__in=holdings.hands)
    if holdings.has(*access.KEEPERS, Role.SUPERVISOR, Role.COMMITTEE, Role.TOWNSHIP):
        may = Q(route=Route.COUNCIL)
    else:
        may = Q(route=Route.COUNCIL) & (mine | Q(recorded_by=user) | Q(grid__in=holdings.grids, is_sealed=False))
    may |= Q(route=Route.SUPERVISORS) & mine
    if holdings.has(Role.SUPERVISOR):
        may |= Q(route=Route.SUPERVISORS)
    if holdings.has(Role.TOWNSHIP):
        may |= Q(route=Route.TOWNSHIP)
    found = everything.filter(may).exclude(about_post__in=holdings.posts)
    if holdings.person_id is not None:
        found = found.exclude(
            Q(about_post__isnull=False)
            & Exists(Recusal._base_manager.filter(issue=OuterRef("pk"), person_id=holdings.person_id))
        )
    return found


def orders_for(user: object, village_id: UUID) -> IssueQuerySet:
    """The open matters that this user's office has to keep moving: the inbox."""
    holdings = bodies.held(user, village_id)
    routes = []
    if holdings.has(*access.KEEPERS):
        routes.append(Route.COUNCIL)
    if holdings.has(Role.SUPERVISOR):
        routes.append(Route.SUPERVISORS)
    if holdings.has(Role.TOWNSHIP):
        routes.append(Route.TOWNSHIP)
    found = visible_to(user, village_id).open()
    theirs = Q(route__in=routes)
    if holdings.has(Role.SUPERVISOR):
        theirs |= Q(status=Status.APPEALED)
    return found.filter(theirs)


def tasks_of(user: object, village_id: UUID, today: date) -> IssueQuerySet:
    """What is dispatched to a post this user holds, or to the partner post while all its holders are on leave."""
    holdings = bodies.held(user, village_id)
    partners = holdings.hands - holdings.posts
    away = {
        pk for pk, rows_ in bodies.holders(partners, today).items() if rows_ and all(a.is_away(today) for a in rows_)
    }
    return visible_to(user, village_id).filter(status=Status.DISPATCHED, handler_post__in=holdings.posts | away)


def bounded(query: IssueQuerySet) -> int:
    """A count that never walks more than `MANY` rows."""
    return query.order_by()[:MANY].count()


@dataclass(frozen=True)
class Buckets:
    """How many open matters are late, due today, due within five days, later."""

    late: int
    today: int
    soon: int
    later: int


def buckets(query: IssueQuerySet, today: date) -> Buckets:
    soon = today + timedelta(days=5)
    return Buckets(
        bounded(query.filter(due_on__lt=today)),
        bounded(query.filter(due_on=today)),
        bounded(query.filter(due_on__gt=today, due_on__lte=soon)),
        bounded(query.filter(due_on__gt=soon)),
    )


def by_number(village_id: UUID, text: str) -> Issue | None:
    """The issue of a spoken or typed number. Raises `numbers.BadNumber` when the check digit does not fit."""
    year, sequence = numbers.parse(text)
    return rows().of(village_id).filter(number=numbers.compose(year, sequence)).select_related("group", "place").first()


def by_tail(village_id: UUID, tail: str, group_id: UUID | None) -> list[Issue]:
    """Open or lately settled issues told with a phone that ends in these four digits, in that group."""
    index = crypto.blind_index(tail, f"issue-tail|{village_id}")
    since = clock.now() - timedelta(days=180)
    found = (
        rows()
        .of(village_id)
        .filter(
            Q(phone_tail_index=index) | Exists(Voice._base_manager.filter(issue=OuterRef("pk"), phone_tail_index=index))
        )
    )
    if group_id is not None:
        found = found.filter(Q(group=group_id) | Q(group__isnull=True))
    return list(found.filter(Q(status_group=StatusGroup.OPEN) | Q(settled_at__gte=since)).order_by("-told_at")[:10])


def prove(issue: Issue, *, tail: str = "", receipt: str = "") -> Teller | None:
    """The right of the teller, for the last four digits of the phone or the receipt; None when they don't fit."""
    if tail and issue.phone_tail_index:
        index = crypto.blind_index(tail, f"issue-tail|{issue.village_id}")
        if hmac.compare_digest(index, issue.phone_tail_index):
            return Teller(issue.pk, "phone")
    if receipt and issue.receipt_index:
        index = crypto.blind_index(receipt.upper().replace("-", "").replace(" ", ""), f"receipt|{issue.village_id}")
        if hmac.compare_digest(index, issue.receipt_index):
            return Teller(issue.pk, "receipt")
    return None


def similar(
    village_id: UUID,
    category: str,
    *,
    place_id: UUID | None = None,
    group_id: UUID | None = None,
    household_id: UUID | None = None,
    leave_out: UUID | None = None,
) -> list[Issue]:
    """Open reports that may be the same: of this category, at the place, by the household in 48 h, or in the group."""
    if place_id is None and group_id is None and household_id is None:
        return []
    near = Q()
    if place_id is not None:
        near |= Q(place=place_id)
    if household_id is not None:
        near |= Q(household=household_id, told_at__gte=clock.now() - timedelta(hours=48))
    if group_id is not None:
        near |= Q(group=group_id, told_at__gte=clock.now() - timedelta(days=15))
    found = rows().of(village_id).open().filter(near, category=category, route=Route.COUNCIL)
    if leave_out is not None:
        found = found.exclude(pk=leave_out)
    return list(found.select_related("group", "place").order_by("-told_at")[:5])


@dataclass(frozen=True)
class Suggestion:
    """A post to dispatch to, and why. A suggestion only; a person presses the button."""

    post: Post
    reason: str  # code of the reason; the page words it
    times: int = 0
    of: int = 0


@dataclass(frozen=True)
class Choice:
    post: Post
    holders: list[Appointment] = field(default_factory=list)
    suggestion: Suggestion | None = None
    is_away: bool = False


def suggestions(issue: Issue) -> list[Suggestion]:
    """From the village's own year of records, then the category's usual post, then the grid worker of the place."""
    since = clock.now() - timedelta(days=365)
    alike = rows().of(issue.village_id).filter(category=issue.category, told_at__gte=since, handler_post__isnull=False)
    if issue.group_id:
        alike = alike.filter(group=issue.group_id)
    counted = list(alike.exclude(pk=issue.pk).values("handler_post").annotate(n=Count("id")).order_by("-n")[:3])
    total = alike.exclude(pk=issue.pk).count() if counted else 0
    posts = {p.pk: p for p in Post.objects.filter(pk__in=[c["handler_post"] for c in counted], ended_on=None)}
    found = [
        Suggestion(posts[c["handler_post"]], "records", c["n"], total)
        for c in counted
        if c["handler_post"] in posts and c["n"] >= 2
    ]
    usual = CategoryHandler.objects.filter(category=issue.category).select_related("post").first()
    if usual is not None and usual.post.ended_on is None and all(s.post.pk != usual.post_id for s in found):
        found.append(Suggestion(usual.post, "usual"))
    if issue.grid_id:
        worker = Post.objects.filter(
            grid=issue.grid_id, role=Role.GRID_WORKER, takes_matters=True, ended_on=None
        ).first()
        if worker is not None and all(s.post.pk != worker.pk for s in found):
            found.append(Suggestion(worker, "grid"))
    return found


def choices(issue: Issue, today: date) -> list[Choice]:
    """Posts that an issue can be dispatched to: suggested ones first, each with today's holder and whether on leave.

    Of a complaint: never the post complained about, nor one held by a recused person.
    """
    posts = list(
        Post.objects.of(issue.village_id)
        .filter(takes_matters=True, ended_on=None)
        .exclude(Q(pk=issue.about_post_id) if issue.about_post_id else Q(pk__in=()))
        .select_related("grid", "partner")
        .order_by("position", "id")
    )
    held = bodies.holders([p.pk for p in posts], today)
    if issue.about_post_id:
        recused = set(Recusal._base_manager.filter(issue=issue).values_list("person_id", flat=True))
        posts = [p for p in posts if not any(a.person_id in recused for a in held[p.pk])]
    hints = {s.post.pk: s for s in suggestions(issue)}
    rank = {pk: i for i, pk in enumerate(hints)}
    posts.sort(key=lambda p: rank.get(p.pk, len(rank)))
    return [
        Choice(p, held[p.pk], hints.get(p.pk), bool(held[p.pk]) and all(a.is_away(today) for a in held[p.pk]))
        for p in posts
        if held[p.pk] or p.pk in hints
    ]


def story(issue: Issue) -> list[IssueEntry]:
    """The timeline, newest first; of what was merged into it only the merging itself."""
    return list(IssueEntry.objects.filter(issue=issue).order_by("-at", "-id"))


def files(issue: Issue, purpose: str | None = None) -> list[IssueFile]:
    found = IssueFile.objects.filter(issue=issue)
    return list((found.filter(purpose=purpose) if purpose else found).order_by("added_at", "id"))


def others_count(issue: Issue) -> int:
    """How many more said the same: merged children and 'me too'."""
    return rows().filter(merged_into=issue).count() + Voice.objects.filter(issue=issue).count()


def late_in_public(village_id: UUID, today: date) -> int:
    """Matters of the council that were not answered in time: due before today and still without an end."""
    return (
        rows()
        .of(village_id)
        .open()
        .filter(route=Route.COUNCIL, due_on__lt=today)
        .exclude(status=Status.ANSWERED)
        .count()
    )


def silent_since(moment: datetime) -> IssueQuerySet:
    """Answered matters whose teller has said nothing since `moment`."""
    return rows().filter(status=Status.ANSWERED, answered_at__lt=moment)


def duty_acts(village_id: UUID) -> list[IssueEntry]:
    """What duty members did between meetings and no sitting has seen yet."""
    seen = SittingItem._base_manager.filter(entry=OuterRef("pk"))
    return list(
        IssueEntry.objects.filter(
            village_id=village_id, step__in=("accept", "decline", "refer", "merge"), issue__route=Route.COUNCIL
        )
        .filter(~Exists(seen))
        .select_related("issue")
        .order_by("at")
    )


def of_household(household_id: UUID) -> list[Issue]:
    return list(
        rows()
        .filter(household=household_id, is_sealed=False)
        .exclude(route=Route.TOWNSHIP)
        .select_related("group", "place")
        .order_by(F("settled_at").desc(nulls_first=True), "-told_at")[:20]
    )
