"""What the register's views share."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from tongxin.accounts.models import User
from tongxin.core import answering
from tongxin.people import access, actions, queries
from tongxin.people.forms import MemberForm
from tongxin.people.models import Household, Membership
from tongxin.territory.models import Village


class RegisterRequest(HttpRequest):
    """A request of somebody who may read the register of this village."""

    user: User
    village: Village


def household_of(request: HttpRequest, pk: UUID) -> Household:
    """Raises Http404 for a household that this user does not see."""
    rows = Household.objects.visible_to(request.user).select_related("group", "grid", "village")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def membership_of(request: HttpRequest, pk: UUID) -> Membership:
    """Raises Http404 for one that this user does not see, or that has ended."""
    rows = Membership.objects.visible_to(request.user).filter(pk=pk, to_on=None)
    found = rows.select_related("person", "household", "household__grid", "village", "person__village").first()
    if found is None:
        raise Http404
    return found


def must_keep(request: HttpRequest, household: Household) -> None:
    """403 for who may read this household and not keep it."""
    if not access.can_keep_household(cast(RegisterRequest, request).user, household.village_id, household.grid_id):
        raise PermissionDenied


def decided(village: Village, form: MemberForm) -> actions.Member | None:
    """The member of a valid form; None while it asks whether they are somebody whom the register knows."""
    data = form.cleaned_data
    return form.decided(queries.namesakes(village, data["name"], data["birth_year"]))


@dataclass(frozen=True)
class Together:
    """Several forms on one page, under one error summary."""

    forms: list[forms.Form]

    @property
    def errors(self) -> list[str]:
        return [f"{i}-{name}" for i, form in enumerate(self.forms) for name in form.errors]

    def non_field_errors(self) -> list[Any]:
        return [error for form in self.forms for error in form.non_field_errors()]

    def __iter__(self) -> Iterator[BoundField]:
        return (bound for form in self.forms for bound in form)


def page(request: HttpRequest, template: str, context: dict[str, object], status: int = 200) -> HttpResponse:
    """A page of the register; no cache keeps it."""
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def household_page(
    request: HttpRequest, household: Household, form: forms.Form, deed: Callable[[], object], said: str, heading: str
) -> HttpResponse:
    """A form and one act about a household, and back to it."""
    return answering.form_page(
        request,
        form,
        deed,
        said,
        heading=heading,
        back=reverse("people:household", args=[household.pk]),
        template="people/household_form.html",
        household=household,
    )
