"""What every resident's view starts from: an open door, a village, and pages that nobody keeps."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tongxin.bodies.queries import Holdings
from tongxin.core.errors import DomainError
from tongxin.core.middleware import Display
from tongxin.territory.models import Village

P = ParamSpec("P")


class NotThere(DomainError):
    """Nothing of that number, code or card."""

    status = 404


class Gone(DomainError):
    """A code or a card that a newer one has replaced."""

    status = 410


class VillageRequest(HttpRequest):
    """A request as the middleware leaves it."""

    village: Village
    display: Display
    held: Holdings


Page = Callable[Concatenate[VillageRequest, P], HttpResponseBase]


def resident(view: Page[P]) -> Callable[..., HttpResponseBase]:
    """A page for residents, whose door stands open in the matrix; 404 before the first village is entered.

    Pages differ by what this phone has told before and hold forms, so no cache and no back button keeps them.
    """

    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "village", None) is None:
            raise Http404
        asked = cast(VillageRequest, request)
        response: HttpResponseBase
        try:
            response = view(asked, *args, **kwargs)
        except DomainError as error:  # a rule said no, and the view knew nothing better than to say so
            response = stopped(asked, error)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    return opened


def stopped(request: VillageRequest, error: DomainError, *, back: str = "", action: Any = "") -> HttpResponse:
    """A 'no' as a page in words, with a way on."""
    context = {"reason": error.message, "back": back, "action": action, "again": error.field == "number"}
    return render(request, "issues/resident_stop.html", context, status=error.status)
