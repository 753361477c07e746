"""What everybody may read: answered matters without their tellers, and how many were not answered in time."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.models import Category, Issue, IssueFile
from tongxin.issues.views.asking import NotThere, VillageRequest, resident
from tongxin.issues.views.finding import by_number
from tongxin.issues.views.pictures import Picture, pictures
from tongxin.issues.views.status import story
from tongxin.territory import queries as territory

PAGE = 12


@dataclass(frozen=True)
class Shown:
    """An answered matter as the public sees it."""

    issue: Issue
    photos: list[Picture]


@resident
@require_safe
def board(request: VillageRequest) -> HttpResponse:
    today = clock.today(request.village.tz)
    groups = territory.groups_on(today)
    category = request.GET.get("category", "")
    number = request.GET.get("group", "")
    rows = queries.rows().of(request.village).shown_to_all().select_related("group").order_by("-answered_at", "-id")
    if category in Category.values:
        rows = rows.filter(category=category)
    group = next((g for g in groups if str(g.number) == number), None)
    if group is not None:
        rows = rows.filter(group=group)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    results = _results([issue.pk for issue in page.object_list])
    context = {
        "page": page,
        "shown": [Shown(issue, results[issue.pk]) for issue in page.object_list],
        "groups": groups,
        "group": group,
        "categories": Category.choices,
        "category": category if category in Category.values else "",
        "late": queries.late_in_public(request.village.pk, today),
    }
    return render(request, "issues/resident_board.html", context)


def _results(issues: Collection[UUID]) -> dict[UUID, list[Picture]]:
    """Photos of the results, for a page of matters in one statement."""
    files = defaultdict(list)
    for file in IssueFile.objects.filter(issue__in=issues, purpose=IssueFile.Purpose.RESULT).order_by("added_at", "id"):
        files[file.issue_id].append(file)
    return defaultdict(list, {pk: pictures(found) for pk, found in files.items()})


@resident
@require_safe
def answered(request: VillageRequest, number: str) -> HttpResponse:
    found = by_number(request, number)
    issue = queries.rows().shown_to_all().filter(pk=found.pk).select_related("group", "handler_post").first()
    if issue is None:
        raise NotThere(_("This matter is not on the board."))
    context = {
        "issue": issue,
        "photos": pictures(queries.files(issue, IssueFile.Purpose.RESULT)),
        "lines": story(issue, None),
        "others": queries.others_count(issue),
        "status_url": reverse("issues:say_status", args=[issue.number]),
    }
    return render(request, "issues/resident_answered.html", context)
