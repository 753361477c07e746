"""The household card: four to a sheet, issued, revoked, replaced."""

import re
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.core import answering, clock, exporting
from tongxin.core.errors import DomainError
from tongxin.core.fields import NewPinForm
from tongxin.core.once import once, repeats
from tongxin.people import access, actions, queries
from tongxin.people.models import CardToken, Household
from tongxin.people.views.common import RegisterRequest, household_of, household_page, must_keep, page
from tongxin.territory import queries as territory

A_PRINT = 80  # twenty sheets; more is printed grid by grid


@dataclass(frozen=True)
class Heap:
    """A grid or a group whose cards are printed together, in parts of twenty sheets."""

    kind: str
    name: str
    group_name: str
    number: int
    count: int

    @property
    def parts(self) -> list[tuple[int, int, int]]:
        """(part, first, last) of each print."""
        starts = range(0, self.count, A_PRINT)
        return [(i, start + 1, min(start + A_PRINT, self.count)) for i, start in enumerate(starts)]


@require_safe
def cards(request: HttpRequest) -> HttpResponse:
    """Choose a grid, or one household, to print cards for."""
    asked = cast(RegisterRequest, request)
    today = clock.today(asked.village.tz)
    counts = queries.count_by_grid(asked.village, today)
    mine = [
        grid for grid in territory.grids_on(today) if access.can_keep_household(asked.user, asked.village.pk, grid.pk)
    ]
    heaps = [Heap("grid", grid.name, grid.group.name, grid.number, counts.get(grid.pk, 0)) for grid in mine]
    if access.can_keep_register(asked.user, asked.village.pk):
        for group in territory.groups_on(today):
            n = sum(counts.get(grid.pk, 0) for grid in mine if grid.group_id == group.pk)
            heaps.append(Heap("group", group.name, group.name, group.number, n))
    return page(request, "people/card_choice.html", {"heaps": heaps})


def _chosen(request: RegisterRequest) -> list[Household]:
    """What the form asks for: `household` numbers, or a `part` of a `grid` or `group`; only what this user keeps."""
    rows = Household.objects.visible_to(request.user).filter(closed_on=None)
    rows = rows.select_related("grid", "group", "village")
    numbers = [
        number for text in request.POST.getlist("household") for number in re.split(r"[\s,，、;；]+", text) if number
    ]
    grid, group, part = (request.POST.get(key, "") for key in ("grid", "group", "part"))
    if numbers:
        rows = rows.filter(number__in=numbers[:A_PRINT])
    elif grid.isdigit():
        rows = rows.filter(grid__number=int(grid[:4]))
    elif group.isdigit():
        rows = rows.filter(group__number=int(group[:4]), group__ended_on=None)
    else:
        return []
    keeps: dict[UUID, bool] = {}
    chosen = []
    for household in rows.order_by("number"):
        if household.grid_id not in keeps:
            keeps[household.grid_id] = access.can_keep_household(request.user, request.village.pk, household.grid_id)
        if keeps[household.grid_id]:
            chosen.append(household)
    start = (int(part[:2]) if part.isdigit() else 0) * A_PRINT
    return chosen[start : start + A_PRINT]


@repeats("a card that is there is printed again, and one that is missing is made")
@require_POST
def cards_print(request: HttpRequest) -> HttpResponse:
    """Cards on A4, four to a sheet; whoever has none yet gets one. No name is on it, but it opens a family page."""
    asked = cast(RegisterRequest, request)
    chosen = _chosen(asked)
    if (instead := exporting.held_back(request, _("Household cards"), len(chosen))) is not None:
        return instead
    issued = actions.issue_cards(chosen, by=asked.user)
    made = [
        {"household": household, "qr": _qr(request, card.token)} for household, card in zip(chosen, issued, strict=True)
    ]
    sheets = [made[i : i + 4] for i in range(0, len(made), 4)]
    return page(request, "people/card_print.html", {"sheets": sheets})


def _qr(request: HttpRequest, token: str) -> str:
    """The card's own address as an inline drawing; our text only, so it is safe."""
    address = request.build_absolute_uri(reverse("issues:card", args=[token]))
    drawing = segno.make(address, error="q", micro=False)
    return mark_safe(drawing.svg_inline(scale=4, border=0, omitsize=True, svgclass="qr"))  # noqa: S308


def _card(request: RegisterRequest, pk: UUID) -> CardToken:
    rows = CardToken.objects.visible_to(request.user).filter(pk=pk)
    found = rows.select_related("household__grid", "village").first()
    if found is None:
        raise Http404
    must_keep(request, found.household)
    return found


@require_POST
@once
def card_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    household = household_of(request, pk)
    must_keep(request, household)
    back = reverse("people:household", args=[pk])
    try:
        actions.issue_card(household, by=asked.user)
    except DomainError as error:
        return answering.sent_back(request, error, back)
    messages.success(request, _("The card is made. Print it now."))
    return HttpResponseRedirect(back, status=303)


@require_POST
@once
def card_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Lost: the old one stops at once; with `replace` a new one is made in the same press."""
    asked = cast(RegisterRequest, request)
    card = _card(asked, pk)
    deed = actions.replace_card if "replace" in asked.POST else actions.revoke_card
    back = reverse("people:household", args=[card.household_id]) + "#cards"
    try:
        deed(card, by=asked.user, reason=asked.POST.get("reason", ""))
    except DomainError as error:
        return answering.sent_back(request, error, back)
    messages.success(request, _("The old card no longer works."))
    return HttpResponseRedirect(back, status=303)


@require_POST
@once
def card_unlock(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Twenty wrong tries have shut it, and now the family stands here."""
    asked = cast(RegisterRequest, request)
    card = _card(asked, pk)
    back = reverse("people:household", args=[card.household_id]) + "#cards"
    try:
        actions.unlock_card(card, by=asked.user, seen=asked.POST.get("seen", ""))
    except DomainError as error:
        return answering.sent_back(request, error, back)
    messages.success(request, _("The card opens again."))
    return HttpResponseRedirect(back, status=303)


@sensitive_post_parameters("pin", "again")
@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_pin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The family stands at the desk and types six digits, hidden from whoever looks on."""
    asked = cast(RegisterRequest, request)
    household = household_of(request, pk)
    must_keep(request, household)
    form = NewPinForm(asked.POST if asked.method == "POST" else None)
    return household_page(
        request,
        household,
        form,
        lambda: actions.set_pin(household, by=asked.user, pin=form.cleaned_data["pin"]),
        _("The household PIN is set."),
        _("Set a household PIN"),
    )


@require_POST
@once
def household_pin_clear(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    household = household_of(request, pk)
    must_keep(request, household)
    back = reverse("people:household", args=[pk]) + "#cards"
    try:
        actions.clear_pin(household, by=asked.user, because=asked.POST.get("because", ""))
    except DomainError as error:
        return answering.sent_back(request, error, back)
    messages.success(request, _("The PIN is cleared. The last four digits open the page again."))
    return HttpResponseRedirect(back, status=303)
