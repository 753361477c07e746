"""The card on the door: to a stranger the village's telephone, to the family their own page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.core import clock
from tongxin.core.once import repeats
from tongxin.issues import queries
from tongxin.issues.forms.finding import CardForm
from tongxin.issues.views import answerers, proof, tries
from tongxin.issues.views.asking import Gone, NotThere, VillageRequest, resident
from tongxin.issues.views.finding import listed
from tongxin.people import access as people
from tongxin.people import queries as register
from tongxin.people.models import CardToken, Household, Membership


@resident
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("shows a phone what is its own; a wrong try is counted although nothing else is done")
def card(request: VillageRequest, token: str) -> HttpResponse:
    found = _card(request, token)
    if request.user.is_authenticated and people.can_read_register(request.user, request.village.pk):
        return redirect("people:household", found.household_id)
    known = proof.family(request)
    if known is not None and known.pk == found.pk:
        return redirect("issues:my")
    form = CardForm(request.POST) if request.method == "POST" else CardForm()
    if request.method != "POST" or not form.is_valid():
        return render(request, "issues/resident_card.html", {"form": form}, status=422 if form.errors else 200)
    door = tries.Door(request, f"card|{found.pk}")
    door.check()
    if not register.prove_family(found.household, form.cleaned_data["tail"]):
        door.failed()
        form.add_error("tail", _("That does not match. Please look again."))
        return render(request, "issues/resident_card.html", {"form": form}, status=422)
    door.opened()
    response = HttpResponseRedirect(reverse("issues:my"), status=303)
    proof.let_in(response, found)
    return response


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
        "near": answerers.near([home.grid], today)[0],
        "members": living.count(),
        "away": living.filter(is_away=True).count(),
        "open": listed([issue for issue in own if issue.is_open], is_teller=True),
        "settled": listed([issue for issue in own if not issue.is_open][:5], is_teller=True),
    }
    return render(request, "issues/resident_my.html", context)


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
