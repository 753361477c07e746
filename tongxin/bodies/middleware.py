"""What the user holds in this village, at hand for views and templates; and the gate before all routes."""

from collections.abc import Callable
from typing import Any

from django.contrib import auth
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.functional import SimpleLazyObject

from tongxin.accounts.models import User
from tongxin.bodies import queries
from tongxin.core import matrix

Handler = Callable[[HttpRequest], HttpResponse]


STANDING = "standing"  # in the session: what its user was when it began


class HeldRolesMiddleware:
    """`request.held`; and the end of sessions that were begun when their user was something else.

    Rights follow from today's appointments in any case. That the session ends as well, at the next click after a post
    has begun, ended or run out, means that nobody goes on in a room that is no longer theirs without noticing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.is_authenticated:
            kept = request.session.get(STANDING)
            if kept is not None and kept != queries.standing(user):
                auth.logout(request)

        def look() -> queries.Holdings:
            village = getattr(request, "village", None)
            if village is None or not request.user.is_authenticated:
                return queries.NOTHING
            return queries.held(request.user, village.pk)

        request.held = SimpleLazyObject(look)  # type: ignore[attr-defined]
        response = self.get_response(request)
        user = request.user  # the view may have let somebody in
        if isinstance(user, User) and user.is_authenticated and request.session.get(STANDING) is None:
            request.session[STANDING] = queries.standing(user)
        return response


class GateMiddleware:
    """What `tongxin/matrix.toml` says of a route is what happens: nothing passes that has no line there.

    No line: 404. Not logged in: to the log-in. No post in this village: 404, nothing is told. A method that the door
    does not know: 405. Another post: 403, humanly. What a relation forbids, the view finds out: 404 or 403.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        door = matrix.door(request.resolver_match.view_name) if request.resolver_match else None
        if door is None:
            raise Http404
        if door.audience != "open" and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if door.audience == "door" and not request.held:  # type: ignore[attr-defined]
            raise Http404
        right = door.right(request.method)
        if right is None:
            return HttpResponseNotAllowed(sorted(door.methods))
        if door.audience == "door" and not request.held.roles & right.roles:  # type: ignore[attr-defined]
            raise PermissionDenied
        return None
