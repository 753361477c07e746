"""In, out, and one's own password."""

from datetime import timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.accounts import actions
from tongxin.accounts.forms import LoginForm, PasswordForm
from tongxin.accounts.models import User
from tongxin.core import throttle
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError, TooMany
from tongxin.core.once import repeats

REST = timedelta(minutes=15)
TRIES_HERE, TRIES_NAME, TRIES_ADDRESS = 5, 20, 60  # a name from one address; a name from anywhere; an address


@repeats("whoever is in comes in again; a wrong try is counted although nothing else is done")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    onward = _onward(request)
    if request.user.is_authenticated and request.method != "POST":
        return redirect(onward)
    form = LoginForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _login_page(request, form, status=422 if form.is_bound else 200)
    keys = _keys(request, form.cleaned_data["username"])
    try:
        for key, limit in keys:
            throttle.check(key, limit, REST)
    except TooMany as error:
        return _login_page(request, form, retry_at=error, status=429)
    user = auth.authenticate(request, **form.cleaned_data)
    if user is None:
        for key, _limit in keys:
            throttle.hit(key)
        form.add_error(None, _("Name and password do not go together. Please look again."))
        return _login_page(request, form, status=422)
    throttle.clear(keys[0][0])
    auth.login(request, user)
    return HttpResponseRedirect(onward, status=303)


def _keys(request: HttpRequest, name: str) -> list[tuple[str, int]]:
    """What is counted. The pair comes first: only it is forgotten when the right person has come."""
    name, address = name.strip().lower(), request.META.get("REMOTE_ADDR", "")
    return [
        (f"login|{name}|{address}", TRIES_HERE),
        (f"login-name|{name}", TRIES_NAME),
        (f"login-address|{address}", TRIES_ADDRESS),
    ]


def _onward(request: HttpRequest) -> str:
    """Where one wanted to go, when that is one of our pages; else to where one's post is."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(settings.LOGIN_REDIRECT_URL)


def _login_page(
    request: HttpRequest, form: LoginForm, *, retry_at: TooMany | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "retry_at": retry_at.retry_at if retry_at else None,
    }
    return render(request, "accounts/account_login.html", context, status=status)


@repeats("whoever is out stays out")
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("You have logged out."))
    return HttpResponseRedirect(resolve_url("accounts:login"), status=303)


@repeats("the action knows the new password when it is there already; a wrong try is counted")
@never_cache
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    user = request.user
    form = PasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid() and _changed(request, user, form):
        messages.success(request, _("Your new password holds from now on."))
        return HttpResponseRedirect(resolve_url("accounts:password"), status=303)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/account_password.html", {"form": form}, status=status)


def _changed(request: HttpRequest, user: User, form: PasswordForm) -> bool:
    """Whether it was done; the other sessions of this log-in end with the old password."""
    key = f"password|{user.pk}"
    try:
        throttle.check(key, TRIES_HERE, REST)
        row = actions.change_password(user, by=user, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
    except DomainError as error:
        if error.field:
            throttle.hit(key)
        refused(error, form)
        return False
    throttle.clear(key)
    auth.update_session_auth_hash(request, row)
    return True
