"""The quiet channel: pages under one prefix that know nobody (R21).

They run through a stack of their own (`settings.QUIET_MIDDLEWARE`) without session, log-in, CSRF cookie or messages. Of
the request only what an answer needs is kept; no cookie is set; the log says nothing but that something broke. What is
written is written by the day: no column and no id tells the hour.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.module_loading import import_string

from tongxin.core import clock, ids, logs, matrix, middleware, views

View = TypeVar("View", bound=Callable[..., Any])
Handler = Callable[[HttpRequest], HttpResponseBase]

log = logging.getLogger(__name__)

# What an answer needs. Neither address nor device, neither where from nor which languages, no key of a proxy.
KEPT = frozenset(
    {
        "REQUEST_METHOD",
        "SCRIPT_NAME",
        "PATH_INFO",
        "QUERY_STRING",
        "CONTENT_TYPE",
        "CONTENT_LENGTH",
        "SERVER_NAME",
        "SERVER_PORT",
        "SERVER_PROTOCOL",
        "HTTP_HOST",
        "HTTP_X_FORWARDED_PROTO",
        "HTTP_ACCEPT_ENCODING",
        "HTTP_RANGE",
    }
)
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


# --- by the day ---------------------------------------------------------------------------------------------------
def moment(zone: clock.Zone = None, after: datetime | None = None) -> datetime:
    """The beginning of the village's day; a microsecond behind `after` when that is later, so that a story keeps its
    order: it tells no more than that one thing came behind another.
    """
    start = clock.at(clock.today(zone), zone=zone)
    return start if after is None or after < start else after + timedelta(microseconds=1)


@contextmanager
def by_the_day(zone: clock.Zone = None, after: datetime | None = None) -> Iterator[datetime]:
    """Whatever is written within is dated by `moment`, in its columns and in its ids."""
    at = moment(zone, after)
    with clock.stopped_at(at), ids.made_at(at):
        yield at


# --- the views ----------------------------------------------------------------------------------------------------
def quiet(view: View) -> View:
    """Mark a view as one of the quiet channel: it answers there and nowhere else."""

    @wraps(view)
    def only_here(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not logs.hushed.get():
            raise Http404
        return view(request, *args, **kwargs)

    only_here.is_quiet = True  # type: ignore[attr-defined]
    return only_here  # type: ignore[return-value]


# --- the channel --------------------------------------------------------------------------------------------------
def is_quiet_path(path: str) -> bool:
    """`/n/…`, with or without a village's own prefix before it."""
    return re.match(rf"/+(?:[^/]+/)?{re.escape(settings.QUIET_PREFIX)}(?:/|$)", path) is not None


class QuietChannel:
    """The first middleware of all: takes quiet requests aside before anything has looked at them."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.quiet: Handler = _answer
        for path in reversed(settings.QUIET_MIDDLEWARE):
            self.quiet = import_string(path)(self.quiet)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not is_quiet_path(request.path_info):
            return self.get_response(request)
        is_foreign = request.META.get("HTTP_SEC_FETCH_SITE", "same-origin") not in ("same-origin", "none")
        environ = request.META
        strip(request)
        silent = logs.hushed.set(True)
        no_id = middleware.request_id.set("")
        try:
            response = self._answered(request, is_foreign=is_foreign)
        finally:
            logs.hushed.reset(silent)
            middleware.request_id.reset(no_id)
            # the server may write its own line from here afterwards
            environ["PATH_INFO"] = environ["RAW_URI"] = f"/{settings.QUIET_PREFIX}/"
            environ["QUERY_STRING"] = ""
        return hardened(request, response)

    def _answered(self, request: HttpRequest, *, is_foreign: bool) -> HttpResponseBase:
        try:
            if is_foreign and request.method not in ("GET", "HEAD"):
                raise PermissionDenied
            return self.quiet(request)
        except Exception as error:  # of the stack itself: a wrong host name, a village's prefix
            return _refused(request, error)


def strip(request: HttpRequest) -> None:
    """Forget who asks, before anybody has read it. Two choices stay: letter size and language."""
    choices = {middleware.COOKIE: r"[1-4]s?", settings.LANGUAGE_COOKIE_NAME: r"[a-zA-Z-]{2,10}"}
    given = request.COOKIES
    kept = {name: given[name] for name, shape in choices.items() if re.fullmatch(shape, given.get(name, ""))}
    for key in [key for key in request.META if key not in KEPT and not key.startswith("wsgi.")]:
        del request.META[key]
    request.COOKIES = kept
    request.user = AnonymousUser()
    request.csp_nonce = secrets.token_urlsafe(16)  # type: ignore[attr-defined]


def hardened(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """No cookie goes out, and what the browser may keep or tell is nothing."""
    response.cookies.clear()
    for name in ("Vary", "X-Request-ID", "ETag", "Last-Modified"):
        if name in response:
            del response[name]
    for name, value in HEADERS.items():
        response[name] = value
    response["Content-Security-Policy"] = POLICY.format(nonce=request.csp_nonce)  # type: ignore[attr-defined]
    return response


def _answer(request: HttpRequest) -> HttpResponseBase:
    try:
        match = resolve(request.path_info)
        door = matrix.door(match.view_name)
        if door is None or door.audience != "open" or not getattr(match.func, "is_quiet", False):
            raise Http404
        if door.right(request.method) is None:
            return HttpResponseNotAllowed(sorted(door.methods))
        request.resolver_match = match
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response
    except Exception as error:
        return _refused(request, error)


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """The usual error pages; Django's own way would write path and request into the log."""
    if isinstance(error, Http404):
        return views.not_found(request, error)
    if isinstance(error, PermissionDenied):
        return views.denied(request, error)
    if isinstance(error, BadRequest | SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return views.bad_request(request, error)
    log.error("a page failed", exc_info=error)
    return views.server_error(request)
