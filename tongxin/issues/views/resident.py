"""The first page, the place behind a code, and the pages that explain."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.models import Issue, Route, Status
from tongxin.issues.views import answerers, proof
from tongxin.issues.views.asking import Gone, NotThere, VillageRequest, resident, stopped
from tongxin.issues.views.telling import open_at, tiles
from tongxin.people.models import CardToken
from tongxin.territory import queries as territory


@resident
@require_safe
def home(request: VillageRequest) -> HttpResponse:
    card = proof.family(request)
    today = clock.today(request.village.tz)
    context = {
        "waiting": _waiting(proof.mine(request), card),
        "card": card,
        "worker": answerers.of_grid(card.household.grid, today) if card else None,
        "answered": queries.rows()
        .of(request.village)
        .shown_to_all()
        .select_related("group")
        .order_by("-answered_at")[:3],
    }
    return render(request, "issues/resident_home.html", context)


def _waiting(ids: list[UUID], card: CardToken | None) -> list[Issue]:
    """Answered matters of this telephone and of its household that wait for a yes or no."""
    if not ids and card is None:
        return []
    own = Q(pk__in=ids)
    if card is not None:
        own |= Q(household=card.household_id, is_sealed=False, route=Route.COUNCIL)
    return list(queries.rows().filter(own, status=Status.ANSWERED).order_by("-answered_at")[:3])


@resident
@require_safe
def qr(request: VillageRequest, code: str) -> HttpResponse:
    found = territory.place_by_code(request.village.pk, code)
    if found.place is None:
        return stopped(request, _trouble(found), back=reverse("issues:say_new"), action=_("I want to say something"))
    place = found.place
    worker = answerers.of_grid(place.grid, clock.today(request.village.tz)) if place.grid else None
    context = {"place": place, "code": code, "worker": worker, "alike": open_at(place)}
    return render(request, "issues/resident_place.html", context)


def _trouble(found: territory.CodeFound) -> NotThere | Gone:
    """What is wrong with a code, said so that somebody can go on."""
    if found.revoked:
        return Gone(_("There is a new code here now. Without it you can speak up too."))
    if found.misread:
        return NotThere(_("The code was not read right. Scan it again, or speak up without it."))
    return NotThere(_("This code is not from this village. You can speak up without it."))


@resident
@require_safe
def help_page(request: VillageRequest) -> HttpResponse:
    return render(request, "issues/resident_help.html")


@resident
@require_safe
def paper(request: VillageRequest) -> HttpResponse:
    return render(request, "issues/resident_paper.html", {"tiles": tiles()})


@resident
@require_safe
def privacy(request: VillageRequest) -> HttpResponse:
    return render(request, "issues/resident_privacy.html")


@resident
@require_safe
def a11y(request: VillageRequest) -> HttpResponse:
    return render(request, "issues/resident_a11y.html")
