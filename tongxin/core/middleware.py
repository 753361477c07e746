"""A number for each request, and how large and how simple this person wants the pages."""

import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from tongxin.core import disk

Handler = Callable[[HttpRequest], HttpResponse]

request_id: ContextVar[str] = ContextVar("request_id", default="")  # `core.logs` writes it into each line

COOKIE = "show"
YEAR = 365 * 24 * 3600


def cookie_name(name: str, *, path: str = "/") -> str:
    """How a cookie is called: over HTTPS a browser holds it to this host (`__Host-`), one of a path to HTTPS."""
    if not settings.HTTPS:
        return name
    return f"__Host-{name}" if path == "/" else f"__Secure-{name}"


class _WordsCookie(CookieStorage):
    @property
    def cookie_name(self) -> str:  # type: ignore[override]
        return cookie_name("messages")


class Words(FallbackStorage):
    """What a page says once after a press: Django's own storage, its cookie called like the others."""

    storage_classes = (_WordsCookie, SessionStorage)


class GuardMiddleware:
    """Headers for every answer, files and errors included, that no middleware of Django's sets (R42)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        return response


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
    name = cookie_name(COOKIE)
    response.set_cookie(
        name, display.word, max_age=YEAR, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax"
    )


class RoomMiddleware:
    """Read-only while a disk is full: nothing is begun that could not be kept (R56). Looking costs two calls of the
    kernel each five seconds.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"} and disk.is_full():
            from tongxin.core.views import disk_full

            disk.forget()  # the next press asks again, so that room that came back is noticed at once
            return disk_full(request)
        return self.get_response(request)


class DisplayMiddleware:
    """`request.display`, from `?s=` in the address (for phones that keep no cookies), else from the cookie."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = Display.read(request.GET.get("s", ""))
        kept = Display.read(request.COOKIES.get(cookie_name(COOKIE), ""))
        request.display = asked or kept or Display()  # type: ignore[attr-defined]
        response = self.get_response(request)
        patch_vary_headers(response, ("Cookie",))
        if asked is not None and asked != kept and cookie_name(COOKIE) not in response.cookies:
            remember(response, asked)
        return response
