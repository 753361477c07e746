"""The numbers beside the menu's entries; counted in one statement, together with what the page itself counts."""

from typing import Any

from django.http import HttpRequest

from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.views.working import StaffRequest

INBOX, TASKS, COUNCIL = "issues:inbox", "issues:tasks", "issues:council"


def counts(request: HttpRequest) -> dict[str, int]:
    """{route: how many wait}, for `bodies.context`; what the page has counted already is not counted again."""
    if not hasattr(request, "_waiting"):
        count_along(request)  # type: ignore[arg-type]
    waiting: dict[str, int] = request._waiting  # type: ignore[attr-defined]
    return waiting


def count_along(request: StaffRequest, **parts: Any) -> dict[str, int]:
    """Count a page's parts, by name, and keep the menu's numbers on the request."""
    village = request.village
    menu: dict[str, Any] = {}
    if request.held.may("issues.take", queries.EVERY_ROUTE):
        menu[INBOX] = queries.orders_for(request.user, village.pk)
    menu[TASKS] = queries.tasks_of(request.user, village.pk, clock.today(village.tz))
    if request.held.may("issues.sit"):
        menu[COUNCIL] = queries.unseen_acts(village.pk)
    names = {f"menu{i}": route for i, route in enumerate(menu)}
    found = queries.counts(village.pk, **{name: menu[route] for name, route in names.items()}, **parts)
    request._waiting = {route: found[name] for name, route in names.items()}  # type: ignore[attr-defined]
    return found
