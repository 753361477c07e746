"""What every resident's view starts from: an open door, a village, and pages that nobody keeps."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers, patch_cache_control

from tongxin.bodies.queries import Holdings
from tongxin.core.access import public
from tongxin.core.errors import DomainError
from tongxin.core.middleware import Display
from tongxin.territory.models import Village

P = ParamSpec("P")


class VillageRequest(HttpRequest):
    """A request as the middleware leaves it."""

    village: Village
    display: Display
    held: Holdings


Page = Callable[Concatenate[VillageRequest, P], HttpResponse]


def resident(reason: str) -> Callable[[Page[P]], Callable[..., HttpResponse]]:
    """Open to everybody, for the said reason; 404 before the first village is entered.

    Pages differ by what this phone has told before and hold forms, so no cache and no back button keeps them.
    """

    def open_door(view: Page[P]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if getattr(request, "village", None) is None:
                raise Http404
            response = view(cast(VillageRequest, request), *args, **kwargs)
            if "Cache-Control" not in response:
                add_never_cache_headers(response)
                patch_cache_control(response, no_store=True)
            return response

        return public(reason)(opened)

    return open_door


def stopped(request: VillageRequest, error: DomainError, *, back: str = "", action: Any = "") -> HttpResponse:
    """A 'no' as a page in words, with a way on."""
    context = {"reason": error.message, "back": back, "action": action}
    return render(request, "issues/resident_stop.html", context, status=error.status)
