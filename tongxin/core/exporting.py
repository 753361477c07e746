"""What leaves with names of persons in it: a list of many goes out when two bodies have agreed, not before (T09, R20).

Whoever makes an export says how many persons it names and asks here before it writes a row. Who has to agree is known
on a higher floor, which registers the gate; without one nothing of many goes out at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

MOST = 50  # persons; up to here a list goes out at once


@dataclass(frozen=True)
class Leaving:
    """An export that somebody wants: what it is called, and how many persons it names."""

    title: str
    persons: int


Gate = Callable[[HttpRequest, Leaving], HttpResponse | None]
_gate: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """`gate(request, leaving)` gives the page that stands in its place, or None: it may go out. For `apps.ready`."""
    _gate[:] = [gate]


def held_back(request: HttpRequest, title: str, persons: int) -> HttpResponse | None:
    """The page in place of the export; None when it may go out."""
    if persons <= MOST:
        return None
    if not _gate:
        raise PermissionDenied
    return _gate[0](request, Leaving(title, persons))
