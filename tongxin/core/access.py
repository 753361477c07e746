"""Which views are open to everybody. All others are closed to whoever is not staff: forgetting leaves a door closed."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

View = TypeVar("View", bound=Callable[..., Any])


def public(reason: str) -> Callable[[View], View]:
    """Mark a view open to everybody; the reason stands in the list of open doors.

    Outermost or innermost makes no difference as long as the decorators between use `functools.wraps`.
    """
    if not reason.strip():
        raise ValueError("an open view says why it is open")

    def mark(view: View) -> View:
        view.open_because = reason  # type: ignore[attr-defined]
        return view

    return mark


def is_public(view: Callable[..., Any]) -> bool:
    return bool(reason_of(view))


def reason_of(view: Callable[..., Any]) -> str:
    """Why the view is open, or "" when it is closed."""
    return str(getattr(view, "open_because", ""))


# --- closed to all but some: marked here, enforced by `bodies.middleware`, which knows who holds what ------------
def staff(*roles: str) -> Callable[[View], View]:
    """Mark a view for holders of one of these roles (codes of `bodies.roles`); none named: any staff post.

    For the registers below `bodies`, which may not ask upwards. Not logged in: to the log-in page. No post in this
    village: 404. Another post: 403.
    """

    def mark(view: View) -> View:
        view.staff_roles = frozenset(roles) or ANY_POST  # type: ignore[attr-defined]
        return view

    return mark


ANY_POST: frozenset[str] = frozenset({"*"})


def roles_of(view: Callable[..., Any]) -> frozenset[str]:
    """Who a marked view is for; `ANY_POST` when it says nothing."""
    return frozenset(getattr(view, "staff_roles", ANY_POST))


Holds = Callable[[Any, UUID, frozenset[str]], bool]
_provider: list[Holds] = []


def register_provider(holds_: Holds) -> None:
    """`bodies` says here, at start-up, how to ask what somebody holds today."""
    _provider[:] = [holds_]


def holds(by: Any, village_id: UUID, *roles: str) -> bool:
    """Whether this actor holds one of the roles in the village today. Without a provider: no (deny by default)."""
    return bool(_provider) and _provider[0](by, village_id, frozenset(roles))


HoldsGrid = Callable[[Any, UUID, UUID], bool]
_grid_provider: list[HoldsGrid] = []


def register_grid_provider(holds_: HoldsGrid) -> None:
    _grid_provider[:] = [holds_]


def holds_grid(by: Any, village_id: UUID, grid_id: UUID) -> bool:
    """Whether this actor is the worker of that grid today."""
    return bool(_grid_provider) and _grid_provider[0](by, village_id, grid_id)
