"""Rights over bodies, and the gate of the staff pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from tongxin.bodies import queries
from tongxin.bodies.roles import STAFF, Role
from tongxin.people.models import Person

View = Callable[..., HttpResponse]


def staff(*roles: Role) -> Callable[[View], View]:
    """Only for who holds one of these roles in this village today; none named: any staff post.

    Not logged in: to the log-in page. No post in this village: 404, nothing is told. Another post: 403, humanly.
    """
    needed = frozenset(roles) or STAFF

    def close(view: View) -> View:
        @wraps(view)
        def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            holdings = queries.held(request.user, request.village.pk)  # type: ignore[attr-defined]
            if not holdings:
                raise Http404
            if not holdings.has(*needed):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        closed.staff_roles = needed  # type: ignore[attr-defined]
        return closed

    return close


def can_keep_bodies(user: object, village_id: UUID) -> bool:
    """Secretary and clerk enter appointments; the township too (a village without officers must get its first)."""
    return queries.held(user, village_id).has(Role.SECRETARY, Role.CLERK, Role.TOWNSHIP)


def can_appoint(user: object, person: Person) -> bool:
    """Nobody appoints himself."""
    return can_keep_bodies(user, person.village_id) and queries.held(user, person.village_id).person_id != person.pk
