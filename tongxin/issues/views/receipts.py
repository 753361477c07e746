"""With the receipt: how it stands, the answer, saying more, done or not yet, and who has opened the envelope.

Each press carries a pass of half an hour that the receipt has opened; nothing lies in a cookie or in an address. A
known and an unknown code cost the same questions, the same hashing and the same page (R22).
"""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.casework import store
from tongxin.casework.actors import Teller
from tongxin.casework.models import Channel, FileKind, FileState, StatusGroup
from tongxin.core import clock
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.core.ids import uuid7
from tongxin.core.once import repeats
from tongxin.issues import actions, queries
from tongxin.issues.forms.sealed import AddForm, ReceiptForm
from tongxin.issues.models import Category, Issue, IssueFile, Route, Status
from tongxin.issues.queries import receipts
from tongxin.issues.views import envelopes, hush, sentences
from tongxin.issues.views.asking import VillageRequest
from tongxin.issues.views.pictures import VARIANTS, Picture
from tongxin.issues.views.sealed import OPEN, is_nobodys
from tongxin.issues.views.status import story

OPENED, FILE = "issues.opened", "issues.file"


# --- opening ------------------------------------------------------------------------------------------------------
@hush.hush
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("shows what the code opens; every try is counted")
def hush_open(request: VillageRequest) -> HttpResponseBase:
    if request.method != "POST":
        return _ask(request, ReceiptForm())
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, status=422)
    passed = hush.taken(request.village, OPEN, request.POST.get("ticket", ""))
    if passed is None:
        return _ask(request, form, note=_("This page lay open too long. Press once more."))
    code = form.cleaned_data["receipt"]
    gate = hush.Opening(request.village, receipts.index(request.village.pk, code), passed)
    if seconds := gate.wait():
        return _wait(request, form, seconds)
    gate.count()
    issue = receipts.by_receipt(request.village.pk, code)
    # both are drawn, whichever is shown: the time tells nothing
    page = _page(request, issue or _nothing(request))
    nothing = _ask(request, form, note=_("Nothing is kept under this code. Look again."))
    return page if issue is not None else nothing


def _wait(request: VillageRequest, form: ReceiptForm, seconds: int) -> HttpResponse:
    """Many are trying at this moment: the form ripens, nobody is turned away."""
    if seconds < 0:
        return _ask(request, form, note=_("This page lay open too long. Press once more."))
    note = ngettext("Wait %(n)d second and press again.", "Wait %(n)d seconds and press again.", seconds)
    response = _ask(request, form, note=note % {"n": seconds}, ticket=request.POST["ticket"], status=429)
    response["Retry-After"] = str(seconds)
    return response


def _ask(
    request: VillageRequest, form: ReceiptForm, *, note: str = "", ticket: str = "", status: int = 200
) -> HttpResponse:
    context = {"form": form, "note": note, "ticket": ticket or hush.give(request.village, OPEN)}
    return render(request, "issues/hush_open.html", context, status=status)


def _nothing(request: VillageRequest) -> Issue:
    """What an unknown code is measured by: never saved, and its page never sent."""
    now, today = clock.now(), clock.today(request.village.tz)
    return Issue(
        id=uuid7(),
        village=request.village,
        number="",
        status=Status.TOLD,
        status_group=StatusGroup.OPEN,
        category=Category.OTHER,
        route=Route.SUPERVISORS,
        channel=Channel.PAGE,
        told_at=now,
        take_by=now,
        due_on=today,
        is_sealed=True,
    )


# --- the page -----------------------------------------------------------------------------------------------------
def _page(
    request: VillageRequest, issue: Issue, *, form: AddForm | None = None, said: str = "", status: int = 200
) -> HttpResponse:
    teller = Teller(issue.pk, "receipt")
    files = queries.files(issue)
    nobody = is_nobodys(issue)
    context: dict[str, Any] = {
        "issue": issue,
        "said": said,
        "state": sentences.state(issue, is_teller=True),
        "late": sentences.late(issue, clock.today(request.village.tz)),
        "taker": sentences.taker(issue),
        "nobody": nobody and issue.route != Route.COUNCIL,
        "lines": story(issue, teller),
        "openings": envelopes.told_to_teller(queries.openings_of(issue)),
        "asks": issue.status == Status.ANSWERED,
        "form": form or AddForm(auto_id="id_add_%s"),
        "told": _pictures(request, files, IssueFile.Purpose.TOLD),
        "result": _pictures(request, files, IssueFile.Purpose.RESULT),
        "memos": [_url(request, f, "sound") for f in files if f.kind == FileKind.SOUND and f.state == FileState.READY],
        "ticket": hush.give(request.village, OPENED, issue.pk),
    }
    return HttpResponse(loader.render_to_string("issues/hush_matter.html", context, request), status=status)


def _pictures(request: VillageRequest, files: list[IssueFile], purpose: str) -> list[Picture]:
    ready = [f for f in files if (f.purpose, f.kind, f.state) == (purpose, FileKind.PHOTO, FileState.READY)]
    return [
        Picture(_url(request, f, "large"), _url(request, f, "small"), _("Photo %(n)d") % {"n": i})
        for i, f in enumerate(ready, 1)
    ]


def _url(request: VillageRequest, file: IssueFile, variant: str) -> str:
    return reverse("issues:hush_file", args=[hush.give(request.village, FILE, file.pk), variant])


@hush.hush
@require_safe
def hush_file(request: VillageRequest, ticket: str, variant: str) -> HttpResponseBase:
    passed = hush.taken(request.village, FILE, ticket, hush.SHOWN_FOR)
    files = IssueFile.objects.filter(state=FileState.READY, issue__is_sealed=True)
    file = files.filter(pk=UUID(passed.about)).first() if passed else None
    if file is None or variant not in VARIANTS[FileKind(file.kind)]:
        raise Http404
    return store.serve(file.stem, variant, file.content_type, wanted=request.headers.get("Range", ""))


# --- what the teller does -----------------------------------------------------------------------------------------
def _opened(request: VillageRequest) -> tuple[Issue, str] | None:
    """The matter that a press is about, and the press's own key; None when the half hour is over."""
    passed = hush.taken(request.village, OPENED, request.POST.get("ticket", ""), hush.OPENED_FOR)
    if passed is None:
        return None
    rows = queries.rows().select_related("village", "group", "place", "handler_post", "about_post")
    return rows.get(pk=UUID(passed.about)), passed.key


def _closed(request: VillageRequest) -> HttpResponse:
    return _ask(request, ReceiptForm(), note=_("The page is closed by now. The code opens it again."), status=409)


@hush.hush
@require_POST
@repeats("the action claims the key that the page's pass brings along")
def hush_add(request: VillageRequest) -> HttpResponseBase:
    found = _opened(request)
    if found is None:
        return _closed(request)
    issue, key = found
    form = AddForm(request.POST, request.FILES, auto_id="id_add_%s")
    if not form.is_valid():
        return _page(request, issue, form=form, status=422)
    words, uploads = form.cleaned_data["words"], form.uploads.everything
    try:
        actions.add(issue, by=Teller(issue.pk, "receipt"), words=words, uploads=uploads, key=key)
    except DomainError as error:
        return _page(request, issue, form=form, status=refused(error, form))
    return _page(request, issue, said=_("It is added. Whoever has the matter reads it."))


@hush.hush
@require_POST
@repeats("the status moves once; a second word is a 409")
def hush_judge(request: VillageRequest) -> HttpResponseBase:
    found = _opened(request)
    if found is None:
        return _closed(request)
    issue, _key = found
    answer, seen = request.POST.get("answer"), request.POST.get("seen", "")
    if answer not in ("yes", "no"):
        return _page(request, issue, status=422)
    if issue.answered_at is None or seen != issue.answered_at.isoformat():
        return _page(request, issue, said=_("There is a newer answer. Please look at it first."), status=409)
    try:
        note = request.POST.get("note", "")[:500]
        actions.judge(issue, by=Teller(issue.pk, "receipt"), is_done=answer == "yes", note=note)
    except (WrongStatus, NotAllowed) as error:
        return _page(request, issue, said=str(error.message), status=409)
    done = _("Noted: it is done. Thank you.") if answer == "yes" else _("Noted: not yet. It goes on.")
    return _page(request, issue, said=done)
