"""Which issues a user may see, which are theirs to move, and how many wait; the inbox is cut from these."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import IntegerField, Q, QuerySet, Subquery

from tongxin.bodies import queries as bodies
from tongxin.core import clock, matrix
from tongxin.issues.models import Issue, IssueQuerySet, Route, Status
from tongxin.territory import scope
from tongxin.territory.models import Village

MANY = 1000  # counting stops here: an inbox says '1000+' and stays flat
KEEPERS = matrix.roles("issues.takers")
# who takes an order: route -> its relation in the matrix
TAKEN_BY = {
    Route.COUNCIL: "council",
    Route.SUPERVISORS: "complaint",
    Route.TOWNSHIP: "complaint_up",
    Route.COUNTY: "complaint_county",
}
EVERY_ROUTE = frozenset(TAKEN_BY.values())
SOON = timedelta(days=5)


def rows() -> IssueQuerySet:
    return Issue.objects  # type: ignore[return-value]


def visible_to(user: object, village_id: UUID) -> IssueQuerySet:
    """`Issue.objects.visible_to` for a village by its id."""
    with scope.village(village_id):
        return rows().visible_to(user)


def inbox(user: object, village_id: UUID) -> IssueQuerySet:
    """What this user's office takes or took, open or closed: council, complaints or appeals."""
    holdings = bodies.held(user, village_id)
    theirs = Q(route__in=[route for route, taken in TAKEN_BY.items() if holdings.may("issues.take", {taken})])
    if holdings.may("issues.dispatch", {"appealed"}):
        theirs |= Q(status=Status.APPEALED)
    return visible_to(user, village_id).filter(theirs)


def orders_for(user: object, village_id: UUID) -> IssueQuerySet:
    """The open matters that this user's office has to keep moving."""
    return inbox(user, village_id).open()


def tasks_of(user: object, village_id: UUID, today: date) -> IssueQuerySet:
    """What is dispatched to a post this user holds, or to the partner post while all its holders are on leave."""
    holdings = bodies.held(user, village_id)
    partners = holdings.hands - holdings.posts
    away = {
        pk for pk, rows_ in bodies.holders(partners, today).items() if rows_ and all(a.is_away(today) for a in rows_)
    }
    return visible_to(user, village_id).filter(status=Status.DISPATCHED, handler_post__in=holdings.posts | away)


def waiting_for_word(query: IssueQuerySet, days: int) -> IssueQuerySet:
    """Answered ones whose teller has said nothing for that many days: somebody could call or knock."""
    return query.filter(status=Status.ANSWERED, answered_at__lt=clock.now() - timedelta(days=days))


def bounded(query: IssueQuerySet) -> int:
    """A count that never walks more than `MANY` rows."""
    return query.order_by()[:MANY].count()


class Counted(Subquery):
    """How many rows a query has, as a column; the query brings its own limit."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def counts(village_id: UUID, **wanted: QuerySet[Issue] | QuerySet) -> dict[str, int]:  # type: ignore[type-arg]
    """Several bounded counts in one statement, by name; `MANY` + 1 means 'more than that'."""
    columns = {name: Counted(query.order_by().values("pk")[: MANY + 1]) for name, query in wanted.items()}
    found = Village.objects.filter(pk=village_id).annotate(**columns).values(*columns).first() or {}
    return {name: found.get(name) or 0 for name in wanted}


@dataclass(frozen=True)
class Buckets:
    """How many open matters are late, due today, due within five days, later."""

    late: int
    today: int
    soon: int
    later: int

    @property
    def total(self) -> int:
        return self.late + self.today + self.soon + self.later


def due_buckets(query: IssueQuerySet, today: date) -> dict[str, IssueQuerySet]:
    """The same rows in four parts by their due day, in the order of `Buckets`."""
    soon = today + SOON
    return {
        "late": query.filter(due_on__lt=today),
        "today": query.filter(due_on=today),
        "soon": query.filter(due_on__gt=today, due_on__lte=soon),
        "later": query.filter(due_on__gt=soon),
    }


def buckets(village_id: UUID, query: IssueQuerySet, today: date) -> Buckets:
    return Buckets(**counts(village_id, **due_buckets(query, today)))
