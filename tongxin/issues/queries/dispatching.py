"""To whom a matter could go, and why. Suggestions only: a person presses the button."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, UUIDField, Value

from tongxin.bodies import queries as bodies
from tongxin.bodies.models import Appointment, Post
from tongxin.bodies.roles import Role
from tongxin.core import clock, workdays
from tongxin.issues.models import CategoryHandler, Issue, Recusal, Route
from tongxin.issues.queries.seeing import rows

YEAR = timedelta(days=365)
OFTEN = 2  # a post that had it once only is no habit


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


def posts_that_take(village_id: UUID, today: date) -> list[Post]:
    """Posts that matters can be dispatched to and that somebody holds today, in the village's order."""
    held = Appointment._base_manager.filter(post=OuterRef("pk"), from_on__lte=today).exclude(to_on__lte=today)
    return list(
        Post.objects.of(village_id)
        .filter(Exists(held), takes_matters=True, ended_on=None)
        .select_related("grid", "partner")
        .order_by("position", "id")
    )


@dataclass
class Habits:
    """Who had what in the last year, {(category, group): {post: times}}, and what the village set, {category: post}."""

    had: dict[tuple[str, UUID | None], dict[UUID, int]] = field(default_factory=lambda: defaultdict(dict))
    usual: dict[str, UUID] = field(default_factory=dict)


def _habits(village_id: UUID, categories: Collection[str]) -> Habits:
    """Both in one statement; the rows of what was set carry a count of none."""
    had = (
        rows()
        .of(village_id)
        .filter(
            category__in=categories,
            route=Route.COUNCIL,
            told_at__gte=clock.now() - YEAR,
            handler_post__isnull=False,
        )
        .order_by()
        .values_list("category", "group_id", "handler_post_id")
        .annotate(n=Count("id"))
    )
    was_set = (
        CategoryHandler.objects.of(village_id)
        .filter(category__in=categories)
        .annotate(anywhere=Value(None, UUIDField()), n=Value(0))
        .values_list("category", "anywhere", "post_id", "n")
    )
    found = Habits()
    for category, group, post, times in had.union(was_set, all=True):
        if not times:
            found.usual[category] = post
            continue
        for key in {(category, group), (category, None)}:
            by_post = found.had[key]
            by_post[post] = by_post.get(post, 0) + times
    return found


def suggestions_for(issues: Sequence[Issue], posts: Iterable[Post]) -> dict[UUID, list[Suggestion]]:
    """For each issue, from the village's own year, then the category's usual post, then the grid worker of the place.

    A complaint gets none: the supervisors decide, and no habit points them anywhere.
    """
    plain = [issue for issue in issues if issue.about_post_id is None]
    if not plain:
        return {issue.pk: [] for issue in issues}
    habits = _habits(plain[0].village_id, {issue.category for issue in plain})
    by_id = {post.pk: post for post in posts}
    workers = {post.grid_id: post for post in reversed(list(by_id.values())) if post.role == Role.GRID_WORKER}
    found: dict[UUID, list[Suggestion]] = {issue.pk: [] for issue in issues}
    for issue in plain:
        found[issue.pk] = _for_one(issue, habits, by_id, workers)
    return found


def _for_one(
    issue: Issue, habits: Habits, posts: dict[UUID, Post], workers: dict[UUID | None, Post]
) -> list[Suggestion]:
    had = dict(habits.had.get((issue.category, issue.group_id), {}))
    if issue.handler_post_id in had and issue.told_at >= clock.now() - YEAR:
        had[issue.handler_post_id] -= 1  # this very one is no precedent
    of = sum(had.values())
    often = sorted(had.items(), key=lambda item: (-item[1], str(item[0])))[:3]
    found = [Suggestion(posts[pk], "records", n, of) for pk, n in often if n >= OFTEN and pk in posts]
    usual = posts.get(habits.usual.get(issue.category, UUID(int=0)))
    worker = workers.get(issue.grid_id) if issue.grid_id else None
    for post, reason in ((usual, "usual"), (worker, "grid")):
        if post is not None and all(s.post.pk != post.pk for s in found):
            found.append(Suggestion(post, reason))
    return found


def suggestions(issue: Issue) -> list[Suggestion]:
    return suggestions_for([issue], posts_that_take(issue.village_id, clock.today()))[issue.pk]


def choices(issue: Issue, today: date, posts: Sequence[Post] | None = None) -> list[Choice]:
    """Posts that an issue can be dispatched to: suggested ones first, each with today's holder and whether on leave.

    Of a complaint: never the post complained about, nor one held by a recused person.
    """
    posts = list(posts_that_take(issue.village_id, today) if posts is None else posts)
    held = bodies.holders({p.pk for p in posts} | {p.partner_id for p in posts if p.partner_id}, today)
    if issue.about_post_id:
        recused = set(Recusal._base_manager.filter(issue=issue).values_list("person_id", flat=True))
        posts = [
            p for p in posts if p.pk != issue.about_post_id and not any(a.person_id in recused for a in held[p.pk])
        ]
    hints = {s.post.pk: s for s in suggestions_for([issue], posts)[issue.pk]}
    order = {pk: i for i, pk in enumerate(hints)}
    posts.sort(key=lambda p: order.get(p.pk, len(order)))
    return [
        Choice(p, held[p.pk], hints.get(p.pk), bool(held[p.pk]) and all(a.is_away(today) for a in held[p.pk]))
        for p in posts
    ]


def usual_handlers(village_id: UUID) -> dict[str, CategoryHandler]:
    """What the village has set, by category."""
    return {row.category: row for row in CategoryHandler.objects.of(village_id).select_related("post")}


def default_due(issue: Issue, today: date) -> date:
    """By when, if nobody names a day: the matter's own day; three working days when that one is over."""
    due = issue.due_on if issue.due_on >= today else workdays.add_workdays(today, 3)
    return workdays.next_workday(due)
