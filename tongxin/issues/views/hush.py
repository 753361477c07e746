"""What every view of the quiet channel starts from: the gate, the passes of its forms, and the slow-down.

Nobody is locked out, for nobody is known: when many tries come, a form is taken only after it has been open for a
while. That works without a script and without an address, and an honest hand hardly notices.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tongxin.core import passes, quiet, throttle
from tongxin.core.errors import DomainError
from tongxin.issues.views.asking import VillageRequest
from tongxin.territory.models import Village

P = ParamSpec("P")
Page = Callable[Concatenate[VillageRequest, P], HttpResponseBase]

GOOD_FOR = timedelta(hours=6)  # a sheet; people are called away from their telephones
OPENED_FOR = timedelta(minutes=30)  # what a receipt has opened
SHOWN_FOR = timedelta(minutes=10)  # a photo's address
GRAIN, LATELY, DAY = timedelta(hours=1), timedelta(hours=2), timedelta(days=1)
Steps = tuple[tuple[int, int], ...]
# so many within LATELY: how many seconds a form must have been open
ALL_TRIES: Steps = ((60, 10), (300, 20), (1000, 42))
ONE_CODE: Steps = ((10, 10), (30, 42))
TOLD_A_DAY: Steps = ((100, 10), (500, 42))
USES = 5  # of one form


def hush(view: Page[P]) -> Callable[..., HttpResponseBase]:
    """A page of the quiet channel, whose door stands open in the matrix: it answers there and nowhere else."""

    @wraps(view)
    def opened(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if getattr(request, "village", None) is None:
            raise Http404
        asked = cast(VillageRequest, request)
        try:
            return view(asked, *args, **kwargs)
        except DomainError as error:  # a rule said no, and the view knew nothing better than to say so
            return stopped(asked, error)

    return quiet.quiet(opened)


def stopped(request: VillageRequest, error: DomainError) -> HttpResponse:
    return render(request, "issues/hush_stop.html", {"reason": error.message}, status=error.status)


# --- passes -------------------------------------------------------------------------------------------------------
def give(village: Village, form: str, about: Any = "") -> str:
    return passes.issue(f"{form}|{village.pk}", str(about))


def taken(village: Village, form: str, text: str, good_for: timedelta = GOOD_FOR) -> passes.Pass | None:
    """None when it is missing, forged or too old."""
    try:
        return passes.read(text, f"{form}|{village.pk}", good_for)
    except passes.NoPass:
        return None


# --- slow-down ----------------------------------------------------------------------------------------------------
def _needed(times: int, steps: Steps) -> int:
    return max((seconds for least, seconds in steps if times >= least), default=0)


def _left(passed: passes.Pass, seconds: int) -> int:
    return max(0, seconds - int(passed.age.total_seconds()))


class Opening:
    """One try to open something by a code; counted alike whether the code is known or not."""

    def __init__(self, village: Village, index: str, passed: passes.Pass) -> None:
        self.passed = passed
        self.keys = (f"open|{village.pk}", f"open|{village.pk}|{index}", f"pass|{passed.key}")

    def wait(self) -> int:
        """Seconds that this form must still be open; a form that has been used up waits for ever (-1)."""
        everywhere, here, uses = (throttle.count(key, LATELY) for key in self.keys)
        if uses >= USES:
            return -1
        return _left(self.passed, max(_needed(everywhere, ALL_TRIES), _needed(here, ONE_CODE)))

    def count(self) -> None:
        for key in self.keys:
            throttle.hit(key, GRAIN)


def wait_to_tell(village: Village, passed: passes.Pass) -> int:
    """Seconds that a sheet must still be open, when very many have been handed in today."""
    return _left(passed, _needed(throttle.count(f"told|{village.pk}", DAY), TOLD_A_DAY))


def count_told(village: Village) -> None:
    with quiet.by_the_day(village.tz):
        throttle.hit(f"told|{village.pk}")
