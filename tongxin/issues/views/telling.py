"""A resident speaks up: the sheet, what they get back, and 'me too'."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.core import clock, network
from tongxin.core import messages as messages_out
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, KeyReused, WrongStatus
from tongxin.core.once import repeats
from tongxin.issues import actions, danger, queries
from tongxin.issues.forms.fields import clean_phone
from tongxin.issues.forms.telling import FeedbackForm, TellingForm
from tongxin.issues.models import Category, Route
from tongxin.issues.views import answerers, proof, sentences
from tongxin.issues.views.asking import VillageRequest, resident, stopped
from tongxin.issues.views.finding import by_number
from tongxin.territory import queries as territory
from tongxin.territory.models import Place

ICONS = {
    Category.ROAD: "way",
    Category.WATER: "water",
    Category.LIGHT: "light",
    Category.RUBBISH: "rubbish",
    Category.NEIGHBOURS: "neighbours",
    Category.LAND_MONEY: "land",
    Category.ELDERS: "elder",
    Category.OTHER: "other",
}


@dataclass(frozen=True)
class Here:
    """Where the sheet was opened: at a code, at a named place, or nowhere in particular."""

    place: Place | None = None
    code: str = ""
    trouble: str = ""


def here_of(request: VillageRequest) -> Here:
    """From `q` (a code) or `place` (an id) of the address or of the sheet; a wrong one never stops anybody."""
    data = request.POST if request.method == "POST" else request.GET
    if code := data.get("q", "").strip()[:20]:
        found = territory.place_by_code(request.village.pk, code)
        if found.place is not None:
            return Here(found.place, code)
        return Here(
            trouble=_("There is a new code here now. Say where you are.")
            if found.revoked
            else _("The code was not understood. Say where you are.")
        )
    if named := data.get("place", ""):
        try:
            rows = Place.objects.select_related("group", "grid")
            return Here(rows.filter(pk=UUID(named), ended_on=None).first())
        except ValueError:
            pass
    return Here()


@dataclass(frozen=True)
class Tile:
    value: str
    label: str
    icon: str


def tiles() -> list[Tile]:
    return [Tile(value, str(label), ICONS[Category(value)]) for value, label in Category.choices]


@resident
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("the action claims the key of the sheet, and the phone gets its cookies again")
def say_new(request: VillageRequest) -> HttpResponse:
    here = here_of(request)
    if request.method != "POST":
        return _sheet(request, TellingForm(initial={"category": request.GET.get("category")}, at=here.place), here)
    if request.POST.get("is_sealed") or request.POST.get("is_about"):
        return _led_away(here)
    form = TellingForm(request.POST, request.FILES, at=here.place)
    if not form.is_valid():
        return _sheet(request, form, here, status=422)
    card = proof.family(request) if form.cleaned_data["ours"] else None
    said = _hushed(request, form.report(household=card.household if card else None, by_code=bool(here.code)))
    try:
        told = actions.report(request.village, said, by=None, key=form.cleaned_data["key"])
    except KeyReused:
        return _already(request)
    except DomainError as error:
        return _sheet(request, form, here, status=refused(error, form))
    return _handed_in(request, told)


def _hushed(request: VillageRequest, said: actions.Report) -> actions.Report:
    """The report is taken in whatever happens; a short message goes out for twenty an hour from one address (T37)."""
    if said.phone and messages_out.is_on() and not messages_out.may_ask(network.address(request)):
        return replace(said, is_hushed=True)
    return said


def _led_away(here: Here) -> HttpResponse:
    """To the quiet channel with everything that was typed: a 307 lets the browser send the same sheet there itself.
    Nothing of it has been looked at or kept here.
    """
    url = reverse("issues:hush_new")
    at = f"?q={here.code}" if here.code else f"?place={here.place.pk}" if here.place else ""
    response = HttpResponseRedirect(f"{url}{at}", status=307)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _handed_in(request: VillageRequest, told: actions.Told) -> HttpResponse:
    response = HttpResponseRedirect(reverse("issues:say_done", args=[told.number]), status=303)
    proof.remember(request, response, told.issue_id)
    return response


def _sheet(request: VillageRequest, form: TellingForm, here: Here, *, status: int = 200) -> HttpResponse:
    form.offer()
    card = proof.family(request)
    words = str(form["words"].value() or "")
    context = {
        "form": form,
        "here": here,
        "tiles": tiles(),
        "card": card,
        "alike": open_at(here.place) if here.place else [],
        "danger": " ".join(danger.WORDS),
        "is_urgent": danger.is_danger(words),
        "kept": {kept.slot: kept.token for kept in form.uploads.kept},
        "elsewhere": bool(form["group"].value() or form["place_text"].value()),
    }
    return render(request, "issues/resident_say_new.html", context, status=status)


def _already(request: VillageRequest) -> HttpResponse:
    error = KeyReused(_("This sheet has been handed in already. For another matter take a new one."))
    return stopped(request, error, back=reverse("issues:say_new"), action=_("Take a new sheet"))


@dataclass(frozen=True)
class Alike:
    """An open matter of the same place, as a stranger may see it: no words, no title, no number of its teller."""

    number: str
    category: str
    icon: str
    told_at: datetime
    state: str
    key: str


def open_at(place: Place) -> list[Alike]:
    """What is being done at this place already; nothing sealed, no complaint."""
    rows = queries.rows().of(place.village_id).open().filter(place=place, route=Route.COUNCIL, is_sealed=False)
    found = rows.order_by("-told_at")[:3]
    return [
        Alike(
            i.number,
            i.get_category_display(),
            ICONS[Category(i.category)],
            i.told_at,
            sentences.briefly(i),
            str(uuid4()),
        )
        for i in found
    ]


@resident
@require_safe
def say_done(request: VillageRequest, number: str) -> HttpResponse:
    issue = by_number(request, number)
    if proof.teller(request, issue) is None:
        return redirect("issues:say_status", issue.number)
    worker = None if issue.grid is None else answerers.of_grid(issue.grid, clock.today(request.village.tz))
    context = {
        "issue": issue,
        "taker": sentences.taker(issue),
        "worker": worker,
        "by_tail": bool(issue.phone_tail_index),
    }
    return render(request, "issues/resident_say_done.html", context)


@resident
@require_POST
@repeats("the action claims the key of the sheet")
def say_join(request: VillageRequest, number: str) -> HttpResponse:
    issue = by_number(request, number)
    status = reverse("issues:say_status", args=[issue.number])
    card = proof.family(request)
    try:
        phone = clean_phone(request.POST.get("phone", ""))
        actions.join(
            issue,
            by=None,
            key=request.POST.get("key", "")[:64],
            phone=phone,
            household=card.household if card else None,
        )
    except ValidationError as wrong:
        return stopped(request, DomainError(" ".join(wrong.messages)), back=status, action=_("See how it stands"))
    except DomainError as error:  # closed by now
        return stopped(request, WrongStatus(error.message), back=reverse("issues:say_new"), action=_("Say it anew"))
    messages.success(request, _("Noted: you say so too."))
    return HttpResponseRedirect(status, status=303)


@resident
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("the action claims the key of the sheet, and the phone gets its cookies again")
def feedback(request: VillageRequest) -> HttpResponse:
    form = FeedbackForm(request.POST) if request.method == "POST" else FeedbackForm()
    if request.method == "POST" and form.is_valid():
        said = _hushed(request, form.report(_("This website")))
        try:
            told = actions.report(request.village, said, by=None, key=form.cleaned_data["key"])
        except KeyReused:
            return _already(request)
        return _handed_in(request, told)
    return render(request, "issues/resident_feedback.html", {"form": form}, status=422 if form.errors else 200)
