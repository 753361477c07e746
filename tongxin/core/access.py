"""Which views are open to everybody. All others are closed to whoever is not staff: forgetting leaves a door closed."""

from collections.abc import Callable
from typing import Any, TypeVar

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
