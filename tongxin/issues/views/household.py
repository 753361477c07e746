"""The card on the door: to a stranger the village's telephone, to the family their own page."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.core import clock
from tongxin.core.answering import tried
from tongxin.core.errors import Locked, TooMany
from tongxin.core.fields import NewPinForm
from tongxin.core.once import once, repeats
from tongxin.issues import queries
from tongxin.issues.forms.finding import CardForm, PinForm
from tongxin.issues.views import answerers, proof, tries
from tongxin.issues.views.asking import Gone, NotThere, VillageRequest, resident
from tongxin.issues.views.finding import listed
from tongxin.people import access as people
from tongxin.people import actions as people_actions
from tongxin.people import queries as register
from tongxin.people.models import CardToken, Household, HouseholdPin, Membership


@resident
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("shows a phone what is its own; a wrong try is counted although nothing else is done")
def card(request: VillageRequest, token: str) -> HttpResponse:
    found = _card(request, token)
    if request.user.is_authenticated and people.can_read_register(request.user, request.village.pk):
        return redirect("people:household", found.household_id)
    known = proof.family(request)
    if known is not None and known.pk == found.pk:
        return redirect("issues:my")
    pin = register.pin_of(found.household)
    shape = PinForm if pin else CardForm
    form = shape(request.POST) if request.method == "POST" else shape()
    if request.method != "POST" or not form.is_valid():
        return _closed(request, form, status=422 if form.errors else 200)
    rest, door = tries.Door(request, f"card|{found.pk}"), register.door(request, found)
    rest.check()
    try:
        door.knock()
    except TooMany as error:
        raise TooMany(error.retry_at, tries.REST) from error
    except Locked as error:
        people_actions.found_shut(found)
        return _closed(request, form, status=error.status, is_shut=True)
    fits = (
        register.prove_pin(pin, form.cleaned_data["pin"])
        if pin
        else register.prove_family(found.household, form.cleaned_data["tail"])
    )
    if not fits:
        rest.failed()
        form.add_error("pin" if pin else "tail", _("That does not match. Please look again."))
        return _closed(request, form, status=422)
    rest.opened()
    door.opened()
    response = HttpResponseRedirect(reverse("issues:my"), status=303)
    door.remember(response)
    proof.let_in(response, found, pin)
    return response


def _closed(request: VillageRequest, form: Form, *, status: int, is_shut: bool = False) -> HttpResponse:
    """The card as a stranger sees it, with the field that asks for the family's secret."""
    context = {"form": form, "is_shut": is_shut, "has_pin": isinstance(form, PinForm)}
    return render(request, "issues/resident_card.html", context, status=status)


def _card(request: VillageRequest, token: str) -> CardToken:
    """Raises Gone for a card that a newer one has replaced, NotThere for none."""
    found = CardToken.objects.filter(token=token).select_related("household__village").first()
    if found is None:
        raise NotThere(_("This card is not from this village."))
    closed_on = found.household.closed_on
    if found.revoked_on is not None or (closed_on and closed_on <= clock.today(request.village.tz)):
        raise Gone(_("This card is no longer valid. Please use the new one."))
    return found


@resident
@require_safe
def my(request: VillageRequest) -> HttpResponse:
    card = proof.family(request)
    if card is None:
        return render(request, "issues/resident_my_closed.html")
    today = clock.today(request.village.tz)
    home = card.household
    living = Membership.objects.filter(household=home, from_on__lte=today).exclude(to_on__lte=today)
    own = [issue for issue in queries.of_household(home.pk) if not proof.is_closed_book(issue)]
    context = {
        "home": home,
        "has_pin": register.pin_of(home) is not None,
        "near": answerers.near([home.grid], today)[0],
        "members": living.count(),
        "away": living.filter(is_away=True).count(),
        "open": listed([issue for issue in own if issue.is_open], is_teller=True),
        "settled": listed([issue for issue in own if not issue.is_open][:5], is_teller=True),
    }
    return render(request, "issues/resident_my.html", context)


@resident
@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def my_pin(request: VillageRequest) -> HttpResponse:
    """Six digits in place of a telephone's last four. Every other phone of the family shows them once."""
    card = proof.family(request)
    if card is None:
        return render(request, "issues/resident_my_closed.html")
    form = NewPinForm(request.POST if request.method == "POST" else None)
    status, has_pin = 200, register.pin_of(card.household) is not None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made: list[HouseholdPin] = []
            given = form.cleaned_data["pin"]
            by = register.as_family(card)
            status = tried(form, lambda: made.append(people_actions.set_pin(card.household, by=by, pin=given)))
            if not status:
                messages.success(request, _("The household PIN is set. Tell it to your family only."))
                response = HttpResponseRedirect(reverse("issues:my"), status=303)
                proof.let_in(response, card, made[0])
                return response
    return render(request, "issues/resident_pin.html", {"form": form, "has_pin": has_pin}, status=status)


@resident
@require_POST
@repeats("whoever is out stays out")
def leave(request: VillageRequest) -> HttpResponse:
    messages.success(request, _("Closed on this telephone. The card opens it again."))
    response = HttpResponseRedirect(reverse("issues:home"), status=303)
    proof.let_out(response)
    return response


def panel(request: HttpRequest, household: Household) -> tuple[str, dict[str, Any]]:
    """For the household's page at the desk: what it told, as far as this user sees it."""
    rows = queries.visible_to(request.user, household.village_id).filter(household=household, is_sealed=False)
    told = list(rows.order_by("-told_at")[:20])
    return "issues/_desk_household.html", {"issues": told}
