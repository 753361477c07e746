"""Between the password and the second factor nobody is logged in: a note in the session says who is half-way.

So nothing that asks for a log-in can be opened half-way, whatever it forgets to check.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.crypto import constant_time_compare

from tongxin.accounts import actions
from tongxin.accounts.models import User
from tongxin.accounts.queries import Step
from tongxin.core import clock, devices
from tongxin.core.addresses import own_page
from tongxin.core.guessing import Door

KEY, PROVED = "half", "proved_at"
LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Half:
    """Who has given the right password, and what is left to do."""

    user: User
    step: Step
    onward: str


def begin(request: HttpRequest, user: User, step: Step, onward: str) -> None:
    """Under a new session key: the one from before the password is worth nothing any more."""
    request.session.flush()
    request.session[KEY] = {
        "user": str(user.pk),
        "step": step.value,
        "onward": onward,
        "at": clock.now().isoformat(),
        "hash": user.get_session_auth_hash(),
    }


def of(request: HttpRequest, *steps: Step) -> Half | None:
    """Whoever is half-way at one of these steps; None after ten minutes or when the password has changed meanwhile."""
    kept = request.session.get(KEY)
    if not kept or kept["step"] not in {step.value for step in steps}:
        return None
    if clock.now() - datetime.fromisoformat(kept["at"]) > LASTS:
        return None
    user = User.objects.filter(pk=UUID(kept["user"]), is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["hash"]):
        return None
    return Half(user, Step(kept["step"]), kept["onward"])


def door(request: HttpRequest, user: User) -> Door:
    """Password and second factor are guessed at one door: twenty wrong tries at either shut both."""
    return Door(request, "login", user.username)


def let_in(request: HttpRequest, user: User) -> Door:
    """All that was asked was right: log in, under a new session key. The caller lets the door remember the device."""
    stands = door(request, user)
    stands.opened()
    if SESSION_KEY in request.session:  # somebody was in already; Django would keep the key for the same one
        request.session.flush()
    request.session.pop(KEY, None)
    auth.login(request, user)
    label = devices.label(request)
    request.session["device"] = label
    prove(request)
    actions.came_in(user, by=user, on_new_device="" if stands.device else label)
    return stands


def prove(request: HttpRequest) -> None:
    """The password was given just now."""
    request.session[PROVED] = clock.now().isoformat()


def is_proved(request: HttpRequest) -> bool:
    """Whether the password was given in the last ten minutes: what lets others in is not changed from a screen that
    somebody has left open."""
    at = str(request.session.get(PROVED) or "")
    return bool(at) and clock.now() - datetime.fromisoformat(at) <= LASTS


def come_in(request: HttpRequest, user: User, onward: str) -> HttpResponseRedirect:
    """`let_in`, and on to where one wanted to go."""
    stands = let_in(request, user)
    response = HttpResponseRedirect(onward, status=303)
    stands.remember(response)
    return response


def wanted(request: HttpRequest) -> str:
    """Where one wanted to go, when that is one of our pages; else to where one's post is."""
    named = request.POST.get("next") or request.GET.get("next") or ""
    return own_page(named) or resolve_url(settings.LOGIN_REDIRECT_URL)
