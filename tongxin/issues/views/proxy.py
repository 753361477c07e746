"""Somebody speaks, somebody else writes it down: at the door, by telephone, at the desk, from a slip (J1)."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.core import clock, numbers
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, NotAllowed
from tongxin.core.middleware import cookie_name
from tongxin.core.once import repeats
from tongxin.issues import access, actions, danger, queries
from tongxin.issues.forms.proxy import ProxyForm
from tongxin.issues.models import Issue, Route
from tongxin.issues.queries import receipts
from tongxin.issues.views import qrcode, sentences
from tongxin.issues.views.telling import tiles
from tongxin.issues.views.working import StaffRequest, fetch, office, subject, whereabouts
from tongxin.people import access as register
from tongxin.people import queries as people
from tongxin.people.models import Household

FOUND = 8
RECEIPT = "told"  # a cookie of half an hour, sent to the pages of this one number only


@dataclass(frozen=True)
class Alike:
    """An open matter that may be the same, as far as whoever writes may know it."""

    issue: Issue
    subject: str
    where: str
    state: str


@office
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("the action claims the key of the sheet, and the receipt is shown again")
def proxy(request: StaffRequest) -> HttpResponse:
    """The sheet; before a new one is made, open reports that may be the same are shown."""
    home = _home(request)
    members = people.members(home)[0] if home else []
    if request.method != "POST":
        return _sheet(request, ProxyForm(household=home, members=members))
    form = ProxyForm(request.POST, request.FILES, household=home, members=members)
    if not form.is_valid():
        return _sheet(request, form, status=422)
    same = request.POST.get("same", "")
    alike = [] if same or "anyway" in request.POST else _alike(request, form)
    if alike:
        return _sheet(request, form, alike=alike)
    try:
        return _joined(request, form, same) if same else _told(request, form)
    except NotAllowed:
        raise
    except DomainError as error:
        return _sheet(request, form, status=refused(error, form))


def _home(request: StaffRequest) -> Household | None:
    """The household of `hh`, a number; none for whoever may not read the register."""
    number = request.POST.get("hh") or request.GET.get("hh") or ""
    if not number or not register.can_read_register(request.user, request.village.pk):
        return None
    rows = people.households(request.village, clock.today(request.village.tz)).select_related("group", "grid")
    return rows.filter(number=number).first()


def _sheet(
    request: StaffRequest, form: ProxyForm, *, alike: list[Alike] | None = None, status: int = 200
) -> HttpResponse:
    may_search = register.can_read_register(request.user, request.village.pk)
    asked = request.GET.get("find", "").strip()
    words = str(form["words"].value() or "")
    context: dict[str, Any] = {
        "form": form,
        "home": form.household,
        "head": people.lines([form.household])[0].head if form.household else "",
        "may_search": may_search,
        "asked": asked,
        "found": _found(request, asked) if may_search and asked else [],
        "alike": alike or [],
        "tiles": tiles(),
        "kept": {kept.slot: kept.token for kept in form.uploads.kept},
        "danger": " ".join(danger.WORDS),
        "is_urgent": danger.is_danger(words),
    }
    return render(request, "issues/proxy_new.html", context, status=status)


def _found(request: StaffRequest, text: str) -> list[people.Line]:
    rows = people.households(request.village, clock.today(request.village.tz))
    found = people.matching(rows, request.village, text).select_related("group", "grid").order_by("number")
    return people.lines(list(found[:FOUND]))


def _alike(request: StaffRequest, form: ProxyForm) -> list[Alike]:
    """Of the same household in two days, at the place, in the group; nothing sealed, and none for what stays alone."""
    said = form.said()
    if said.is_sealed:
        return []
    home, place = form.household, said.place
    group = said.group or (place.group if place else None)
    found = queries.similar(
        request.village.pk,
        said.category,
        place_id=place.pk if place else None,
        group_id=group.pk if group else None,
        household_id=home.pk if home else None,
        among=queries.rows().of(request.village).filter(is_sealed=False),
    )
    seen = set(
        queries.visible_to(request.user, request.village.pk)
        .filter(pk__in=[i.pk for i in found])
        .values_list("pk", flat=True)
    )
    return [
        Alike(
            i,
            subject(i) if i.pk in seen else i.title or str(i.get_category_display()),
            whereabouts(i),
            sentences.briefly(i),
        )
        for i in found
    ]


def _told(request: StaffRequest, form: ProxyForm) -> HttpResponse:
    told = actions.report(request.village, form.said(), by=request.user, key=form.cleaned_data["key"])
    issue = queries.rows().get(pk=told.issue_id)
    if issue.route != Route.COUNCIL:
        values = {"taker": sentences.taker(issue)}
        past_you = access.is_recused(request.user, issue)
        said = (
            _("It concerns your own post: it went straight to %(taker)s and past you.")
            if past_you
            else _("It went straight to %(taker)s.")
        )
        messages.info(request, said % values)
    url = reverse("issues:written", args=[told.number])
    response = HttpResponseRedirect(url, status=303)
    if told.receipt and not access.is_recused(request.user, issue):  # who is concerned holds no key to it
        response.set_signed_cookie(
            cookie_name(RECEIPT, path="of one number"),
            told.receipt,
            salt=f"issues.told|{told.number}",
            max_age=1800,
            path=reverse("issues:issue", args=[told.number]),
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def _joined(request: StaffRequest, form: ProxyForm, number: str) -> HttpResponse:
    """The same matter: one more voice, and no second case."""
    rows = queries.rows().of(request.village).open()
    issue = rows.filter(number=number, route=Route.COUNCIL, is_sealed=False).first()
    if issue is None:
        raise DomainError(_("That matter is closed by now. Write down a new one."))
    data = form.cleaned_data
    actions.join(
        issue, by=request.user, key=data["key"], phone=form.reach, household=form.household, channel=data["channel"]
    )
    messages.success(request, _("One more voice is noted; they hear the answer too."))
    return HttpResponseRedirect(reverse("issues:written", args=[issue.number]), status=303)


@office
@require_safe
def written(request: StaffRequest, number: str) -> HttpResponse:
    """The number to read out, and the slip to hand over."""
    request.menu_at = "issues:proxy"
    return render(request, "issues/proxy_done.html", _slip(request, number))


@office
@require_safe
def slip(request: StaffRequest, number: str) -> HttpResponse:
    """A strip of 58 mm to hand over: number, days, who takes it, the village's telephone. No words and no names."""
    return render(request, "issues/slip_print.html", _slip(request, number))


def _slip(request: StaffRequest, number: str) -> dict[str, Any]:
    """What stands on a slip. Open to who wrote it down, even when the matter itself went past them."""
    try:
        tidy = numbers.compose(*numbers.parse(number))
    except numbers.BadNumber:
        raise Http404 from None
    mine = queries.rows().of(request.village).filter(number=tidy, recorded_by=request.user).first()
    seen = queries.visible_to(request.user, request.village.pk).filter(number=tidy).exists()
    issue = mine or fetch(request, tidy)
    name = cookie_name(RECEIPT, path="of one number")
    receipt = request.get_signed_cookie(name, default="", salt=f"issues.told|{tidy}", max_age=1800) or ""
    door = reverse("issues:hush_open") if issue.is_sealed else reverse("issues:say_status", args=[issue.number])
    return {
        "issue": issue,
        "is_seen": seen,
        "taker": sentences.taker(issue),
        "when": sentences.taken_by(issue),
        "receipt": receipts.grouped(receipt),
        "past_you": access.is_recused(request.user, issue),
        "qr": qrcode.svg(request.build_absolute_uri(door)),
    }
