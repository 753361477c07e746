"""Who belongs to a household: joining, leaving, moving, dying, and what is known of a person."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from tongxin.core.answering import again, tried
from tongxin.core.once import once
from tongxin.people import actions, queries
from tongxin.people.forms import DeathForm, HeadForm, JoinForm, LeaveForm, MoveForm, PersonForm
from tongxin.people.models import Household, Membership, Relation
from tongxin.people.views.common import (
    RegisterRequest,
    decided,
    household_of,
    household_page,
    membership_of,
    must_keep,
    page,
)

METHODS = ["GET", "HEAD", "POST"]
TEMPLATE = "people/household_form.html"


def _back(household: Household) -> HttpResponse:
    return HttpResponseRedirect(reverse("people:household", args=[household.pk]), status=303)


@require_http_methods(METHODS)
@once
def member_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    household = household_of(request, pk)
    must_keep(request, household)
    now = queries.members(household)[0]
    form = JoinForm(asked.POST or None, has_head=any(m.relation == Relation.HEAD for m in now))
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid() and (member := decided(asked.village, form)) is not None:
            day = form.cleaned_data["from_on"]
            status = tried(form, lambda: actions.take_in(household, member, by=asked.user, on=day))
            if not status:
                messages.success(request, _("%(name)s now belongs to the household.") % {"name": member.name})
                return _back(household)
    return page(request, TEMPLATE, {"household": household, "form": form, "heading": _("Somebody joins")}, status)


@require_http_methods(METHODS)
@once
def member_leave(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, name = membership.household, membership.person.name
    must_keep(request, household)
    form = LeaveForm(asked.POST or None)
    return household_page(
        request,
        household,
        form,
        lambda: actions.leave(membership, by=asked.user, **form.cleaned_data),
        _("%(name)s has left the household.") % {"name": name},
        _("%(name)s leaves") % {"name": name},
    )


@require_http_methods(METHODS)
@once
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
            rows = Household.objects.visible_to(asked.user).filter(number=data["to"].strip(), closed_on=None)
            to = rows.select_related("grid").first()
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


@require_http_methods(METHODS)
@once
def person_death(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, name = membership.household, membership.person.name
    must_keep(request, household)
    form = DeathForm(asked.POST or None)
    return household_page(
        request,
        household,
        form,
        lambda: actions.record_death(membership.person, by=asked.user, **form.cleaned_data),
        _("Entered: %(name)s has died.") % {"name": name},
        _("%(name)s has died") % {"name": name},
    )


@require_http_methods(METHODS)
@once
def household_head(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Another head: the number of the household stays, and the one before becomes a member."""
    asked = cast(RegisterRequest, request)
    household = household_of(request, pk)
    must_keep(request, household)
    form = HeadForm(asked.POST or None, members=queries.members(household)[0])
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            chosen, former = form.cleaned_data["member"], form.cleaned_data.get("former", Relation.OTHER)
            status = tried(form, lambda: actions.choose_head(chosen, by=asked.user, former=former))
            if not status:
                name = chosen.person.name
                messages.success(
                    request, _("%(name)s heads the household. Look at the others' relations.") % {"name": name}
                )
                return _back(household)
    return page(request, TEMPLATE, {"household": household, "form": form, "heading": _("Another head")}, status)


@require_http_methods(METHODS)
@once
def person_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What is known of a member; when somebody else was quicker, both values are shown (409)."""
    asked = cast(RegisterRequest, request)
    membership = membership_of(request, pk)
    household, person = membership.household, membership.person
    must_keep(request, household)
    is_head = membership.relation == Relation.HEAD
    form = PersonForm(asked.POST or None, initial=_shown(membership), is_head=is_head, phone=person.phone)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            status = tried(form, lambda: _change(asked, membership, form))
            if not status:
                messages.success(request, _("Changed."))
                return _back(household)
    context: dict[str, object] = {"household": household, "form": form, "heading": person.name}
    if status == 409:
        now = membership_of(request, pk)
        shown = _shown(now)
        context |= {"form": again(form, seen=str(shown["seen"]), stood=str(shown["stood"])), "now": _stands(now)}
    return page(request, TEMPLATE, context, status)


def _shown(membership: Membership) -> dict[str, object]:
    """What the page shows of a member, and how it was then."""
    person = membership.person
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_year": person.birth_year,
        "relation": membership.relation,
        "residence": membership.residence,
        "is_away": membership.is_away,
        "seen": person.updated_at.isoformat(),
        "stood": str(actions.Standing.of(membership)),
    }


def _change(request: RegisterRequest, membership: Membership, form: PersonForm) -> None:
    data = form.cleaned_data
    actions.change_member(
        membership,
        by=request.user,
        seen=data["seen"],
        stood=actions.Standing.read(data["stood"]),
        standing=actions.Standing(data["relation"], data["residence"], data["is_away"]),
        name=data["name"],
        sex=data["sex"],
        birth_year=data["birth_year"] or "",
        phone="" if data.get("no_phone") else data["phone"] or None,
    )


def _stands(membership: Membership) -> list[tuple[str, str]]:
    person = membership.person
    return [
        (pgettext("person", "Name"), person.name),
        (_("Sex"), str(person.get_sex_display())),
        (_("Year of birth"), str(person.birth_year or "—")),
        (_("Telephone"), str(person.phone) or "—"),
        (_("Relation to the head"), str(membership.get_relation_display())),
        (_("Where"), _("Away") if membership.is_away else _("At home")),
    ]
