"""A form pressed twice is done once (R6), for every view that changes something and answers with a redirect.

    @staff(…)
    @require_POST
    @once
    def code_issue(request, pk): …

Every form brings a key of its own along: this product's `{% csrf_token %}` writes it beside the token. The claim
(`core.idempotency`), the work and the remembered redirect are one transaction: a refusal leaves nothing behind, and the
same key is free again. A view that is harmless to repeat, or whose action claims the key of its sheet itself, says so
with `repeats(reason)`; `tests/architecture/test_routes.py` asks every view that takes a POST for one of the two.
"""

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tongxin.core import crypto, idempotency
from tongxin.core.errors import KeyReused

FIELD = "once"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 — a field's name
# Codes of choices, ids, signatures, moments, addresses: nobody typed these.
MACHINE = re.compile(r"[a-z_0-9]{1,16}|[\w.:+/=-]{24,}|/\S*|\d{4}-\d\d-\d\dT\S+")

View = TypeVar("View", bound=Callable[..., Any])


def hidden_key() -> SafeString:
    """The hidden field of one form as it is drawn; a form that is drawn anew is another form."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4())


def repeats(reason: str) -> Callable[[View], View]:
    """Mark a view that may be pressed any number of times; the reason stands beside it."""
    if not reason.strip():
        raise ValueError("a view that may be repeated says why")

    def mark(view: View) -> View:
        view.repeats_because = reason  # type: ignore[attr-defined]
        return view

    return mark


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Carry a POST out once a key, actor and address, in one transaction. Stands next to the view, inside its gates.

    3xx: done and remembered; the second press is led to the same place. 200: done, not remembered (a page cannot be
    replayed), unless the response says with `afterwards` where the second press is led. 4xx, 5xx, an exception,
    `refusal`: nothing was done. The same key with another body: a 409 page.
    """

    @wraps(view)
    def pressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        try:
            with _together[0]():
                claim = _claim(request, view)
                if claim is not None and claim.replayed:
                    messages.info(request, _("That was done already at the first press."))
                    return HttpResponseRedirect(claim.response["to"], status=303)
                response = view(request, *args, **kwargs)
                if response.status_code >= 400 or getattr(response, "is_refusal", False):
                    raise _Undone(response)
                to = response.get("Location", "") or getattr(response, "afterwards", "")
                if claim is not None and to:
                    claim.keep({"to": to})
                elif claim is not None:
                    claim.drop()
                return response
        except _Undone as undone:
            return undone.response
        except _Reused:
            return _reused(request)

    pressed.pressed_once = True  # type: ignore[attr-defined]
    return pressed


_together: list[Callable[[], AbstractContextManager[None]]] = [transaction.atomic]


def register_transaction(together: Callable[[], AbstractContextManager[None]]) -> None:
    """`audit` says here, at start-up, how a transaction is opened whose entries are appended at its end."""
    _together[:] = [together]


def refusal(response: HttpResponse) -> HttpResponse:
    """Mark a redirect that says no: nothing was done, so nothing is remembered."""
    response.is_refusal = True  # type: ignore[attr-defined]
    return response


class _Undone(Exception):
    """Takes back what the view wrote and brings its answer out."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status_code)
        self.response = response


class _Reused(Exception):
    """The key came before with another body: told apart from a `KeyReused` of the work itself."""


def _claim(request: HttpRequest, view: Callable[..., Any]) -> idempotency.Claim | None:
    """None when the form brought no key: then every press counts."""
    key = request.POST.get(FIELD, "")
    if not key:
        return None
    user, village = request.user, getattr(request, "village", None)
    match = request.resolver_match
    body = idempotency.fingerprint({"fields": _fields(request), "files": sorted(request.FILES)})
    try:
        return idempotency.claim(
            village_id=village.pk if village is not None else None,
            actor=str(user.pk) if user.is_authenticated else "",
            operation=(match.view_name if match else view.__name__)[:60],
            key=hashlib.sha256(f"{key}|{request.path}".encode()).hexdigest(),  # one page, many forms: a key for each
            body={"press": crypto.blind_index(body, FIELD)},  # keyed: a dump gives nothing to try guesses on
        )
    except KeyReused as error:
        raise _Reused from error


def _fields(request: HttpRequest) -> dict[str, list[str]]:
    """What was sent, without what every page writes anew, and without what the view calls secret."""
    secret = getattr(request, "sensitive_post_parameters", ())  # names, or "__ALL__" (Django's own marks)
    left_out = {TOKEN, FIELD, *(request.POST if isinstance(secret, str) else secret)}
    return {name: values for name, values in request.POST.lists() if name not in left_out}


def _reused(request: HttpRequest) -> HttpResponse:
    """409: what was written is shown, and handed in as another one by one press; files and secrets are not carried."""
    fields = _fields(request)
    whole = not request.FILES and not getattr(request, "sensitive_post_parameters", ())
    context = {
        "typed": [text for values in fields.values() for text in values if _is_typed(text)],
        "carried": [(name, value) for name, values in fields.items() for value in values] if whole else [],
        "again": request.get_full_path(),
    }
    response = render(request, "409.html", context, status=409)
    response["Cache-Control"] = "no-store"
    return response


def _is_typed(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return len(text.strip()) > 1 and not MACHINE.fullmatch(text)
    return False
