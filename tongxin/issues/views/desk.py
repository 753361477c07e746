"""Where a day begins: after the log-in, what is owed today, and who usually does what."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.bodies import queries as bodies
from tongxin.bodies.models import EmergencyAccess
from tongxin.core import clock
from tongxin.core.once import once
from tongxin.core.templatetags.look import moment
from tongxin.exports import access as exports
from tongxin.exports import wording as exported
from tongxin.issues import actions, queries
from tongxin.issues.forms.desk import UsualForm
from tongxin.issues.models import Category, IssueQuerySet, Status
from tongxin.issues.views import envelopes, menu, tasks
from tongxin.issues.views.tasks import Task
from tongxin.issues.views.working import StaffRequest, office
from tongxin.territory import queries as territory
from tongxin.territory.models import Village

log = logging.getLogger(__name__)
SHORT = 5
SILENT_DAYS = 3  # half of the village's seven days have nearly gone: time to call


# --- after the log-in ------------------------------------------------------------------------------------------
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    here: Village | None = getattr(request, "village", None)
    if here is not None and bodies.held(request.user, here.pk):
        return redirect("issues:today")
    posts = bodies.villages_of(request.user)
    by_id = {village.pk: village for village in territory.villages()}
    village = next((by_id[pk] for pk in posts if pk in by_id), None)
    if village is None or here is None:
        return render(request, "issues/desk_no_post.html", status=403)
    return HttpResponseRedirect(address_in(village, here, "issues:today"))


def address_in(village: Village, here: Village, route: str) -> str:
    """The address of a page in another village: by its own host, else by its prefix, which home has none of."""
    prefix = get_script_prefix()
    path = reverse(route).removeprefix(prefix)
    base = prefix.removesuffix(f"{here.slug}/")
    if village.host:
        return f"//{village.host}/{path}"
    return f"{base}{path}" if village == territory.home() else f"{base}{village.slug}/{path}"


# --- today -----------------------------------------------------------------------------------------------------
@dataclass
class Queue:
    """A short list of what is owed; `more` leads to all of it."""

    code: str
    title: str
    rows: IssueQuerySet
    more: str = ""
    is_late: bool = False
    count: int = 0
    tasks: list[Task] = field(default_factory=list)
    failed: bool = False

    @property
    def left(self) -> int:
        return max(0, self.count - len(self.tasks))


@office
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    day = clock.today(request.village.tz)
    queues = list(_queues(request, day))
    found = menu.count_along(request, **{queue.code: queue.rows for queue in queues})
    for queue in queues:
        queue.count = found[queue.code]
        _fill(request, queue, day)
    context = {
        "queues": [queue for queue in queues if queue.count or queue.failed],
        "acts": menu.counts(request).get(menu.COUNCIL, 0),
        "today": day,
        "envelopes": envelopes.waiting(request),
        "exports": [(one, exported.sentence(one)) for one in exports.waiting(request.user, request.village.pk)],
        "emergencies": _emergencies(request) if request.held.may("bodies.told") else [],
    }
    return render(request, "issues/desk_today.html", context)


def _emergencies(request: StaffRequest) -> list[tuple[EmergencyAccess, str]]:
    """What was lent in the last two days, in words: whoever comes a day late still reads it."""
    now = clock.now()
    said = []
    for row in bodies.emergencies(request.village.pk, given_at__gt=now - timedelta(days=2)):
        given = {"post": row.post.title, "name": row.person.name, "because": row.because}
        given["at"] = moment(row.until if row.is_open(now) else row.ended_at or row.until)
        if row.is_open(now):
            words = _("Emergency access: %(name)s has the post %(post)s until %(at)s. %(because)s")
        else:
            words = _("Emergency access has ended: %(name)s had the post %(post)s until %(at)s. %(because)s")
        said.append((row, words % given))
    return said


def _fill(request: StaffRequest, queue: Queue, day: date) -> None:
    """One list that cannot be read leaves the others standing."""
    if not queue.count:
        return
    try:
        queue.tasks = tasks.listed(request, queue.rows, day, limit=SHORT)
    except Exception:
        log.exception("the list %s of today's page failed", queue.code)
        queue.failed = True


def _queues(request: StaffRequest, day: date) -> Iterator[Queue]:
    user, village, held = request.user, request.village.pk, request.held
    seen, orders = queries.visible_to(user, village), queries.orders_for(user, village)
    inbox_at = reverse("issues:inbox") if held.may("issues.lists") else ""

    def more(query: str) -> str:
        return f"{inbox_at}?{query}" if inbox_at else ""

    mine = queries.tasks_of(user, village, day).order_by("due_on", "id")
    yield Queue("mine", _("In my hands"), mine, reverse("issues:tasks"))
    takes = held.may("issues.take", queries.EVERY_ROUTE)
    owed = seen.open().exclude(status=Status.ANSWERED)
    if held.may("issues.lists"):
        late = owed.filter(due_on__lt=day).order_by("due_on", "id")
        yield Queue("late", _("Already late"), late, more(""), is_late=True)
    told = orders.filter(status=Status.TOLD, due_on__gte=day).order_by("take_by", "id")
    yield Queue("told", _("To be taken on"), told, more("status=told"))
    taken = orders.filter(status__in=(Status.TAKEN, Status.APPEALED), due_on__gte=day).order_by("due_on", "id")
    yield Queue("taken", _("To be dispatched"), taken, more("status=taken"))
    asked = orders if takes else seen.filter(grid__in=held.grids)
    silent = queries.waiting_for_word(asked, SILENT_DAYS).exclude(handler_post__in=held.posts).order_by("answered_at")
    yield Queue("silent", _("Call or knock: is it done?"), silent, more("status=answered"))


# --- who usually does what -------------------------------------------------------------------------------------
@office
@require_http_methods(["GET", "HEAD", "POST"])
@once
def who_does_what(request: StaffRequest) -> HttpResponse:
    village, request.menu_at = request.village, "issues:inbox"
    posts = queries.posts_that_take(village.pk, clock.today(village.tz))
    given = queries.usual_handlers(village.pk)
    lines = [
        UsualForm(
            request.POST if request.method == "POST" else None,
            posts=posts,
            category=code,
            initial={"post": str(given[code].post_id), "question": given[code].question} if code in given else {},
        )
        for code in Category.values
    ]
    faults = [line for line in lines if not line.is_valid()]
    if request.method == "POST" and not faults:
        changed = sum(_set(request, line) for line in lines if line.has_changed())
        said = ngettext("%(n)d line changed.", "%(n)d lines changed.", changed) % {"n": changed}
        messages.success(request, said if changed else _("Nothing was changed."))
        return HttpResponseRedirect(reverse("issues:who_does_what"), status=303)
    context: dict[str, Any] = {
        "lines": lines,
        "may_set": request.held.may("issues.takers"),
        "gone": {row.post_id for row in given.values()} - {post.pk for post in posts},
    }
    return render(request, "issues/desk_usual.html", context, status=422 if request.method == "POST" else 200)


def _set(request: StaffRequest, line: UsualForm) -> bool:
    actions.set_usual_handler(
        request.village,
        by=request.user,
        category=line.category,
        post=line.chosen,
        question=line.cleaned_data["question"],
    )
    return True
