"""What every staff view of an issue starts from: an issue that this user may see, a way back."""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tongxin.accounts.models import User
from tongxin.core import clock, masking, matrix, numbers
from tongxin.core.addresses import own_page
from tongxin.core.errors import DomainError
from tongxin.issues import access
from tongxin.issues.models import Issue, Status
from tongxin.issues.views.asking import VillageRequest

P = ParamSpec("P")
SUBJECT_LENGTH = 36


class StaffRequest(VillageRequest):
    """A request whose user holds a staff post in this village."""

    user: User
    menu_at: str  # the entry of the menu that a page belongs to, when its address does not say so


Page = Callable[Concatenate[StaffRequest, P], HttpResponse]


def office(view: Page[P]) -> Callable[..., HttpResponse]:
    """A staff page, whose door stands in the matrix: a rule's 'no' in words, and nothing kept by a cache."""

    @wraps(view)
    def closed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        asked = cast(StaffRequest, request)
        try:
            response = view(asked, *args, **kwargs)
        except DomainError as error:
            response = stopped(asked, error)
        add_never_cache_headers(response)
        patch_cache_control(response, no_store=True)
        return response

    return closed


def stopped(request: StaffRequest, error: DomainError) -> HttpResponse:
    """A 'no' that no form can show, as a page."""
    return render(request, "issues/desk_stop.html", {"reason": error.message}, status=error.status)


def fetch(request: StaffRequest, number: str) -> Issue:
    """The issue of a number, if this user may see it; what one may not see is not there.

    Raises:
        Http404: no such number, a number that cannot be, or an issue of somebody else's.
    """
    try:
        tidy = numbers.compose(*numbers.parse(number))
    except numbers.BadNumber:
        raise Http404 from None
    rows = Issue.objects.visible_to(request.user).filter(number=tidy)
    issue = rows.select_related("group", "grid", "place", "household", "told_by", "recorded_by", "handler_post").first()
    if issue is None:
        raise Http404
    return issue


def is_theirs(request: StaffRequest, issue: Issue) -> bool:
    """Whether the right behind this door is theirs on this issue: the matrix says it, the relation decides."""
    door = matrix.door(request.resolver_match.view_name) if request.resolver_match else None
    right = door.right(request.method) if door else None
    return right is not None and access.may(right.name, request.user, issue)


def seen_of(issue: Issue) -> str:
    """Where an issue is, as a page showed it: comes back with the press, so a stale page overwrites nothing."""
    return f"{issue.status}.{issue.reopened}.{issue.handler_post_id.hex[-8:] if issue.handler_post_id else ''}"


def back_of(request: HttpRequest, fallback: str) -> str:
    """Where a press leads back to: a page of this site, or the fallback."""
    return own_page(request.POST.get("back", "")) or fallback


def filters_in(address: str) -> QueryDict | None:
    """The filters of an inbox address; None when it is another page."""
    parts = urlsplit(address)
    return QueryDict(parts.query) if parts.path == reverse("issues:inbox") else None


def subject(issue: Issue) -> str:
    """What a list says an issue is about: the title; before, the beginning of the words, numbers hidden."""
    if issue.title:
        return issue.title
    words = masking.scrub(" ".join(issue.words.split()))
    if issue.is_sealed:  # what the teller said is for whoever opens it, not for a list
        return _("%(category)s (sealed)") % {"category": issue.get_category_display()}
    if words:
        return words if len(words) <= SUBJECT_LENGTH else f"{words[:SUBJECT_LENGTH]}…"
    return _("%(category)s (spoken or photographed)") % {"category": issue.get_category_display()}


def whereabouts(issue: Issue) -> str:
    """Group and place, as far as they are known."""
    place = issue.place.name if issue.place else issue.place_text
    group = issue.group.name if issue.group else ""
    return place if group and place.startswith(group) else " ".join(filter(None, (group, place)))


def late(issue: Issue, today: date) -> str:
    """Late or due today, in words; "" when neither, or when it is the teller's turn."""
    if issue.status == Status.TOLD and issue.take_by < clock.now() and issue.due_on > today:
        return pgettext("due", "To be taken on by now")
    if not issue.is_open or issue.status == Status.ANSWERED or issue.due_on > today:
        return ""
    if issue.due_on == today:
        return pgettext("due", "Today")
    days = (today - issue.due_on).days
    return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}
