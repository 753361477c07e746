"""The log-in of whoever holds a post: given, opened again, closed on a lost telephone, by somebody who sees them."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongxin.accounts import queries as accounts
from tongxin.bodies import access, actions
from tongxin.bodies import forms as shapes
from tongxin.bodies.models import Appointment
from tongxin.bodies.views.tree import BodyRequest, appointment_of
from tongxin.core import clock
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError
from tongxin.core.once import repeats

Deed = Callable[[Appointment, BodyRequest, str], object]
DEEDS: dict[str, Deed] = {
    "unlock": lambda row, asked, words: actions.unlock_login(row.person, by=asked.user, seen=words),
    "out": lambda row, asked, words: actions.log_out_everywhere(row.person, by=asked.user, because=words),
    "ask": lambda row, asked, words: actions.ask_factor_reset(row.person, by=asked.user, because=words),
    "agree": lambda row, asked, words: actions.agree_factor_reset(row.person, by=asked.user),
    "drop": lambda row, asked, words: actions.drop_factor_reset(row.person, by=asked.user),
}


@repeats("the newest code is the one that holds; all else is there already when it is pressed again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest, appointment_pk: UUID) -> HttpResponse:
    """Give one; for who has one, what can be done about it. A code is shown on the answer and nowhere else."""
    asked, row = cast(BodyRequest, request), appointment_of(request, appointment_pk)
    request.menu_at = "bodies:bodies"  # type: ignore[attr-defined]
    form = shapes.LoginForm(asked.POST or None)
    if row.person.user is None:
        if form.is_valid():
            try:
                return _slip(asked, row, actions.give_login(row.person, by=asked.user, **form.cleaned_data))
            except DomainError as error:
                return _page(asked, row, form, status=refused(error, form))
        return _page(asked, row, form, status=422 if form.is_bound else 200)
    if request.method != "POST":
        return _page(asked, row, form)
    words, do = asked.POST.get("words", ""), asked.POST.get("do", "")
    try:
        if do == "code":
            return _slip(asked, row, actions.new_code(row.person, by=asked.user))
        if do in DEEDS:
            DEEDS[do](row, asked, words)
            messages.success(request, _("Entered."))
        else:
            messages.info(request, _("They have a log-in already."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return HttpResponseRedirect(reverse("bodies:login", args=[row.pk]), status=303)


def _page(request: BodyRequest, row: Appointment, form: shapes.LoginForm, status: int = 200) -> HttpResponse:
    user = row.person.user
    context: dict[str, object] = {"row": row, "form": form, "owner": user, "is_own": user == request.user}
    context |= {"may_let_in": access.can_let_in(request.user, row.person), "let_in_above": actions.LET_IN_ABOVE}
    if user is not None:
        context |= {
            "invitation": accounts.open_invitation(user, clock.now()),
            "is_shut": accounts.is_shut(user),
            "has_factor": accounts.has_factor(user),
            "reset": accounts.open_reset(user),
            "has_password": user.has_usable_password(),
        }
    return render(request, "bodies/login_page.html", context, status=status)


def _slip(request: BodyRequest, row: Appointment, code: str) -> HttpResponse:
    """The code, this once; to be printed or read out to the person, face to face."""
    user = row.person.user
    assert user is not None  # noqa: S101 - it was made or found just now
    invitation = accounts.open_invitation(user, clock.now())
    where = request.build_absolute_uri(reverse("accounts:invited"))
    context = {"row": row, "owner": user, "code": code, "invitation": invitation, "where": where}
    return render(request, "bodies/login_code.html", context)
