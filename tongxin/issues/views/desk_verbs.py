"""The steps of an issue, one address a verb: fetch, one action, an answer that says what happened.

303 back · 422 the same page with what was typed · 409 who was quicker · 403 not yours · 404 not for your eyes.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongxin.core import clock
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.core.once import once, repeats
from tongxin.core.templatetags.look import day
from tongxin.issues import actions, queries, wording
from tongxin.issues.forms import desk as shapes
from tongxin.issues.models import Issue, IssueEntry
from tongxin.issues.views import inbox, matter, tasks
from tongxin.issues.views.working import StaffRequest, back_of, fetch, filters_in, is_theirs, office, seen_of

Verb = Callable[[StaffRequest, Issue, Any], IssueEntry | str | None]
STEPS_OF = {"not_yet": ("reopen", "appeal")}  # a verb that the table splits in two
TYPED = ("reply", "text", "reason", "note")
TWICE_SECONDS = 120  # a second press of one's own within this time is told what the first has done


def verb(name: str, shape: type[forms.Form]) -> Callable[[Verb], Callable[..., HttpResponse]]:
    """Wrap an act: who may come, the form, the four kinds of 'no', the way back."""

    def wrap(act: Verb) -> Callable[..., HttpResponse]:
        @office
        @require_POST
        @once
        @wraps(act)
        def done(request: StaffRequest, number: str) -> HttpResponse:
            try:
                issue = fetch(request, number)
            except Http404:
                return _gone(request, number, name)
            form = _bound(request, issue, name, shape)
            try:
                _look_again(request, issue)
                if not is_theirs(request, issue):
                    return _not_theirs(request, issue, name)
                if not form.is_valid():
                    return _again(request, issue, name, form)
                said = act(request, issue, form)
            except WrongStatus:
                return _second(request, number, name)
            except NotAllowed as error:
                raise PermissionDenied(str(error.message)) from error
            except DomainError as error:
                refused(error, form)
                return _again(request, issue, name, form)
            _say(request, issue, said)
            return HttpResponseRedirect(back_of(request, _home_of(request, issue)), status=303)

        return done

    return wrap


def _bound(request: StaffRequest, issue: Issue, name: str, shape: type[forms.Form]) -> forms.Form:
    more: dict[str, Any] = {"issue": issue, "auto_id": f"id_{name}_%s"}
    if shape is shapes.DispatchForm:
        more["choices"] = queries.choices(issue, clock.today(request.village.tz))
    return shape(request.POST, request.FILES, **more)


def _look_again(request: StaffRequest, issue: Issue) -> None:
    """A page that shows what was is not pressed upon what is."""
    seen = request.POST.get("seen", "")
    if seen and seen != seen_of(issue):
        raise WrongStatus


def _again(request: StaffRequest, issue: Issue, name: str, form: forms.Form) -> HttpResponse:
    """The page that was pressed on, with everything as it was typed."""
    filters = filters_in(request.POST.get("back", ""))
    if isinstance(form, shapes.DispatchForm) and filters is not None and request.held.may("issues.lists"):
        filters = filters.copy()
        filters["open"] = issue.number
        return inbox.page(request, filters, form=form, status=422)
    if request.POST.get("from") == "task":
        return tasks.page(request, issue, faulty=(name, form), status=422)
    return matter.page(request, issue, faulty=(name, form), status=422)


def _second(request: StaffRequest, number: str, name: str) -> HttpResponse:
    """Somebody was quicker. If it was this very user with this very step, it is done: no fault of theirs."""
    try:
        issue = fetch(request, number)
    except Http404:
        return _gone(request, number, name)
    lines = queries.last_entries(issue)
    if _was_me(request, lines, name):
        return _twice(request, issue, lines[0])
    context = {
        "issue": issue,
        "lines": [matter.story_line(line) for line in lines],
        "typed": [words for field in TYPED if (words := request.POST.get(field, "").strip())],
        "back": back_of(request, _home_of(request, issue)),
    }
    return render(request, "issues/issue_conflict.html", context, status=409)


def _gone(request: StaffRequest, number: str, name: str) -> HttpResponse:
    """No longer in this user's sight: their own first press has taken it there, or it never was."""
    issue = queries.rows().of(request.village).filter(number=number).first()
    lines = queries.last_entries(issue, 1) if issue is not None else []
    if issue is None or not _was_me(request, lines, name):
        raise Http404
    return _twice(request, issue, lines[0])


def _not_theirs(request: StaffRequest, issue: Issue, name: str) -> HttpResponse:
    """Refused before anything typed is read; unless their own first press has just taken it out of their hands."""
    lines = queries.last_entries(issue, 1)
    if not _was_me(request, lines, name):
        raise PermissionDenied
    return _twice(request, issue, lines[0])


def _was_me(request: StaffRequest, lines: list[IssueEntry], name: str) -> bool:
    if not lines or lines[0].by_id != request.user.pk or lines[0].step not in STEPS_OF.get(name, (name,)):
        return False
    return (clock.now() - lines[0].at).total_seconds() < TWICE_SECONDS


def _twice(request: StaffRequest, issue: Issue, line: IssueEntry) -> HttpResponse:
    messages.info(request, _("That was done already: %(what)s") % {"what": wording.sentence(line)})
    return HttpResponseRedirect(back_of(request, _home_of(request, issue)), status=303)


def _home_of(request: StaffRequest, issue: Issue) -> str:
    """Back to the tasks for whoever came from there; else to the issue, if it is still seen; else to the day's list."""
    if request.POST.get("from") == "task":
        return reverse("issues:tasks")
    if queries.visible_to(request.user, request.village.pk).filter(pk=issue.pk).exists():
        return reverse("issues:issue", args=[issue.number])
    return reverse("issues:today")


def _say(request: StaffRequest, issue: Issue, said: IssueEntry | str | None) -> None:
    text = wording.sentence(said) if isinstance(said, IssueEntry) else said
    if text:
        messages.success(request, f"{issue.number} {text}")
    if isinstance(said, IssueEntry) and said.data.get("moved_from"):
        moved, due = (date.fromisoformat(said.data[name]) for name in ("moved_from", "due_on"))
        values = {"day": day(moved), "to": day(due)}
        messages.warning(request, _("%(day)s is no working day; it is due on %(to)s.") % values)


@verb("accept", shapes.AcceptForm)
def accept(request: StaffRequest, issue: Issue, form: shapes.AcceptForm) -> IssueEntry:
    return actions.accept(issue, by=request.user, title=form.cleaned_data["title"])


@verb("dispatch", shapes.DispatchForm)
def dispatch(request: StaffRequest, issue: Issue, form: shapes.DispatchForm) -> IssueEntry:
    given = form.cleaned_data
    return actions.dispatch(
        issue, by=request.user, post=form.chosen, due_on=given["due_on"], note=given["note"], title=given["title"]
    )


@verb("decline", shapes.EndForm)
def decline(request: StaffRequest, issue: Issue, form: shapes.EndForm) -> IssueEntry:
    return actions.decline(issue, by=request.user, **form.cleaned_data)


@verb("refer", shapes.EndForm)
def refer(request: StaffRequest, issue: Issue, form: shapes.EndForm) -> IssueEntry:
    return actions.refer(issue, by=request.user, **form.cleaned_data)


@verb("give_up", shapes.GiveUpForm)
def give_up(request: StaffRequest, issue: Issue, form: shapes.GiveUpForm) -> IssueEntry:
    return actions.give_up(issue, by=request.user, reason=form.cleaned_data["reason"])


@verb("merge", shapes.MergeForm)
def merge(request: StaffRequest, issue: Issue, form: shapes.MergeForm) -> IssueEntry:
    rows = queries.visible_to(request.user, request.village.pk)
    into = rows.filter(number=form.cleaned_data["into"]).first()
    if into is None:
        raise DomainError(_("Nothing has this number. Please look again."), field="into")
    return actions.merge(issue, into, by=request.user)


@verb("reclassify", shapes.ReclassifyForm)
def reclassify(request: StaffRequest, issue: Issue, form: shapes.ReclassifyForm) -> IssueEntry:
    return actions.reclassify(issue, by=request.user, **form.cleaned_data)


@verb("note", shapes.NoteForm)
def note(request: StaffRequest, issue: Issue, form: shapes.NoteForm) -> IssueEntry | None:
    return actions.note(issue, by=request.user, text=form.cleaned_data["text"], key=form.cleaned_data["key"])


@verb("answer", shapes.AnswerForm)
def answer(request: StaffRequest, issue: Issue, form: shapes.AnswerForm) -> IssueEntry:
    return actions.answer(issue, by=request.user, reply=form.cleaned_data["reply"], photos=form.uploads.photos)


@verb("hand_back", shapes.HandBackForm)
def hand_back(request: StaffRequest, issue: Issue, form: shapes.HandBackForm) -> IssueEntry:
    return actions.hand_back(issue, by=request.user, reason=form.cleaned_data["reason"])


@verb("confirm", shapes.VerdictForm)
def confirm(request: StaffRequest, issue: Issue, form: shapes.VerdictForm) -> IssueEntry:
    return actions.confirm(issue, by=request.user, **form.cleaned_data)


@verb("not_yet", shapes.VerdictForm)
def not_yet(request: StaffRequest, issue: Issue, form: shapes.VerdictForm) -> IssueEntry:
    return actions.not_yet(issue, by=request.user, **form.cleaned_data)


@verb("join", shapes.JoinForm)
def join(request: StaffRequest, issue: Issue, form: shapes.JoinForm) -> str:
    given = form.cleaned_data
    actions.join(issue, by=request.user, key=given["key"], phone=given["phone"], channel=given["channel"])
    return _("One more voice is noted; they hear the answer too.")


@office
@require_POST
@repeats("each look is an opening, and each of them is on record")
def reveal(request: StaffRequest, number: str) -> HttpResponse:
    """Who told it, once: the page is not gone to but answered, so that looking again is pressing again."""
    issue = fetch(request, number)
    try:
        teller = actions.reveal(issue, by=request.user, why=request.POST.get("why", ""))
    except NotAllowed as error:
        raise PermissionDenied(str(error.message)) from error
    page = tasks.page if request.POST.get("from") == "task" else matter.page
    return page(request, issue, shown=teller)
