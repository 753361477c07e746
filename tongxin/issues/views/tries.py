"""Guessing is limited: five wrong tries a number and a client, then ten minutes of rest."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tongxin.core import network, throttle
from tongxin.core.errors import TooMany
from tongxin.issues.views.asking import VillageRequest

LIMIT = 5
PER = timedelta(minutes=10)
REST = _("That was five tries. Rest ten minutes and try again, or call.")


class Door:
    """One thing that four digits open. The keys are kept hashed (`core.throttle`)."""

    def __init__(self, request: VillageRequest, what: str) -> None:
        village = request.village.pk
        client = network.address(request)
        self.own = f"{what}|{village}"
        self.keys = (self.own, f"client|{client}")

    def check(self) -> None:
        """Raises TooMany while the door rests."""
        for key in self.keys:
            try:
                throttle.check(key, LIMIT, PER)
            except TooMany as error:
                raise TooMany(error.retry_at, REST) from error

    def failed(self) -> None:
        for key in self.keys:
            throttle.hit(key)

    def opened(self) -> None:
        """The right person has come; the client's count stays, so that a guesser cannot wash it with his own number."""
        throttle.clear(self.own)
