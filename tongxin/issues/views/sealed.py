"""The quiet channel's sheet: told without a name, answered with a receipt that is shown once (R21–R24)."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.core import clock
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, KeyReused
from tongxin.core.once import repeats
from tongxin.issues import actions, danger, queries
from tongxin.issues.forms.sealed import CARRIED, ReceiptForm, SealedForm
from tongxin.issues.models import UPWARDS, Issue, Route
from tongxin.issues.queries import receipts
from tongxin.issues.views import hush, qrcode, sentences
from tongxin.issues.views.asking import VillageRequest
from tongxin.issues.views.telling import Here, here_of, tiles

SHEET, OPEN = "issues.sealed", "issues.open"  # the forms that a pass is for


@hush.hush
@require_safe
def hush_home(request: VillageRequest) -> HttpResponseBase:
    context = {"form": ReceiptForm(), "ticket": hush.give(request.village, OPEN)}
    return render(request, "issues/hush_home.html", context)


@hush.hush
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("the action claims the key that the sheet's pass brings along, and shows the same receipt")
def hush_new(request: VillageRequest) -> HttpResponseBase:
    here = here_of(request)
    if request.method != "POST":
        return _sheet(request, SealedForm(initial={"category": request.GET.get("category")}, at=here.place), here)
    if "ticket" not in request.POST:
        return _brought(request, here)
    passed = hush.taken(request.village, SHEET, request.POST["ticket"])
    if passed is None:
        return _sheet(request, _typed(request, here), here, note=_("This page lay open too long. Hand it in again."))
    if seconds := hush.wait_to_tell(request.village, passed):
        note = ngettext("Wait %(n)d second and press again.", "Wait %(n)d seconds and press again.", seconds)
        note %= {"n": seconds}
        return _sheet(request, _typed(request, here), here, note=note, ticket=request.POST["ticket"], status=429)
    form = SealedForm(request.POST, request.FILES, at=here.place)
    if not form.is_valid():
        return _sheet(request, form, here, ticket=request.POST["ticket"], status=422)
    try:
        told = actions.report(request.village, form.said(by_code=bool(here.code)), by=None, key=passed.key)
    except KeyReused:
        return hush.stopped(request, KeyReused(_("This sheet has been handed in already. Take a new one.")))
    except DomainError as error:
        return _sheet(request, form, here, status=refused(error, form))
    if not told.is_replayed:
        hush.count_told(request.village)
    return _done(request, told)


def _typed(request: VillageRequest, here: Here) -> SealedForm:
    """A fresh sheet with what was typed; files stay behind, and nothing has been kept of them."""
    offices = ("about_post", "about_too", "not_about")
    return SealedForm(initial={name: request.POST.get(name, "") for name in (*CARRIED, *offices)}, at=here.place)


def _brought(request: VillageRequest, here: Here) -> HttpResponse:
    """From the ordinary sheet, where somebody ticked that others must not know: all that was typed is here."""
    note = _("What you wrote is here; nothing of it has been kept yet.")
    return _sheet(request, _typed(request, here), here, note=note, lost=bool(request.FILES))


def _sheet(
    request: VillageRequest,
    form: SealedForm,
    here: Here,
    *,
    note: str = "",
    ticket: str = "",
    lost: bool = False,
    status: int = 200,
) -> HttpResponse:
    words = str(form["words"].value() or "")
    context = {
        "form": form,
        "here": here,
        "tiles": tiles(),
        "danger": " ".join(danger.WORDS),
        "is_urgent": danger.is_danger(words),
        "elsewhere": bool(form["group"].value() or form["place_text"].value()),
        "ticket": ticket or hush.give(request.village, SHEET),
        "note": note,
        "lost": lost or form.lost_files,
        "is_about": bool(form["about_post"].value() or form["about_too"].value() or form.named),
        "draft": f"{request.village.slug}:say",
    }
    return render(request, "issues/hush_new.html", context, status=status)


def _done(request: VillageRequest, told: actions.Told) -> HttpResponse:
    """The receipt, this once. It stands in no address and no cookie; pressing again shows the same one."""
    issue = Issue.objects.select_related("village").get(pk=told.issue_id)
    grouped = receipts.grouped(told.receipt)
    context = {
        "issue": issue,
        "receipt": grouped,
        "qr": qrcode.svg(grouped.replace(" ", "-")),
        "taker": sentences.taker(issue),
        "nobody": issue.route != Route.COUNCIL and is_nobodys(issue),
        "is_complaint": issue.about_post_id is not None,
        "open_ticket": hush.give(request.village, OPEN),
        "draft": f"{request.village.slug}:say",
    }
    return render(request, "issues/hush_done.html", context)


def is_nobodys(issue: Issue) -> bool:
    """Nobody in this system can open it where it lies."""
    route = issue.route if issue.route in UPWARDS else Route.SUPERVISORS
    return queries.is_orphan(issue.village_id, issue.pk, route, clock.today(issue.village.tz))
