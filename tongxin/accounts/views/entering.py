"""In by name and password, and out."""

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tongxin.accounts import actions, queries
from tongxin.accounts.forms import LoginForm
from tongxin.accounts.models import User
from tongxin.accounts.queries import Step
from tongxin.accounts.views import half
from tongxin.core.errors import DomainError, Locked, TooMany
from tongxin.core.guessing import Door
from tongxin.core.once import repeats


@repeats("whoever is in comes in again; a wrong try is counted although nothing else is done")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    onward = half.wanted(request)
    if request.user.is_authenticated and request.method != "POST":
        return redirect(onward)
    form = LoginForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _login_page(request, form, status=422 if form.is_bound else 200)
    door = Door(request, "login", form.cleaned_data["username"])
    try:
        door.knock()
    except DomainError as error:
        if isinstance(error, Locked):
            actions.found_shut(form.cleaned_data["username"])
        return _login_page(request, form, stopped=error, status=error.status)
    user = _known(request, form)
    if user is None:
        form.add_error(None, _("Name and password do not go together. Please look again."))
        return _login_page(request, form, status=422)
    step = queries.step(user)
    if step is Step.IN:
        response = half.come_in(request, user, onward)
        if not queries.is_shared(user) and user.factor_due_at is not None and not queries.has_factor(user):
            messages.info(request, _("Set up a second factor in these days: see “My log-in”."))
        return response
    door.passed()
    half.begin(request, user, step, onward)
    where = "accounts:second" if step is Step.SECOND else "accounts:enrol"
    return HttpResponseRedirect(resolve_url(where), status=303)


def _known(request: HttpRequest, form: LoginForm) -> User | None:
    """Whoever bears name and password. The work is the same for an unknown name: Django hashes for it too.

    The demonstration's password is printed; where there is no demonstration it opens nothing, whoever has kept it.
    """
    user = auth.authenticate(request, **form.cleaned_data)
    if not isinstance(user, User):
        return None
    if form.cleaned_data["password"] == queries.DEMO_PASSWORD and not queries.is_shared(user):
        return None
    return user


def _login_page(
    request: HttpRequest, form: LoginForm, *, stopped: DomainError | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "retry_at": stopped.retry_at if isinstance(stopped, TooMany) else None,
        "is_shut": isinstance(stopped, Locked),
    }
    return render(request, "accounts/account_login.html", context, status=status)


@repeats("whoever is out stays out")
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    auth.logout(request)
    messages.success(request, _("You have logged out."))
    return HttpResponseRedirect(resolve_url("accounts:login"), status=303)
