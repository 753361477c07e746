"""After the password: showing the second factor, or setting one up."""

from typing import Any

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongxin.accounts import actions, passkeys, queries, timecodes
from tongxin.accounts.forms import ConfirmForm, SecondForm
from tongxin.accounts.models import User
from tongxin.accounts.queries import Step
from tongxin.accounts.views import half
from tongxin.core.errors import DomainError, TooMany
from tongxin.core.once import repeats

ASKED = "passkey"  # in the session: what a passkey was asked to sign
METHODS = ["GET", "HEAD", "POST"]


@repeats("a code opens once; a wrong try is counted although nothing else is done")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(METHODS)
def second(request: HttpRequest) -> HttpResponse:
    """A code from the telephone or from paper."""
    asked = half.of(request, Step.SECOND)
    if asked is None:
        return HttpResponseRedirect(resolve_url("accounts:login"), status=303)
    form = SecondForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _second_page(request, asked, form, status=422 if form.is_bound else 200)
    try:
        half.door(request, asked.user).knock()
    except DomainError as error:
        return _second_page(request, asked, form, stopped=error, status=error.status)
    if not actions.use_second(asked.user, typed=form.cleaned_data["code"]):
        form.add_error("code", _("That does not fit. Take the digits that stand there now."))
        return _second_page(request, asked, form, status=422)
    return half.come_in(request, asked.user, asked.onward)


@repeats("an answer is taken once; a wrong try is counted")
@never_cache
@sensitive_post_parameters("answer")
@require_http_methods(METHODS)
def second_passkey(request: HttpRequest) -> HttpResponse:
    """GET: what to sign, as JSON. POST: the signature, and in."""
    asked, host = half.of(request, Step.SECOND), host_of(request)
    if asked is None:
        return HttpResponseRedirect(resolve_url("accounts:login"), status=303)
    known = queries.passkeys(asked.user, host)
    if request.method != "POST":
        options, state = passkeys.ask_for(host, known)
        request.session[ASKED] = state
        return JsonResponse(options)
    form = SecondForm()
    try:
        half.door(request, asked.user).knock()
    except DomainError as error:
        return _second_page(request, asked, form, stopped=error, status=error.status)
    state = request.session.pop(ASKED, None)  # once: an answer is not taken twice
    try:
        if state is None:
            raise passkeys.Refused
        used, signatures = passkeys.answered(host, state, known, request.POST.get("answer", ""))
        if not actions.use_passkey(used, signatures=signatures):
            raise passkeys.Refused
    except passkeys.Refused:
        return _second_page(request, asked, form, passkey_failed=True, status=422)
    return half.come_in(request, asked.user, asked.onward)


def _second_page(
    request: HttpRequest,
    asked: half.Half,
    form: SecondForm,
    *,
    stopped: DomainError | None = None,
    passkey_failed: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "has_passkey": bool(queries.passkeys(asked.user, host_of(request))),
        "has_codes": queries.has_time_code(asked.user),
        "passkey_failed": passkey_failed,
        "retry_at": stopped.retry_at if isinstance(stopped, TooMany) else None,
        "is_shut": stopped is not None and not isinstance(stopped, TooMany),
    }
    return render(request, "accounts/account_second.html", context, status=status)


# --- setting one up ------------------------------------------------------------------------------------------------
@repeats("what is confirmed is not confirmed again")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(METHODS)
def enrol(request: HttpRequest) -> HttpResponse:
    """A square for the telephone; the first six digits confirm it. Then the recovery codes, shown this once."""
    asked = half.of(request, Step.ENROL)
    if asked is None and not request.user.is_authenticated:
        return HttpResponseRedirect(resolve_url("accounts:login"), status=303)
    if asked is None and not half.is_proved(request):
        return HttpResponseRedirect(resolve_url("accounts:security"), status=303)
    user = asked.user if asked is not None else request.user
    assert isinstance(user, User)  # noqa: S101 - is_authenticated above
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    secret = ""
    try:
        secret = actions.begin_time_code(user, by=user)
        if form.is_valid():
            made = actions.confirm_time_code(user, by=user, code=form.cleaned_data["code"])
            return _set_up(request, user, made, asked)
    except DomainError as error:
        if not error.field:  # there is no secret to show
            return render(request, "accounts/account_stop.html", {"reason": error.message}, status=error.status)
        form.add_error(error.field, str(error.message))
    context = {
        "form": form,
        "square": _square(request, user, secret),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "is_owed": asked is not None,
    }
    return render(request, "accounts/account_enrol.html", context, status=422 if form.errors else 200)


def _set_up(request: HttpRequest, user: User, made: list[str], asked: half.Half | None) -> HttpResponse:
    """In, if that was what was left to do, and the recovery codes on a page that no cache keeps."""
    stands = half.let_in(request, user) if asked is not None else None
    onward = asked.onward if asked is not None else resolve_url("accounts:security")
    response = codes_page(request, user, made, onward)
    if stands is not None:
        stands.remember(response)
    return response


def codes_page(request: HttpRequest, user: User, made: list[str], onward: str) -> HttpResponse:
    return render(request, "accounts/account_codes.html", {"codes": made, "onward": onward, "owner": user})


def _square(request: HttpRequest, user: User, secret: str) -> Any:
    """The address for the authenticator app as an inline drawing; our text only, so it is safe."""
    village = getattr(request, "village", None)
    issuer = f"{_('Tongxin')} {village.name if village else request.get_host()}"
    drawing = segno.make(timecodes.address(secret, issuer, user.username), error="m", micro=False)
    return mark_safe(drawing.svg_inline(scale=4, border=2, omitsize=True, svgclass="qr"))  # noqa: S308


def host_of(request: HttpRequest) -> str:
    """The host a passkey answers for; without the port, which it does not know."""
    host = request.get_host()
    name, _colon, port = host.rpartition(":")
    return name if port.isdigit() else host
