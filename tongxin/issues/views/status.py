"""How a matter stands: sentences for the number, everything for the teller; and the teller's yes or no."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongxin.casework.actors import Teller
from tongxin.core import clock
from tongxin.core.errors import WrongStatus
from tongxin.core.once import once, repeats
from tongxin.issues import actions, queries, wording
from tongxin.issues.forms.finding import ProveForm
from tongxin.issues.models import Issue, IssueEntry, IssueFile, Status
from tongxin.issues.views import proof, sentences, tries
from tongxin.issues.views.asking import VillageRequest, resident
from tongxin.issues.views.finding import by_number
from tongxin.issues.views.pictures import Picture, memos, pictures

TELEPHONE = re.compile(r"\d{3,}(?:[- ]\d{3,})*")
QUIET = frozenset({"merged_here"})  # another teller's number is nobody's business
FOR_TELLER = frozenset({"reclassify"})
READ_BY_TELLER = frozenset({"note", "answer", "decline", "refer", "give_up", "confirm", "reopen", "appeal", "add"})


@dataclass(frozen=True)
class Line:
    """A line of the story; `note` is empty for whoever has only the number."""

    at: datetime
    sentence: str
    note: str = ""
    by_day: bool = False  # what a sealed one's teller did: the hour is not known


def story(issue: Issue, teller: Teller | None) -> list[Line]:
    hidden = QUIET if teller else QUIET | FOR_TELLER
    return [
        Line(entry.at, wording.sentence(entry), _note(issue, entry) if teller else "", is_by_day(issue, entry))
        for entry in queries.story(issue)
        if entry.step not in hidden
    ]


def is_by_day(issue: Issue, entry: IssueEntry) -> bool:
    """Whether only the day of this line is known."""
    return issue.is_sealed and (entry.by_id is None or entry.step == "report")


def _note(issue: Issue, entry: IssueEntry) -> str:
    """Words that are for the teller, unless they stand on the page already."""
    return entry.note if entry.step in READ_BY_TELLER and entry.note not in (issue.reply, issue.reason) else ""


@resident
@require_safe
def say_status(request: VillageRequest, number: str) -> HttpResponse:
    issue = by_number(request, number)
    if issue.number != number:
        return redirect("issues:say_status", issue.number)
    return _page(request, issue, ProveForm())


def _page(request: VillageRequest, issue: Issue, form: ProveForm, *, status: int = 200) -> HttpResponse:
    teller = proof.teller(request, issue)
    today = clock.today(request.village.tz)
    context: dict[str, Any] = {
        "issue": issue,
        "teller": teller,
        "form": form,
        "state": sentences.state(issue, is_teller=teller is not None),
        "late": sentences.late(issue, today),
        "lines": story(issue, teller),
        "others": queries.others_count(issue),
        "heading": heading(issue, teller),
        "asks": teller is not None and issue.status == Status.ANSWERED,
        "is_public": is_public(issue),
        "call_to": telephone_in(issue.where_to),
        "joined": joined(issue) if issue.merged_into_id else None,
    }
    if teller is not None:
        files = queries.files(issue)
        context["result"] = pictures([f for f in files if f.purpose == IssueFile.Purpose.RESULT])
        context["told"] = pictures([f for f in files if f.purpose == IssueFile.Purpose.TOLD])
        context["memos"] = memos(files)
        context["answered"] = answered_by(issue)
    return render(request, "issues/resident_status.html", context, status=status)


def telephone_in(text: str) -> str:
    """The telephone number of 'where to go', to be tapped; 110 and 12345 are numbers too."""
    found = TELEPHONE.search(text)
    return found[0] if found else ""


def is_public(issue: Issue) -> bool:
    return queries.rows().shown_to_all().filter(pk=issue.pk).exists()


def heading(issue: Issue, teller: Teller | None) -> str:
    """The title is for the teller and the board; the number alone says only what it is about."""
    about = _("About: %(category)s") % {"category": issue.get_category_display()}
    return (issue.title if teller else "") or about


@dataclass(frozen=True)
class Joined:
    """What a merged matter's teller hears of the one it was merged into."""

    number: str
    reply: str
    state: str
    photos: list[Picture]


def joined(issue: Issue) -> Joined | None:
    into = queries.rows().filter(merged=issue).select_related("handler_post").first()
    if into is None or proof.is_closed_book(into):
        return None
    photos = pictures(queries.files(into, IssueFile.Purpose.RESULT)) if is_public(into) else []
    return Joined(into.number, into.reply if is_public(into) else "", sentences.state(into), photos)


def answered_by(issue: Issue) -> IssueEntry | None:
    return next((entry for entry in queries.story(issue) if entry.step == "answer"), None)


@resident
@require_POST
@once
def say_confirm(request: VillageRequest, number: str) -> HttpResponse:
    issue = by_number(request, number)
    teller = proof.teller(request, issue)
    if teller is None:
        return _page(request, issue, ProveForm(), status=403)
    answer, note = request.POST.get("answer"), request.POST.get("note", "")[:500]
    seen = request.POST.get("seen", "")
    if answer not in ("yes", "no"):
        return _page(request, issue, ProveForm(), status=422)
    if issue.status != Status.ANSWERED:
        return _page(request, issue, ProveForm(), status=409 if issue.is_open else 200)
    if seen and issue.answered_at and seen != issue.answered_at.isoformat():
        raise WrongStatus(_("There is a newer answer. Please look at it first."))
    if answer == "yes":
        actions.confirm(issue, by=teller, note=note)
        messages.success(request, _("Noted: it is done. Thank you."))
    else:
        actions.not_yet(issue, by=teller, note=note)
        messages.success(request, _("Noted: not yet. It goes on."))
    return HttpResponseRedirect(reverse("issues:say_status", args=[issue.number]), status=303)


@resident
@require_POST
@repeats("shows a phone what is its own; a wrong try is counted although nothing else is done")
def say_prove(request: VillageRequest, number: str) -> HttpResponse:
    issue = by_number(request, number)
    form = ProveForm(request.POST)
    if not form.is_valid():
        return _page(request, issue, form, status=422)
    asked = tries.Door(request, f"issue|{issue.number}")
    asked.check()
    teller = queries.prove(issue, **form.cleaned_data)
    if teller is None:
        asked.failed()
        form.add_error("tail", _("That does not match. Please look again."))
        return _page(request, issue, form, status=422)
    asked.opened()
    response = HttpResponseRedirect(reverse("issues:say_status", args=[issue.number]), status=303)
    proof.remember(request, response, issue.pk)
    return response
