"""Who belongs to a household: joining, leaving, moving, dying, and what is known of a person."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tongxin.core import masking
from tongxin.core.access import staff
from tongxin.people import access, actions
from tongxin.people.forms import DeathForm, JoinForm, LeaveForm, MoveForm, PersonForm
from tongxin.people.models import Household
from tongxin.people.views.common import RegisterRequest, household_of, membership_of, must_keep, page, tried

METHODS = ["GET", "HEAD", "POST"]
TEMPLATE = "people/household_form.html"


def _back(household: Household) -> HttpResponse:
    return HttpResponseRedirect(reverse("people:household", args=[household.pk]), status=303)


@staff(*access.KEEPERS, "grid_worker")
@require_http_methods(METHODS)
def member_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    household = household_of(request, pk)
    must_keep(request, household)
    form = JoinForm(asked.POST or None)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            status = tried(
                form, lambda: actions.add_member(household, form.member(), by=asked.user, from_on=data["from_on"])
            )
            if not status:
                messages.success(request, _("%(name)s now belongs to the household.") % {"name": data["name"]})
                return _back(household)
    return page(request, TEMPLATE, {"household": household, "form": form, "heading": _("Somebody joins")}, status)


@staff(*access.KEEPERS, "grid_worker")
@require_http_methods(METHODS)
def member_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, name = membership.household, membership.person.name
    must_keep(request, household)
    form = LeaveForm(asked.POST or None)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            status = tried(
                form, lambda: actions.leave(membership, by=asked.user, on=data["on"], because=data["because"])
            )
            if not status:
                messages.success(request, _("%(name)s has left the household.") % {"name": name})
                return _back(household)
    heading = _("%(name)s leaves") % {"name": name}
    return page(request, TEMPLATE, {"household": household, "form": form, "heading": heading}, status)


@staff(*access.KEEPERS)
@require_http_methods(METHODS)
def member_move(request: HttpRequest, pk: UUID) -> HttpResponse:
    """From this household into another on one day, never in both."""
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, name = membership.household, membership.person.name
    must_keep(request, household)
    form = MoveForm(asked.POST or None)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            to = Household.objects.filter(number=data["to"].strip(), closed_on=None).select_related("grid").first()
            if to is None or to.pk == household.pk:
                form.add_error("to", _("There is no such household. Please look again."))
            else:
                status = tried(
                    form,
                    lambda: actions.move(membership, to, by=asked.user, on=data["on"], relation=data["relation"]),
                )
                if not status:
                    moved = _("%(name)s has moved to household %(number)s.") % {"name": name, "number": to.number}
                    messages.success(request, moved)
                    return _back(to)
    heading = _("%(name)s moves to another household") % {"name": name}
    return page(request, TEMPLATE, {"household": household, "form": form, "heading": heading}, status)


@staff(*access.KEEPERS, "grid_worker")
@require_http_methods(METHODS)
def person_death(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, name = membership.household, membership.person.name
    must_keep(request, household)
    form = DeathForm(asked.POST or None)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            day = form.cleaned_data["on"]
            status = tried(form, lambda: actions.record_death(membership.person, by=asked.user, on=day))
            if not status:
                messages.success(request, _("Entered: %(name)s has died.") % {"name": name})
                return _back(household)
    heading = _("%(name)s has died") % {"name": name}
    return page(request, TEMPLATE, {"household": household, "form": form, "heading": heading}, status)


@staff(*access.KEEPERS, "grid_worker")
@require_http_methods(METHODS)
def person_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is known of a person; when somebody else was quicker, both values are shown (409)."""
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, person = membership.household, membership.person
    must_keep(request, household)
    initial = {
        "name": person.name,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "phone": person.phone,
        "seen": person.updated_at.isoformat(),
    }
    form = PersonForm(asked.POST or None, initial=initial)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            status = tried(
                form,
                lambda: actions.change_person(
                    person,
                    by=asked.user,
                    seen=data["seen"],
                    name=data["name"],
                    sex=data["sex"],
                    birth_year=data["birth_year"],
                    phone=data["phone"],
                ),
            )
            if not status:
                messages.success(request, _("Changed."))
                return _back(household)
    now = [
        (_("Name"), person.name),
        (_("Sex"), person.get_sex_display()),
        (_("Year of birth"), str(person.birth_year or "—")),
        (_("Telephone"), masking.phone(person.phone) or "—"),
    ]
    context = {"household": household, "form": form, "heading": person.name, "now": now, "code": status}
    return page(request, TEMPLATE, context, status)
