"""A list of many persons (R20): the page in its place, the second body's word, and the list itself, once."""

import json
from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import partial, wraps
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import get_script_prefix, resolve, reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.bodies.middleware import GateMiddleware
from tongxin.bodies.queries import Holdings
from tongxin.core import exporting, noting, passes
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.core.exporting import Leaving
from tongxin.core.once import FIELD, TOKEN, once
from tongxin.exports import access, actions, queries, wording
from tongxin.exports.actions import Wanted
from tongxin.exports.forms import ReasonForm, WordForm
from tongxin.exports.models import Export, ExportEntry
from tongxin.exports.queries import Request, State
from tongxin.territory.models import Village

A_FORM = timedelta(hours=12)  # so long the page in place of the list may lie open


class DeskRequest(HttpRequest):
    """A request of somebody who holds a post in this village."""

    user: User
    village: Village
    held: Holdings
    granted: Export  # set by `_made` alone: the list that two bodies have agreed to


def office(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A rule's 'no' in words, and nothing kept by a cache."""

    @wraps(view)
    def closed(request: HttpRequest, *args: Any, **address: Any) -> HttpResponse:
        try:
            response = view(request, *args, **address)
        except DomainError as error:
            response = render(request, "exports/export_stop.html", {"reason": error.message}, status=error.status)
        add_never_cache_headers(response)
        patch_cache_control(response, no_store=True)
        return response

    return closed


# --- in place of the list -------------------------------------------------------------------------------------------
def gate(request: HttpRequest, leaving: Leaving) -> HttpResponse | None:
    """The page that asks for it; None for a list that two bodies have agreed to and that is being made."""
    asked = cast(DeskRequest, request)
    granted: Export | None = getattr(asked, "granted", None)
    if granted is not None:
        actions.must_cover(granted, leaving)
        return None
    if not asked.user.is_authenticated or not asked.held:
        raise PermissionDenied
    sent = (asked.POST if asked.method == "POST" else asked.GET).copy()
    for name in (FIELD, TOKEN):
        sent.pop(name, None)
    method = "POST" if asked.method == "POST" else "GET"
    wanted = Wanted(method, asked.path_info, sent.urlencode(), leaving.title, leaving.persons)
    return _ask_page(asked, wanted)


def _purpose(request: DeskRequest) -> str:
    return f"export|{request.village.pk}|{request.user.pk}"


def _ask_page(request: DeskRequest, wanted: Wanted, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    mine = queries.running(request.village.pk, by=request.user)
    running = next((one for one in mine if actions.is_same(one, wanted)), None)
    may_ask = access.signer(request.user, request.village.pk) is not None
    could_be = access.could_be_agreed(request.user, request.village)
    context = {
        "wanted": wanted,
        "most": exporting.MOST,
        "hours": int(actions.hours().total_seconds() // 3600),
        "running": running,
        "sentence": wording.sentence(running) if running is not None else "",
        "could_be": could_be,
        "form": (form or ReasonForm()) if may_ask and could_be and running is None else None,
        "what": passes.issue(_purpose(request), json.dumps(vars(wanted))),
        "back": _back(wanted),
    }
    response = render(request, "exports/export_ask.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _back(wanted: Wanted | Export) -> str:
    """The page on which the list stands."""
    if wanted.method == "POST":
        return reverse("people:cards")
    shown = QueryDict(wanted.query, mutable=True)
    shown.pop("as", None)
    path = f"{get_script_prefix().rstrip('/')}{wanted.path}"
    return f"{path}?{shown.urlencode()}" if shown else path


@office
@require_POST
@once
def ask(request: DeskRequest) -> HttpResponse:
    try:
        wanted = Wanted(**json.loads(passes.read(request.POST.get("what", ""), _purpose(request), A_FORM).about))
    except (passes.NoPass, ValueError):
        raise DomainError(_("This page lay open for too long. Go back to the list and ask once more.")) from None
    form = ReasonForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            made = actions.ask_export(request.village, wanted, by=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            status = refused(error, form)
        else:
            messages.success(request, _("Asked. Another body sees it on its page for today."))
            return HttpResponseRedirect(reverse("exports:export", args=[made.pk]), status=303)
    return _ask_page(request, wanted, form, status)


# --- the requests ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    request: Request
    sentence: str
    is_mine: bool  # this user is the one who has to do something


@office
@require_safe
def exports(request: DeskRequest) -> HttpResponse:
    """All that this user may know of, what waits for them first."""
    found = [one for one in queries.requests(request.village.pk) if access.can_see(request.user, one)]
    lines = [Line(one, wording.sentence(one), access.is_for(request.user, one)) for one in found]
    lines.sort(key=lambda line: (not line.is_mine, not line.request.is_running))
    return render(request, "exports/export_list.html", {"lines": lines, "most": exporting.MOST})


def fetch(request: DeskRequest, pk: UUID) -> Request:
    """Raises Http404 for what is not there or not for this user's eyes."""
    found = queries.request(request.village.pk, pk)
    if found is None or not access.can_see(request.user, found):
        raise Http404
    return found


@office
@require_safe
def export(request: DeskRequest, export_pk: UUID) -> HttpResponse:
    return _page(request, fetch(request, export_pk))


def _page(request: DeskRequest, found: Request, form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    may_speak = found.state == State.ASKED and access.second_signer(request.user, found) is not None
    context = {
        "found": found,
        "asked": found.asked,
        "sentence": wording.sentence(found),
        "form": (form or WordForm()) if may_speak else None,
        "may_take": found.state == State.READY and access.can_take(request.user, found),
        "list": _back(found.asked) if found.asked.method == "GET" else "",
        "is_mine": found.asked.by_id == request.user.pk,
        "hours": int(actions.hours().total_seconds() // 3600),
    }
    return render(request, "exports/export_page.html", context, status=status)


# --- for the page of who looked ---------------------------------------------------------------------------------------
def reach(request: HttpRequest) -> "QuerySet[Export]":
    """The requests that this reader may know of."""
    asked = cast(DeskRequest, request)
    seen = [one.asked.pk for one in queries.requests(asked.village.pk) if access.can_see(asked.user, one)]
    return Export.objects.filter(pk__in=seen).values("pk")  # type: ignore[return-value]


def named(ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """What they are called, and where they stand."""
    rows = Export.objects.filter(pk__in=ids).only("title")
    return {row.pk: (row.title, reverse("exports:export", args=[row.pk])) for row in rows}


# --- the second body's word -----------------------------------------------------------------------------------------
def _note(request: DeskRequest, step: str, export_pk: UUID) -> None:
    found = queries.request(request.village.pk, export_pk)
    if found is not None:
        actions.turned_away(found.asked, step, by=request.user)


noted = partial(noting.noted, _note)


def _spoken(act: Callable[..., ExportEntry], said: str, request: DeskRequest, pk: UUID) -> HttpResponse:
    found = fetch(request, pk)
    if access.second_signer(request.user, found) is None:
        raise PermissionDenied
    form = WordForm(request.POST)
    if form.is_valid():
        try:
            act(found, by=request.user, words=form.cleaned_data["words"])
        except (NotAllowed, WrongStatus):
            raise  # no form stands on that page any more
        except DomainError as error:
            refused(error, form)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("exports:export", args=[pk]), status=303)
    return _page(request, found, form, 422)


@office
@require_POST
@noted("agree")
@once
def agree(request: DeskRequest, export_pk: UUID) -> HttpResponse:
    said = _("Agreed. Whoever asked may take the list now, once.")
    return _spoken(actions.agree_export, said, request, export_pk)


@office
@require_POST
@noted("refuse")
@once
def refuse(request: DeskRequest, export_pk: UUID) -> HttpResponse:
    return _spoken(actions.refuse_export, _("Refused. The list does not go out."), request, export_pk)


# --- the list itself ------------------------------------------------------------------------------------------------
@office
@require_POST
@noted("take")
@once
def take(request: DeskRequest, export_pk: UUID) -> HttpResponse:
    """On record and made, both or neither; the same form pressed again is led to the page that says so."""
    found = fetch(request, export_pk)
    if not access.can_take(request.user, found):
        raise PermissionDenied
    with audit.together():
        actions.take_export(found, by=request.user)
        response = _made(request, found.asked)
        if response.status_code != 200:
            raise WrongStatus(_("The list cannot be made any more as it was asked for. Ask for it anew."))
    response.afterwards = reverse("exports:export", args=[export_pk])  # type: ignore[attr-defined]
    return response


def _made(request: DeskRequest, asked: Export) -> HttpResponse:
    """As its own page makes it, behind its own door: today's rights and masks hold."""
    again = copy(request)
    again.method, again.path_info = asked.method, asked.path
    again.path = f"{get_script_prefix().rstrip('/')}{asked.path}"
    sent, nothing = QueryDict(asked.query), QueryDict()
    again.GET, again.POST = (nothing, sent) if asked.method == "POST" else (sent, nothing)
    again.resolver_match = match = resolve(asked.path)
    again.granted = asked
    shut = GateMiddleware(match.func).process_view(again, match.func, match.args, match.kwargs)
    return shut if shut is not None else cast(HttpResponse, match.func(again, *match.args, **match.kwargs))
