"""The inbox: what has to be moved, by due day; beside it the one that is open."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Case, IntegerField, Value, When
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tongxin.bodies.models import Post
from tongxin.core import clock, kept, ledgers
from tongxin.issues import queries
from tongxin.issues.forms.desk import DispatchForm
from tongxin.issues.models import Category, Issue, IssueQuerySet, Status
from tongxin.issues.queries import Suggestion
from tongxin.issues.views import matter, menu
from tongxin.issues.views.working import StaffRequest, fetch, late, office, subject
from tongxin.territory import queries as territory
from tongxin.territory.models import Group

if TYPE_CHECKING:
    _Paginator = Paginator[Any]
else:
    _Paginator = Paginator

A_PAGE = 25
BESIDE = ("group", "place", "handler_post", "handler_post__grid")  # what a line shows beside the matter itself
STATES = {
    "open": (),
    "told": (Status.TOLD,),
    "taken": (Status.TAKEN,),
    "dispatched": (Status.DISPATCHED,),
    "answered": (Status.ANSWERED,),
    "appealed": (Status.APPEALED,),
    "settled": (),
    "all": (),
}


def state_labels() -> dict[str, str]:
    return {
        "open": _("Not finished"),
        "told": _("To be taken on"),
        "taken": _("To be dispatched"),
        "dispatched": _("Being done"),
        "answered": _("Waiting for the teller's word"),
        "appealed": _("With the supervisors"),
        "settled": pgettext("inbox", "Finished"),
        "all": pgettext("inbox", "All"),
    }


@dataclass(frozen=True)
class Filters:
    """What the address asks for; nonsense in it is as if it were not there."""

    status: str = "open"
    category: str = ""
    group: int | None = None
    handler: UUID | None = None
    q: str = ""
    whole: bool = False  # the whole village, and not only what this office takes

    @classmethod
    def read(cls, asked: QueryDict, *, has_orders: bool) -> "Filters":
        status, q = asked.get("status", ""), asked.get("q", "").strip()[:60]
        if status not in STATES:
            status = "all" if q else "open"  # who looks for one by its number means the closed ones too
        category, group = asked.get("category", ""), asked.get("group", "")
        return cls(
            status,
            category if category in Category.values else "",
            int(group) if group.isascii() and group.isdigit() and len(group) < 4 else None,
            _uuid(asked.get("handler", "")),
            q,
            whole=not has_orders or asked.get("whole") == "1",
        )

    @property
    def is_plain(self) -> bool:
        """Nothing chosen: all that is open."""
        return self.status == "open" and not (self.category or self.group or self.handler or self.q)

    @property
    def by_due(self) -> bool:
        return self.status not in ("settled", "all")

    def cut(self, rows: IssueQuerySet) -> IssueQuerySet:
        if statuses := STATES[self.status]:
            rows = rows.filter(status__in=statuses)
        elif self.status != "all":
            rows = rows.open() if self.status == "open" else rows.exclude(status_group="open")
        if self.category:
            rows = rows.filter(category=self.category)
        if self.group is not None:
            rows = rows.filter(group__number=self.group)
        if self.handler is not None:
            rows = rows.filter(handler_post=self.handler)
        return queries.found_by_text(rows, self.q)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Row:
    """A line of the list."""

    issue: Issue
    subject: str
    suggestion: Suggestion | None
    late: str = ""  # "two days late", "today": stands on a tint
    is_open: bool = False

    @property
    def group_name(self) -> str:
        return self.issue.group.name if self.issue.group else ""


@dataclass
class Heap:
    """Lines under one heading."""

    code: str
    title: str
    count: int
    rows: list[Row] = field(default_factory=list)

    @property
    def said(self) -> str:
        return f"{queries.MANY}+" if self.count > queries.MANY else str(self.count)


class Known(_Paginator):
    """A paginator whose count was found with the others', in one statement."""

    def __init__(self, rows: Any, count: int) -> None:
        self.known = count
        super().__init__(rows, A_PAGE)

    @cached_property
    def count(self) -> int:
        return self.known


class InTurn:
    """The rows in the list's order, by slices: due ones first, then those that wait for their teller's word.

    Sorting ten thousand rows by 'waits or not' for the first 25 costs the page more than all else; where a page lies
    wholly among the `waiting` (a count that stops at `MANY`, so perhaps there are more), an index has the order.
    """

    def __init__(self, rows: IssueQuerySet, filters: Filters, waiting: int) -> None:
        self.rows, self.filters, self.waiting = rows, filters, waiting

    def __getitem__(self, part: slice) -> IssueQuerySet:
        if part.stop <= self.waiting:
            due = self.rows.exclude(status=Status.ANSWERED)
            return due.select_related(*BESIDE).order_by("due_on", "id")[part]
        return _ordered(self.rows, self.filters)[part]


@office
@require_safe
def inbox(request: StaffRequest) -> HttpResponse:
    def draw() -> HttpResponse:
        return page(request, request.GET)

    if "open" in request.GET:  # one that is open tells how long ago something was
        return draw()
    reader = (request.user.pk, request.user.name, request.held.held)
    return kept.page(request, request.held.stamp, reader, draw)


def page(
    request: StaffRequest, asked: QueryDict, *, form: DispatchForm | None = None, status: int = 200
) -> HttpResponse:
    """The list under these filters; `form` is one that came back with a fault."""
    today = clock.today(request.village.tz)
    has_orders = request.held.may("issues.take", queries.EVERY_ROUTE)
    filters = Filters.read(asked, has_orders=has_orders)
    reach = queries.visible_to if filters.whole else queries.inbox
    rows = filters.cut(reach(request.user, request.village.pk))
    if (answer := ledgers.respond(request, _ledger(request, rows, filters))) is not None:
        return answer
    opened = fetch(request, str(asked["open"])) if asked.get("open") else None
    context = {
        "filters": filters,
        "today": today,
        "may_choose": request.held.may(
            "issues.dispatch", {"appealed", "complaint", "complaint_up", "complaint_county"}
        ),
        **_list(request, rows, filters, today, asked.get("page", ""), opened),
        **_choices(today),
    }
    if opened is not None:
        context["opened"] = matter.brief(request, opened, context["posts"], form=form)
    context["here"] = _here(asked)
    return render(request, "issues/desk_inbox.html", context, status=status)


def _here(asked: QueryDict) -> str:
    """The list with its filters and without what is open: where a press leads back to."""
    kept = asked.copy()
    kept.pop("open", None)
    return f"{reverse('issues:inbox')}?{kept.urlencode()}"


def _list(
    request: StaffRequest, rows: IssueQuerySet, filters: Filters, today: date, at: str, opened: Issue | None
) -> dict[str, Any]:
    answered = rows.filter(status=Status.ANSWERED)
    parts: dict[str, Any] = {"all": rows}
    if filters.by_due:
        parts = {**queries.due_buckets(rows.exclude(status=Status.ANSWERED), today), "answered": answered}
    found = menu.count_along(request, **parts)
    total = sum(found[name] for name in parts)
    waiting = total - found["answered"] if filters.by_due else 0
    shown = Known(InTurn(rows, filters, waiting), total).get_page(at)
    posts = queries.posts_that_take(request.village.pk, today)
    listed = list(shown.object_list)
    hints = queries.suggestions_for([i for i in listed if i.handler_post_id is None and i.is_open], posts)
    lines = [_row(issue, hints.get(issue.pk), today, opened) for issue in listed]
    return {
        "heaps": _heaps(lines, found, filters, today),
        "page": shown,
        "posts": posts,
        "total": total,
        "is_many": any(found[name] > queries.MANY for name in parts),
        "lead": _lead(found) if filters.by_due else "",
    }


def _ordered(rows: IssueQuerySet, filters: Filters) -> IssueQuerySet:
    rows = rows.select_related(*BESIDE)
    if not filters.by_due:
        return rows.order_by("-told_at", "-id")
    waits = Case(When(status=Status.ANSWERED, then=Value(1)), default=Value(0), output_field=IntegerField())
    return rows.order_by(waits, "due_on", "id")


def _row(issue: Issue, hints: list[Suggestion] | None, today: date, opened: Issue | None) -> Row:
    is_open = opened is not None and opened.pk == issue.pk
    return Row(issue, subject(issue), hints[0] if hints else None, late(issue, today), is_open)


def _heaps(lines: list[Row], found: dict[str, int], filters: Filters, today: date) -> list[Heap]:
    titles = {
        "late": _("Already late"),
        "today": _("Due today"),
        "soon": _("Due within five days"),
        "later": pgettext("due", "Later"),
        "answered": _("Waiting for the teller's word"),
        "all": state_labels()[filters.status],
    }
    heaps: dict[str, Heap] = {}
    for line in lines:
        code = _heap_of(line.issue, today) if filters.by_due else "all"
        heaps.setdefault(code, Heap(code, titles[code], found.get(code, 0))).rows.append(line)
    return list(heaps.values())


def _heap_of(issue: Issue, today: date) -> str:
    if issue.status == Status.ANSWERED:
        return "answered"
    if issue.due_on <= today:
        return "today" if issue.due_on == today else "late"
    return "soon" if issue.due_on <= today + queries.SOON else "later"


def _lead(found: dict[str, int]) -> str:
    """What to begin with."""
    values = {"late": found["late"], "today": found["today"]}
    if found["late"] and found["today"]:
        return _("%(late)d late, %(today)d due today: begin with these.") % values
    if found["late"]:
        return _("%(late)d late: begin with these.") % values
    if found["today"]:
        return _("%(today)d due today: begin with these.") % values
    return _("Nothing is late.") if any(found.values()) else ""


def _choices(today: date) -> dict[str, Any]:
    groups: Sequence[Group] = territory.groups_on(today)
    return {"groups": groups, "categories": Category.choices, "states": state_labels().items()}


def post_label(post: Post) -> str:
    """The title, with the grid when the title does not name it."""
    return f"{post.title} · {post.grid.name}" if post.grid and post.grid.name not in post.title else post.title


def _ledger(request: StaffRequest, rows: IssueQuerySet, filters: Filters) -> ledgers.Ledger:
    """What goes on paper and into a table: titles and days, never words, names or telephones."""
    columns = [
        ledgers.Column("number", _("Number"), "text", 11),
        ledgers.Column("told", _("Told on"), "date", 11),
        ledgers.Column("channel", _("Channel"), "text", 10),
        ledgers.Column("category", _("What it is about"), "text", 10),
        ledgers.Column("title", _("Title for all to read"), "text", 28),
        ledgers.Column("group", _("Group"), "text", 8),
        ledgers.Column("post", _("Who does it"), "text", 14),
        ledgers.Column("due", _("Due"), "date", 11),
        ledgers.Column("status", _("Status"), "text", 12),
        ledgers.Column("answered", _("Answered"), "date", 11),
        ledgers.Column("settled", _("Settled"), "date", 11),
    ]
    title = _("Ledger of matters: %(state)s") % {"state": state_labels()[filters.status]}
    note = _("Words, names and telephones of whoever told it are not in this table.")
    by = request.user.name
    return ledgers.Ledger(title, request.village.name, columns, _cells(rows, filters), note, by, persons=0)


def _cells(rows: IssueQuerySet, filters: Filters) -> Iterator[Sequence[Any]]:
    for issue in _ordered(rows, filters).iterator(chunk_size=500):
        yield (
            issue.number,
            clock.day_of(issue.told_at),
            issue.get_channel_display(),
            issue.get_category_display(),
            issue.title,
            issue.group.name if issue.group else "",
            post_label(issue.handler_post) if issue.handler_post else "",
            issue.due_on,
            issue.get_status_display(),
            clock.day_of(issue.answered_at) if issue.answered_at else None,
            clock.day_of(issue.settled_at) if issue.settled_at else None,
        )
