"""Error pages, the reader's choices, and the sign of life."""

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from tongxin.core.access import public
from tongxin.core.middleware import Display, remember


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: whatever broke may be the database or a context processor."""
    village = getattr(request, "village", None)
    context = {
        "phone": getattr(village, "phone", ""),
        "request_id": getattr(request, "id", ""),
        "nonce": str(getattr(request, "csp_nonce", "")),
    }
    return HttpResponse(loader.get_template("500.html").render(context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that lay open too long; nothing was done with it."""
    return denied(request)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if wanted and safe else reverse("issues:home")


@public("everybody may choose how large the letters are")
def display(request: HttpRequest) -> HttpResponse:
    """Letter size and simple pages; kept in a cookie that holds nothing else."""
    if request.method != "POST":
        return render(request, "core/display.html", {"next": request.GET.get("next", "")})
    size = request.POST.get("size", "1")
    chosen = Display(int(size) if size in {"1", "2", "3", "4"} else 1, request.POST.get("simple") == "1")
    response = HttpResponseRedirect(_next(request), status=303)
    remember(response, chosen)
    return response


@public("everybody may choose the language")
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


@public("a machine asks whether we live")
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")
