"""The council's meeting: what duty members did since the last one, and the sitting that looks at it."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from tongxin.core import clock, ledgers
from tongxin.core.errors import DomainError
from tongxin.core.once import once
from tongxin.core.templatetags.look import day
from tongxin.issues import access, actions, queries, wording
from tongxin.issues.forms.desk import SittingForm
from tongxin.issues.models import IssueEntry
from tongxin.issues.views.working import StaffRequest, office, subject


@dataclass(frozen=True)
class Act:
    """Something a duty member did, as the meeting reads it."""

    entry: IssueEntry
    subject: str
    sentence: str
    note: str
    is_ticked: bool = True


@office
@require_http_methods(["GET", "HEAD", "POST"])
@once
def council(request: StaffRequest) -> HttpResponse:
    today = clock.today(request.village.tz)
    form = SittingForm(request.POST if request.method == "POST" else None, today=today)
    if request.method == "POST" and form.is_valid():
        try:
            return _hold(request, form)
        except DomainError as error:
            if error.field not in form.fields:
                raise
            form.add_error(error.field, str(error.message))
    acts = _acts(request, form)
    if (answer := ledgers.respond(request, _ledger(request, acts))) is not None:
        return answer
    context = {
        "form": form,
        "acts": acts,
        "sittings": queries.sittings(request.village.pk),
        "may_hold": access.can_hold_sitting(request.user, request.village.pk),
    }
    return render(request, "issues/desk_council.html", context, status=422 if form.errors else 200)


def _hold(request: StaffRequest, form: SittingForm) -> HttpResponse:
    given = form.cleaned_data
    sitting = actions.hold_sitting(
        request.village,
        by=request.user,
        held_on=given["held_on"],
        present=given["present"],
        note=given["note"],
        entries=form.entries,
        key=given["key"],
    )
    n = sitting.items.count()
    said = ngettext(
        "The sitting of %(day)s is written down; it looked at %(n)d act.",
        "The sitting of %(day)s is written down; it looked at %(n)d acts.",
        n,
    )
    messages.success(request, said % {"day": day(sitting.held_on), "n": n})
    return HttpResponseRedirect(reverse("issues:council"), status=303)


def _acts(request: StaffRequest, form: SittingForm) -> list[Act]:
    """What this user may see of them; on a form that came back the boxes stay as they were."""
    ticked = set(form.entries) if form.is_bound else None
    seen = queries.visible_to(request.user, request.village.pk).values("pk")
    return [
        Act(e, subject(e.issue), wording.sentence(e), e.note, ticked is None or e.pk in ticked)
        for e in queries.duty_acts(request.village.pk, among=seen)
    ]


def _ledger(request: StaffRequest, acts: list[Act]) -> ledgers.Ledger:
    columns = [
        ledgers.Column("at", _("When"), "date", 12),
        ledgers.Column("number", _("Number"), "text", 11),
        ledgers.Column("title", _("Title for all to read"), "text", 28),
        ledgers.Column("what", pgettext("act", "What was done"), "text", 40),
    ]
    rows = ((clock.day_of(a.entry.at), a.entry.issue.number, a.entry.issue.title, a.sentence) for a in acts)
    title = _("What duty members did since the last sitting")
    named = len({wording.who(a.entry) for a in acts})
    return ledgers.Ledger(title, request.village.name, columns, rows, "", request.user.name, persons=named)
