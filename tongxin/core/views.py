"""Error pages, the reader's choices, and the sign of life."""

import json
import logging
import re
import sys
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.urls import Resolver404, get_script_prefix, resolve
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.core import disk, throttle
from tongxin.core.addresses import own_page
from tongxin.core.errors import TooMany
from tongxin.core.middleware import Display, remember
from tongxin.core.once import repeats

log = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Whatever broke may be the database or a context processor. A disk that is full is said to be so."""
    if disk.says_full(sys.exc_info()[1]):
        disk.forget()
        return disk_full(request)
    return _alone(request, "500.html", _("Our side had a problem."), 500)


def disk_full(request: HttpRequest) -> HttpResponse:
    """Nothing of this press was kept; what was said to be kept before, is. Reading goes on (R56)."""
    response = _alone(request, "503.html", _("We have no room to keep anything new just now."), 503)
    response["Retry-After"] = "300"
    return response


def _alone(request: HttpRequest, template: str, words: str, status: int) -> HttpResponse:
    """A page that stands alone. Words only, if even that breaks."""
    village = getattr(request, "village", None)
    context = {
        "phone": getattr(village, "phone", ""),
        "request_id": getattr(request, "id", ""),
        "nonce": str(getattr(request, "csp_nonce", "")),
    }
    try:
        page = loader.get_template(template).render(context)
    except Exception:
        log.exception("the error page itself failed")
        said = "\n".join(filter(None, (words, context["phone"], context["request_id"])))
        return HttpResponse(said, content_type="text/plain; charset=utf-8", status=status)
    response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that lay open too long; nothing was done with it."""
    words = _("This page lay open too long. Go back, load it again and send once more.")
    return render(request, "403.html", {"reason": words}, status=403)


def _next(request: HttpRequest) -> str:
    return own_page(request.POST.get("next", "")) or get_script_prefix()  # the first page of the village


@repeats("a choice is written over itself, in a cookie")
@require_http_methods(["GET", "HEAD", "POST"])
def display(request: HttpRequest) -> HttpResponse:
    """Letter size and simple pages; kept in a cookie that holds nothing else."""
    if request.method != "POST":
        return render(request, "core/display.html", {"next": request.GET.get("next", "")})
    size = request.POST.get("size", "1")
    chosen = Display(int(size) if size in {"1", "2", "3", "4"} else 1, request.POST.get("simple") == "1")
    response = HttpResponseRedirect(_next(request), status=303)
    remember(response, chosen)
    return response


@repeats("a choice is written over itself, in a cookie")
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(_next(request), status=303)
    code = request.POST.get("language", "")
    if code in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


REPORTS, PER = 30, timedelta(hours=1)  # lines in the log, whoever sends them
A_REPORT = 8192  # bytes; a browser's has less than two thousand
WORD = re.compile(r"[a-z][a-z-]{2,40}")


@csrf_exempt
@repeats("a line in the log, thirty an hour at most")
@require_POST
def policy_report(request: HttpRequest) -> HttpResponse:
    """A browser refused something that a page of ours asked for: a script from elsewhere, or a page that is at fault.

    One short line: which rule, which route, what kind of source. The address is not kept, it may hold a card's token.
    """
    try:
        throttle.check("policy report", REPORTS, PER)
    except TooMany:
        return HttpResponse(status=204)
    throttle.hit("policy report")
    try:
        sent = json.loads(request.read(A_REPORT))
        said = sent["csp-report"]
        rule = str(said.get("effective-directive") or said.get("violated-directive") or "")
        page, source = str(said.get("document-uri", "")), str(said.get("blocked-uri", ""))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return HttpResponse(status=400)
    found = WORD.match(rule)
    log.warning("policy: %s refused %s on %s", found[0] if found else "?", _kind(source), _route(page))
    return HttpResponse(status=204)


def _kind(source: str) -> str:
    """`inline`, `eval`, a scheme, or that it came from elsewhere: whose page it was is nobody's business."""
    word = WORD.match(source)
    return word[0] if word and word[0] in {"inline", "eval", "data", "blob", "wasm-eval"} else "a source elsewhere"


def _route(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except (Resolver404, ValueError):
        return "?"


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503; says nothing more to strangers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.error("healthz: %s", type(error).__name__)
        return HttpResponse("down\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
