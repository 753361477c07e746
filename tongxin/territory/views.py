"""Groups, grids, places, their codes and posters."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast
from uuid import UUID

import segno
from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.accounts.models import User
from tongxin.core import answering, clock, ledgers
from tongxin.core.errors import DomainError
from tongxin.core.once import once
from tongxin.territory import access, actions, queries
from tongxin.territory.forms import EndForm, GridForm, GroupEndForm, GroupForm, PlaceForm
from tongxin.territory.models import Grid, Group, Place, PlaceCode, PlaceKind, Village

METHODS = ["GET", "HEAD", "POST"]


class GroundRequest(HttpRequest):
    """A request of somebody with a post in this village."""

    user: User
    village: Village


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """Groups and grids with who answers and how many live there; places with the state of their codes; the gaps."""
    asked = cast(GroundRequest, request)
    day = clock.today(asked.village.tz)
    facts = queries.grid_facts(asked.village, day)
    grids = [
        {
            "grid": grid,
            "households": facts.get("households", {}).get(grid.pk, ""),
            "answers": facts.get("answers", {}).get(grid.pk, ""),
        }
        for grid in queries.grids_on(day)
    ]
    rows = queries.places(asked.village)
    if (answer := ledgers.respond(request, _ledger(asked, rows))) is not None:
        return answer
    used = [place for place in rows if place.ended_on is None]
    context = {
        "groups": queries.groups_on(day),
        "former": queries.former_groups(day),
        "adrift": _adrift(facts.get("households", {}), [one["grid"] for one in grids]),
        "grids": grids,
        "gaps": [one for one in grids if not one["answers"]],
        "kinds": [(kind.label, lines) for kind in PlaceKind if (lines := [_shown(p) for p in used if p.kind == kind])],
        "total": len(used),
        "households": sum(n for n in facts.get("households", {}).values() if isinstance(n, int)),
        "closed": [place for place in rows if place.ended_on is not None],
        "may_keep": access.can_keep_ground(asked.user, asked.village.pk),
    }
    return render(request, "territory/place_list.html", context)


def _adrift(households: Mapping[UUID, object], grids: Sequence[object]) -> int:
    """Households whose grid is none of today's: nobody answers for them."""
    today = {grid.pk for grid in grids if isinstance(grid, Grid)}
    return sum(n for grid, n in households.items() if grid not in today and isinstance(n, int))


def _shown(place: Place) -> dict[str, object]:
    """The valid code; without one, the last that was revoked."""
    codes = sorted(place.codes.all(), key=lambda code: (code.issued_on, code.pk))
    valid = next((code for code in codes if code.revoked_on is None), None)
    return {
        "place": place,
        "code": valid,
        "shown": _spelt(valid.code) if valid else "",
        "last": codes[-1] if codes else None,
    }


def _spelt(code: str) -> str:
    """As it stands on the poster, to be read out on the telephone."""
    return f"{code[:4]}-{code[4:]}"


def _ledger(request: GroundRequest, rows: list[Place]) -> ledgers.Ledger:
    columns = [
        ledgers.Column("name", _("Name"), width=20),
        ledgers.Column("kind", _("Kind"), width=16),
        ledgers.Column("group", _("Group"), width=10),
        ledgers.Column("grid", _("Grid"), width=12),
        ledgers.Column("length", _("Length in metres"), "number", 10),
        ledgers.Column("since", _("In use since"), "date", 12),
        ledgers.Column("until", _("In use until"), "date", 12),
        ledgers.Column("code", _("Code"), width=12),
    ]
    body = []
    for place in rows:
        code = cast(PlaceCode | None, _shown(place)["code"])
        group, grid = place.group.name if place.group else "", place.grid.name if place.grid else ""
        shown = (place.name, place.get_kind_display(), group, grid, place.length_m, place.opened_on, place.ended_on)
        body.append((*shown, _spelt(code.code) if code else ""))
    by = request.user.name
    return ledgers.Ledger(_("Ledger of places"), request.village.name, columns, body, prepared_by=by, persons=0)


def _place(request: HttpRequest, pk: UUID) -> Place:
    found = Place.objects.visible_to(request.user).filter(pk=pk).select_related("village", "group").first()
    if found is None:
        raise Http404
    return found


def _form_page(
    request: HttpRequest, form: forms.Form, heading: str, deed: Callable[[], object], said: str, lead: str = ""
) -> HttpResponse:
    """A form, one act, back to the list."""
    request.menu_at = "territory:places"  # type: ignore[attr-defined]
    back, label = reverse("territory:places"), _("Grids and places")
    return answering.form_page(request, form, deed, said, heading=heading, back=back, back_label=label, lead=lead)


@require_http_methods(METHODS)
@once
def place_new(request: HttpRequest) -> HttpResponse:
    asked = cast(GroundRequest, request)
    form = PlaceForm(asked.POST or None, day=clock.today(asked.village.tz))
    return _form_page(
        request,
        form,
        _("A new place"),
        lambda: actions.open_place(asked.village, by=asked.user, **form.cleaned_data),
        _("The place is entered. Give it a code and hang the poster."),
    )


@require_http_methods(METHODS)
@once
def place_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(GroundRequest, request)
    place = _place(request, pk)
    form = EndForm(asked.POST or None)
    return _form_page(
        request,
        form,
        _("Close %(place)s") % {"place": place.name},
        lambda: actions.end_place(place, by=asked.user, ended_on=form.cleaned_data["ended_on"]),
        _("Closed; its code leads nowhere any more."),
    )


@require_http_methods(METHODS)
@once
def group_new(request: HttpRequest) -> HttpResponse:
    asked = cast(GroundRequest, request)
    form = GroupForm(asked.POST or None)
    return _form_page(
        request,
        form,
        _("A new group"),
        lambda: actions.open_group(asked.village, by=asked.user, **form.cleaned_data),
        _("The group is entered."),
    )


@require_http_methods(METHODS)
@once
def group_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(GroundRequest, request)
    rows = Group.objects.visible_to(asked.user).filter(pk=pk, ended_on=None)
    group = rows.select_related("village").first()
    if group is None:
        raise Http404
    form = GroupEndForm(asked.POST or None, group=group, day=clock.today(asked.village.tz))
    return _form_page(
        request,
        form,
        _("%(group)s ends") % {"group": group.name},
        lambda: actions.end_group(group, by=asked.user, **form.cleaned_data),
        _("The group has ended; its history stays."),
        _("Only when no household and no grid is left in it."),
    )


@require_http_methods(METHODS)
@once
def grid_new(request: HttpRequest) -> HttpResponse:
    asked = cast(GroundRequest, request)
    form = GridForm(asked.POST or None, day=clock.today(asked.village.tz))
    return _form_page(
        request,
        form,
        _("A new grid"),
        lambda: actions.open_grid(asked.village, by=asked.user, **form.cleaned_data),
        _("The grid is entered. Appoint its worker."),
    )


@require_POST
@once
def code_issue(request: HttpRequest, pk: UUID) -> HttpResponse:
    place, back = _place(request, pk), reverse("territory:places")
    try:
        actions.issue_code(place, by=cast(GroundRequest, request).user)
    except DomainError as error:
        return answering.sent_back(request, error, back)
    messages.success(request, _("The code is made. Print the poster."))
    return HttpResponseRedirect(back, status=303)


@require_POST
@once
def code_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(GroundRequest, request)
    code = PlaceCode.objects.visible_to(asked.user).filter(pk=pk).select_related("village").first()
    if code is None:
        raise Http404
    back = reverse("territory:places")
    try:
        actions.revoke_code(code, by=asked.user, reason=asked.POST.get("reason", ""))
    except DomainError as error:
        return answering.sent_back(request, error, back)
    messages.success(request, _("The old code is revoked. Make a new one and hang it."))
    return HttpResponseRedirect(back, status=303)


@require_safe
def poster(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The A4 poster of one place: our own address, the place, the check symbols; no more is in the code."""
    place = _place(request, pk)
    code = PlaceCode.objects.filter(place=place, revoked_on=None).first()
    if code is None:
        raise Http404
    return render(request, "territory/place_poster.html", {"sheets": [_sheet(request, place, code)]})


@require_safe
def posters(request: HttpRequest) -> HttpResponse:
    """All valid posters, one a sheet."""
    rows = PlaceCode.objects.visible_to(request.user).filter(revoked_on=None)
    codes = rows.filter(place__ended_on=None).select_related("place", "place__group").order_by("place__name")
    sheets = [_sheet(request, code.place, code) for code in codes]
    return render(request, "territory/place_poster.html", {"sheets": sheets})


def _sheet(request: HttpRequest, place: Place, code: PlaceCode) -> dict[str, object]:
    return {"place": place, "code": _spelt(code.code), "qr": _qr(request, code.code)}


def _qr(request: HttpRequest, code: str) -> SafeString:
    """Our own text only, so the drawing is safe; level Q survives rain and a photocopier."""
    address = request.build_absolute_uri(reverse("issues:qr", args=[code]))
    drawing = segno.make(address, error="q", micro=False)
    return mark_safe(drawing.svg_inline(border=2, omitsize=True, svgclass="qr"))  # noqa: S308
