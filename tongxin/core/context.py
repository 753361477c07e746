"""What every page may use without asking for it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from tongxin.core import clock, notes
from tongxin.core.middleware import Display


def page(request: HttpRequest) -> dict[str, Any]:
    """demo, display, village, phone, nonce, request_id, today. Costs no query; `site_notes` does where it is shown."""
    village = getattr(request, "village", None)
    return {
        "demo": settings.DEMO or bool(getattr(village, "is_demo", False)),
        "display": getattr(request, "display", None) or Display(),
        "village": village,
        "phone": getattr(village, "phone", ""),
        "nonce": getattr(request, "csp_nonce", ""),  # lazy: enters the header only when a page uses it
        "request_id": getattr(request, "id", ""),
        "site_notes": SimpleLazyObject(notes.current),
        "today": clock.today(getattr(village, "zone", None)),
    }
