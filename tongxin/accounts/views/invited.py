"""Setting one's own password by a one-time code: the first one, or a new one for a forgotten one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tongxin.accounts import actions
from tongxin.accounts.forms import InvitedForm
from tongxin.core.answering import refused
from tongxin.core.errors import DomainError
from tongxin.core.guessing import Door
from tongxin.core.once import repeats


@repeats("a code sets a password once; a wrong try is counted")
@never_cache
@sensitive_post_parameters("code", "new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    form = InvitedForm(request.POST if request.method == "POST" else None, user=None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        status = _accepted(request, form)
        if not status:
            messages.success(request, _("The password is yours. Log in with it now."))
            return HttpResponseRedirect(resolve_url("accounts:login"), status=303)
    return render(request, "accounts/account_invited.html", {"form": form}, status=status)


def _accepted(request: HttpRequest, form: InvitedForm) -> int:
    """0 when done. Guessed at a door of its own: a locked log-in is opened by a code, not by waiting."""
    given = form.cleaned_data
    door = Door(request, "invited", given["username"])
    try:
        door.knock()
        actions.accept(given["username"], code=given["code"], new=given["new"])
    except DomainError as error:
        return refused(error, form)
    door.opened()
    return 0
