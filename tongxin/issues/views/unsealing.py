"""Opening an envelope (R27): the request, the second body's word, and the page on which the two read it."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongxin.core import noting
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.core.once import once, repeats
from tongxin.issues import access, actions, queries
from tongxin.issues.forms.unsealing import AskForm, WordForm
from tongxin.issues.models import Issue, UnsealingEntry
from tongxin.issues.queries import Opening, State
from tongxin.issues.views import envelopes
from tongxin.issues.views.desk_verbs import verb
from tongxin.issues.views.working import StaffRequest, office, subject


def _note(request: StaffRequest, step: str, number: str = "", unsealing_pk: UUID | None = None) -> None:
    if unsealing_pk is not None:
        opening = queries.opening(request.village.pk, unsealing_pk)
        issue = opening.asked.issue if opening is not None else None
    else:
        issue = queries.rows().of(request.village).filter(number=number, is_sealed=True).first()
    if issue is not None:
        actions.turned_away(issue, step, by=request.user)


noted = partial(noting.noted, _note)


# --- asking ---------------------------------------------------------------------------------------------------------
@noted("ask")
@verb("unseal", AskForm)
def unseal(request: StaffRequest, issue: Issue, form: AskForm) -> str:
    actions.ask_unsealing(issue, by=request.user, **form.cleaned_data)
    return _("Asked. Another body sees it on its page for today.")


# --- the request ----------------------------------------------------------------------------------------------------
@office
@require_safe
def unsealings(request: StaffRequest) -> HttpResponse:
    """All that this user may know of, what waits for them first."""
    request.menu_at = "issues:inbox"
    found = envelopes.seen(request, queries.openings(request.village.pk))
    found.sort(key=lambda one: (not one.is_mine, not one.opening.is_running))
    return render(request, "issues/desk_unsealings.html", {"requests": found})


def fetch_opening(request: StaffRequest, pk: UUID) -> Opening:
    """Raises Http404 for what is not there or not for this user's eyes."""
    opening = queries.opening(request.village.pk, pk)
    if opening is None or not access.can_see_opening(request.user, opening):
        raise Http404
    return opening


@office
@require_safe
def unsealing(request: StaffRequest, unsealing_pk: UUID) -> HttpResponse:
    return _page(request, fetch_opening(request, unsealing_pk))


def _page(
    request: StaffRequest,
    opening: Opening,
    *,
    form: forms.Form | None = None,
    opened: actions.Opened | None = None,
    status: int = 200,
) -> HttpResponse:
    request.menu_at = "issues:inbox"
    issue = opening.asked.issue
    may_speak = opening.state == State.ASKED and access.second_signer(request.user, opening) is not None
    context: dict[str, Any] = {
        "opening": opening,
        "asked": opening.asked,
        "issue": issue,
        "subject": subject(issue),
        "sees_issue": access.can_see(request.user, issue),
        "sentence": envelopes.sentence(opening),
        "form": (form or WordForm()) if may_speak else None,
        "may_read": opening.state == State.OPEN and access.can_read_envelope(request.user, opening),
        "opened": opened,
        "is_read": opened is not None,
        "is_mine": opening.asked.by_id == request.user.pk,
    }
    return render(request, "issues/desk_unsealing.html", context, status=status)


# --- the second body's word -----------------------------------------------------------------------------------------
def _spoken(act: Callable[..., UnsealingEntry], said: str, request: StaffRequest, pk: UUID) -> HttpResponse:
    opening = fetch_opening(request, pk)
    if access.second_signer(request.user, opening) is None:
        raise PermissionDenied
    form = WordForm(request.POST)
    if form.is_valid():
        try:
            act(opening, by=request.user, words=form.cleaned_data["words"])
        except (NotAllowed, WrongStatus):
            raise  # no form stands on that page any more
        except DomainError as error:
            refused(error, form)
        else:
            messages.success(request, said)
            return HttpResponseRedirect(reverse("issues:unsealing", args=[pk]), status=303)
    return _page(request, opening, form=form, status=422)


@office
@require_POST
@noted("agree")
@once
def unseal_agree(request: StaffRequest, unsealing_pk: UUID) -> HttpResponse:
    said = _("Agreed. You and whoever asked may read it now; whoever told it reads that you did.")
    return _spoken(actions.agree_unsealing, said, request, unsealing_pk)


@office
@require_POST
@noted("refuse")
@once
def unseal_refuse(request: StaffRequest, unsealing_pk: UUID) -> HttpResponse:
    return _spoken(actions.refuse_unsealing, _("Refused. It stays shut."), request, unsealing_pk)


# --- reading --------------------------------------------------------------------------------------------------------
@office
@require_POST
@noted("read")
@repeats("each look is a reading, and each of them is on record")
def unseal_read(request: StaffRequest, unsealing_pk: UUID) -> HttpResponse:
    """What it held, this once: looking again is pressing again."""
    opened = actions.read_envelope(fetch_opening(request, unsealing_pk), by=request.user)
    return _page(request, fetch_opening(request, unsealing_pk), opened=opened)
