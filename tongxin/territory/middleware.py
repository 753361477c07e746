"""Which village this request is for, and its scope."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

from tongxin.territory import queries, scope

Handler = Callable[[HttpRequest], HttpResponse]


class VillageMiddleware:
    """By host name, else by the first part of the path, else the home village.

    A path prefix becomes part of the script prefix, so that `reverse()` keeps whoever came to `/nanguan/` there.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = get_script_prefix()
        village = queries.by_host(request.get_host())
        first, _, rest = request.path_info.lstrip("/").partition("/")
        named = queries.by_slug(first) if first else None
        if named is not None and (village is None or village == named):
            village = named
            set_script_prefix(f"{before}{first}/")
            request.path_info = f"/{rest}"
            request.META["SCRIPT_NAME"] = f"{request.META.get('SCRIPT_NAME', '')}/{first}"
        request.village = village or queries.home()  # type: ignore[attr-defined]
        try:
            if request.village is None:  # type: ignore[attr-defined]
                return self.get_response(request)
            with scope.village(request.village.pk):  # type: ignore[attr-defined]
                return self.get_response(request)
        finally:
            set_script_prefix(before)
