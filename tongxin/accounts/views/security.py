"""One's own log-in: password, second factors, where it is open, what has happened with it."""

from collections.abc import Callable
from functools import update_wrapper, wraps
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.contrib import auth, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.accounts import actions, passkeys, queries
from tongxin.accounts.forms import AgainForm, PasskeyForm, PasswordForm
from tongxin.accounts.models import Passkey, User
from tongxin.accounts.views import half
from tongxin.accounts.views.second import ASKED, codes_page, host_of
from tongxin.core import sessions
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError
from tongxin.core.once import repeats

P = ParamSpec("P")
METHODS = ["GET", "HEAD", "POST"]


class OwnRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


Own = Callable[Concatenate[OwnRequest, P], HttpResponse]


def own(view: Own[P]) -> Callable[..., HttpResponse]:
    """For whoever is logged in, about themselves; no cache keeps it."""

    @never_cache
    @sensitive_post_parameters()
    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:  # the gate has seen to it
            raise PermissionDenied
        return view(cast(OwnRequest, request), *args, **kwargs)

    return opened


def _to_security() -> HttpResponseRedirect:
    return HttpResponseRedirect(resolve_url("accounts:security"), status=303)


def _prove_first(request: OwnRequest) -> HttpResponse:
    messages.info(request, _("Give your password once more first."))
    return _to_security()


def _proved(view: Own[P]) -> Own[P]:
    """Back to the page, which asks for the password, when it was not given just now."""

    def opened(request: OwnRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        return view(request, *args, **kwargs) if half.is_proved(request) else _prove_first(request)

    return update_wrapper(opened, view)


# --- the page ------------------------------------------------------------------------------------------------------
@repeats("the password once more is the password once more; a wrong try is counted")
@require_http_methods(METHODS)
@own
def security(request: OwnRequest) -> HttpResponse:
    """All of it; handed in with the password, it lets changes through for ten minutes."""
    form = AgainForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    door = half.door(request, request.user)
    try:
        door.knock()
        if not request.user.check_password(form.cleaned_data["password"]):
            raise DomainError(_("The password does not match."), field="password")
    except DomainError as error:
        return _page(request, form, status=refused(error, form))
    door.passed()
    half.prove(request)
    return _to_security()


def _page(request: OwnRequest, again: AgainForm, passkey: PasskeyForm | None = None, status: int = 200) -> HttpResponse:
    user, here = request.user, sessions.hashed(request.session.session_key or "")
    context = {
        "again": again,
        "passkey": passkey or PasskeyForm(),
        "is_proved": half.is_proved(request),
        "is_shared": queries.is_shared(user),
        "has_factor": queries.has_factor(user),
        "has_time_code": queries.has_time_code(user),
        "passkeys": queries.passkeys(user),
        "host": host_of(request),
        "codes_left": queries.codes_left(user),
        "sessions": [(row, data.get("device", ""), row.key == here) for row, data in sessions.of_user(user.pk)],
        "events": queries.events(user),
        "owner": user,
    }
    return render(request, "accounts/account_security.html", context, status=status)


@repeats("only the last ten open anything")
@require_POST
@own
@_proved
def codes(request: OwnRequest) -> HttpResponse:
    """New recovery codes; the old ones no longer open."""
    if not queries.has_time_code(request.user):
        raise Http404
    made = actions.make_recovery_codes(request.user, by=request.user)
    return codes_page(request, request.user, made, resolve_url("accounts:security"))


# --- passkeys ------------------------------------------------------------------------------------------------------
@repeats("an answer is taken once")
@require_http_methods(METHODS)
@own
@_proved
def passkey_new(request: OwnRequest) -> HttpResponse:
    """GET: what the browser is to make, as JSON. POST: what it made."""
    user, host = request.user, host_of(request)
    if request.method != "POST":
        options, state = passkeys.ask_for_new(user, host, queries.passkeys(user, host))
        request.session[ASKED] = state
        return JsonResponse(options)
    form = PasskeyForm(request.POST)
    state = request.session.pop(ASKED, None)
    try:
        if state is None or not form.is_valid():
            raise passkeys.Refused
        made = passkeys.registered(host, state, form.cleaned_data["answer"])
        actions.add_passkey(
            user,
            by=user,
            host=host,
            credential=made.credential,
            public_key=made.public_key,
            signatures=made.signatures,
            name=form.cleaned_data["name"],
        )
    except passkeys.Refused:
        form.add_error(None, _("The device did not make a passkey. It needs scripts and a screen lock."))
        return _page(request, AgainForm(), form, status=422)
    except DomainError as error:
        return _page(request, AgainForm(), form, status=refused(error, form))
    messages.success(request, _("The passkey is added."))
    return _to_security()


@repeats("what is gone stays gone")
@require_POST
@own
def passkey_drop(request: OwnRequest, passkey_pk: UUID) -> HttpResponse:
    row = Passkey.objects.filter(user=request.user, pk=passkey_pk).first()
    if row is None:
        raise Http404
    if not half.is_proved(request):
        return _prove_first(request)
    try:
        actions.drop_passkey(row, by=request.user)
        messages.success(request, _("The passkey is taken away."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return _to_security()


# --- where it is open ----------------------------------------------------------------------------------------------
@repeats("what has ended stays so")
@require_POST
@own
def session_end(request: OwnRequest, session_pk: UUID) -> HttpResponse:
    if not actions.end_session(request.user, by=request.user, session=session_pk):
        raise Http404
    messages.success(request, _("Logged out there."))
    return _to_security()


@repeats("what has ended stays so")
@require_POST
@own
def session_end_others(request: OwnRequest) -> HttpResponse:
    actions.end_others(request.user, by=request.user, but=request.session.session_key or "")
    messages.success(request, _("Logged out everywhere else."))
    return _to_security()


# --- the password --------------------------------------------------------------------------------------------------
@repeats("the action knows the new password when it is there already; a wrong try is counted")
@require_http_methods(METHODS)
@own
def password(request: OwnRequest) -> HttpResponse:
    form = PasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        status = _change(request, form)
        if not status:
            messages.success(request, _("Your new password holds from now on."))
            return HttpResponseRedirect(resolve_url("accounts:password"), status=303)
    return render(request, "accounts/account_password.html", {"form": form}, status=status)


def _change(request: OwnRequest, form: PasswordForm) -> int:
    """0 when done; the other sessions of this log-in end with the old password."""
    door = half.door(request, request.user)
    try:
        door.knock()
        given = form.cleaned_data
        here = request.session.session_key or ""
        row = actions.change_password(request.user, by=request.user, old=given["old"], new=given["new"], here=here)
    except DomainError as error:
        return refused(error, form)
    door.passed()
    auth.update_session_auth_hash(request, row)
    return 0
