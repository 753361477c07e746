"""A press that is refused leaves one entry (T09)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from tongxin.core.errors import NotAllowed, WrongStatus

View = Callable[..., HttpResponse]


def noted(note: Callable[..., None], step: str) -> Callable[[View], View]:
    """Call `note(request, step, **address)` when the view refuses. Stands outside `once`, which takes back what a
    refusal has written.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def pressed(request: Any, **address: Any) -> HttpResponse:
            try:
                return view(request, **address)
            except (PermissionDenied, Http404, NotAllowed, WrongStatus):
                note(request, step, **address)
                raise

        return pressed

    return wrap
