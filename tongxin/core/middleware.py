"""A number for each request, and how large and how simple this person wants the pages."""

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

Handler = Callable[[HttpRequest], HttpResponse]

request_id: ContextVar[str] = ContextVar("request_id", default="")  # `core.logs` writes it into each line

COOKIE = "show"
YEAR = 365 * 24 * 3600


class RequestIdMiddleware:
    """`request.id`: eight characters that stand on an error page and in the log, and mean nothing else.

    Made here and never taken from outside, where anybody could write into our log.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = secrets.token_hex(4)  # type: ignore[attr-defined]
        token = request_id.set(request.id)  # type: ignore[attr-defined]
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


@dataclass(frozen=True)
class Display:
    """Letter size in four steps (standard, large, larger, largest), and the simple pages with fewer things on them."""

    size: int = 1
    simple: bool = False

    @property
    def word(self) -> str:
        """As the cookie and `?s=` carry it: "1" to "4", with an "s" for simple."""
        return f"{self.size}s" if self.simple else str(self.size)

    @classmethod
    def read(cls, word: str) -> "Display | None":
        """The other way; None when the word is none of ours."""
        size, simple = word[:1], word[1:]
        if size not in {"1", "2", "3", "4"} or simple not in {"", "s"}:
            return None
        return cls(int(size), simple == "s")


def remember(response: HttpResponse, display: Display) -> None:
    """Keep the choice for a year. A choice of the person and no identification: it holds nothing else."""
    response.set_cookie(
        COOKIE, display.word, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


class DisplayMiddleware:
    """`request.display`, from `?s=` in the address (for phones that keep no cookies), else from the cookie."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = Display.read(request.GET.get("s", ""))
        kept = Display.read(request.COOKIES.get(COOKIE, ""))
        request.display = asked or kept or Display()  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        if asked is not None and asked != kept and COOKIE not in response.cookies:
            remember(response, asked)
        return response
