"""What the user holds in this village, at hand for views and templates; and the net under all routes."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from tongxin.bodies import queries
from tongxin.core import access

Handler = Callable[[HttpRequest], HttpResponse]


class HeldRolesMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        def look() -> queries.Holdings:
            village = getattr(request, "village", None)
            if village is None or not request.user.is_authenticated:
                return queries.NOTHING
            return queries.held(request.user, village.pk)

        request.held = SimpleLazyObject(look)  # type: ignore[attr-defined]
        return self.get_response(request)


class StaffOnlyMiddleware:
    """Every view is for staff unless it says `core.access.public(reason)`: forgetting leaves a door closed."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if access.is_public(view):
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.held:  # type: ignore[attr-defined]
            raise Http404
        wanted = access.roles_of(view)
        if wanted != access.ANY_POST and not request.held.roles & wanted:  # type: ignore[attr-defined]
            raise PermissionDenied
        return None
