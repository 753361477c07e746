"""Whoever has a matter in hand: the list by due day, and one task on a phone at the gate."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from tongxin.bodies.models import Post
from tongxin.core import clock
from tongxin.issues import access, queries
from tongxin.issues.actions.looking import ToldBy
from tongxin.issues.models import Issue, IssueQuerySet, Status
from tongxin.issues.views import matter
from tongxin.issues.views.working import StaffRequest, fetch, late, office, subject, whereabouts
from tongxin.issues.workflow import ISSUE

SHOWN = 50  # of one heap; nobody has more in hand, and a page stays a page


@dataclass(frozen=True)
class Task:
    issue: Issue
    subject: str
    where: str
    late: str
    is_partners: bool = False

    @property
    def came_back(self) -> bool:
        return self.issue.reopened > 0


def listed(request: StaffRequest, rows: IssueQuerySet, today: date, *, limit: int = SHOWN) -> list[Task]:
    found = rows.select_related("group", "place", "handler_post")[:limit]
    mine = request.held.posts
    return [Task(i, subject(i), whereabouts(i), late(i, today), i.handler_post_id not in mine) for i in found]


@office
@require_safe
def tasks(request: StaffRequest) -> HttpResponse:
    today = clock.today(request.village.tz)
    seen = queries.visible_to(request.user, request.village.pk)
    mine = queries.tasks_of(request.user, request.village.pk, today).order_by("due_on", "id")
    answered = seen.filter(status=Status.ANSWERED, handler_post__in=request.held.posts).order_by("answered_at", "id")
    context: dict[str, Any] = {
        "tasks": listed(request, mine, today),
        "answered": listed(request, answered, today),
        "around": _around(request, seen, today),
        "written": listed(request, seen.filter(recorded_by=request.user).order_by("-told_at", "-id"), today, limit=5),
        "today": today,
    }
    return render(request, "issues/task_list.html", context)


def _around(request: StaffRequest, seen: IssueQuerySet, today: date) -> list[Task]:
    """What else is open on this user's ground; nothing sealed."""
    if not request.held.grids:
        return []
    rows = seen.open().filter(grid__in=request.held.grids, is_sealed=False)
    rows = rows.exclude(handler_post__in=request.held.posts)
    return listed(request, rows.order_by("due_on", "id"), today)


@office
@require_safe
def task(request: StaffRequest, number: str) -> HttpResponse:
    issue = fetch(request, number)
    if not access.can_answer(request.user, issue):
        return redirect("issues:issue", issue.number)
    return page(request, issue)


def page(
    request: StaffRequest,
    issue: Issue,
    *,
    faulty: tuple[str, forms.Form] | None = None,
    shown: ToldBy | None = None,
    status: int = 200,
) -> HttpResponse:
    """One task: what it is, whom to call, and the three things one can do. `faulty` is the form that came back."""
    name, form = faulty or ("", None)
    request.menu_at = "issues:tasks"
    found = matter.read(request, issue, shown=shown)
    offers = {
        step: matter.offer(step, issue, form if step == name else None)
        for step in ("answer", "note", "hand_back")
        if ISSUE.allows(step, request.user, issue)
    }
    context = {
        "matter": found,
        "at": "task",
        "issue": issue,
        "said": _not_yet(issue),
        "offers": offers,
        "others": [offer for step, offer in offers.items() if step != "answer"],
        "faulty": form,
    }
    return render(request, "issues/task_page.html", context, status=status)


def _not_yet(issue: Issue) -> matter.Line | None:
    """What the teller said when it came back; None when it did not."""
    if not issue.reopened:
        return None
    entry = next((entry for entry in queries.story(issue) if entry.step in ("reopen", "appeal")), None)
    return matter.story_line(entry) if entry is not None else None


# --- for the page on which an appointment ends ----------------------------------------------------------------------
def left_with(request: HttpRequest, post: Post) -> tuple[int, list[tuple[str, str]]]:
    """How many open matters stay with a post as far as this user may know, and which; a sealed one only counts."""
    rows = queries.visible_to(request.user, post.village_id).open().filter(handler_post=post)
    shown = rows.filter(is_sealed=False).order_by("due_on", "id")[:20]
    lines = [(f"{issue.number} {subject(issue)}", reverse("issues:issue", args=[issue.number])) for issue in shown]
    return rows.count(), lines
