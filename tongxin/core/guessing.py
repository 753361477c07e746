"""How often a secret may be guessed (R45, R47): one `Door` for each thing that a secret opens.

    door = Door(request, "login", name)
    door.knock()                 # TooMany or Locked; counted before anything is compared
    … wrong: nothing to do.  Right: door.opened(), and door.remember(response)

Rests of a quarter of an hour keep a program slow. What keeps it out is the lock: `MOST` wrong tries since the person
was last seen in the office, and neither a night nor a right try of the owner's in between starts the count afresh; with
eight digits and five thousand doors that leaves 0.001 right guesses a year (S23). A right try takes back only what was
mistyped just before it, from the same address.

Whoever has come in before on this browser is a known device (a signed cookie): it has a count and a lock of its own, so
that somebody else's guessing shuts nobody out. All counts are rows, keyed by a hash, and outlive restarts and workers.
The answer, its work and its statements are the same whether the thing exists or not: callers give the name as typed.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock, crypto, network, throttle
from tongxin.core.errors import DomainError, Locked
from tongxin.core.inserting import insert_if_new
from tongxin.core.middleware import cookie_name
from tongxin.core.models import Lockout

MOST = 20  # wrong tries until a person has to be seen
REST = timedelta(minutes=15)
COOKIE, SALT = "known", "core.known-device"
KEPT_DAYS = 180
DEVICES = 4  # things one browser is known for: a shared computer in the office


@dataclass(frozen=True)
class Limits:
    """Tries within `per`: at one thing from one address, at one thing, from one address, at all things of the kind."""

    here: int = 5
    thing: int = 20
    address: int = 60
    kind: int = 2000
    per: timedelta = REST


class Door:
    """One thing that a secret opens, and whoever stands before it."""

    def __init__(self, request: HttpRequest, kind: str, name: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.thing = _thing(kind, name)
        self.device = _known(request).get(_mark(self.thing), "")
        address = network.address(request)
        if self.device:
            self.here = self.lock = f"{self.thing}|device {self.device}"
            self._wide: list[tuple[str, int]] = []
        else:
            self.here, self.lock = f"{self.thing}|at {address}", self.thing
            self._wide = [
                (self.thing, self.limits.thing),
                (f"{kind}|at {address}", self.limits.address),
                (f"{kind}|all", self.limits.kind),
            ]
        self._request = request
        self._taken: list[UUID] = []
        self._tried = False

    def knock(self) -> None:
        """Count a try; call it before comparing, and outside a transaction.

        Raises:
            TooMany: rests. Locked: until the person is seen.
        """
        taken: list[UUID] = []
        try:
            for key, most in [(self.here, self.limits.here), *self._wide]:
                taken.append(throttle.take(key, most, self.limits.per))
            _count(self.lock)
        except DomainError:
            throttle.give_back(*taken)  # what was refused has guessed nothing
            raise
        self._taken, self._tried = taken, True

    def passed(self) -> None:
        """The first of two secrets was right: this try does not count, earlier ones do."""
        throttle.give_back(*self._taken)
        _uncount(self.lock, int(self._tried))
        self._taken, self._tried = [], False

    def opened(self) -> None:
        """The right person has come; what was mistyped just now, from here, is forgotten with it."""
        mistyped = throttle.clear(self.here, self.limits.per)
        throttle.give_back(*self._taken)
        _uncount(self.lock, mistyped if self._tried else 0)
        self._taken, self._tried = [], False

    def remember(self, response: HttpResponse) -> None:
        """This browser is known for this thing from now on."""
        marks = _known(self._request)
        marks.pop(_mark(self.thing), None)
        marks[_mark(self.thing)] = self.device or secrets.token_hex(8)
        response.set_signed_cookie(
            cookie_name(COOKIE),
            "~".join(f"{mark}.{nonce}" for mark, nonce in list(marks.items())[-DEVICES:]),
            salt=SALT,
            max_age=KEPT_DAYS * 24 * 3600,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def locked(kind: str, names: Iterable[str]) -> set[str]:
    """Which of these are shut for unknown devices."""
    by_key = {_hashed(_thing(kind, name)): name for name in names}
    rows = Lockout.objects.filter(key__in=by_key, tries__gte=MOST)
    return {by_key[key] for key in rows.values_list("key", flat=True)}


def lift(kind: str, name: str) -> None:
    """The person was seen: the count starts afresh. The caller writes down who saw them."""
    Lockout.objects.filter(key=_hashed(_thing(kind, name))).delete()


def _count(key: str) -> None:
    """Count up to `MOST` in one statement, so that of tries that come at once no more than `MOST` get through."""
    row = Lockout(key=_hashed(key), tries=1, at=clock.now())
    open_ = Lockout.objects.filter(key=row.key, tries__lt=MOST)
    if open_.update(tries=F("tries") + 1, at=row.at) or insert_if_new(row):
        return
    if not open_.update(tries=F("tries") + 1, at=row.at):  # between the two statements somebody else began the count
        raise Locked(_("That was too often. It stays shut until you have come to the office in person."))


def _uncount(key: str, tries: int) -> None:
    rows = Lockout.objects.filter(key=_hashed(key))
    if tries and not rows.filter(tries__gt=tries).update(tries=F("tries") - tries):
        rows.filter(tries__lte=tries).delete()


def _thing(kind: str, name: str) -> str:
    return f"{kind}|{name.strip().lower()}"


def _hashed(key: str) -> str:
    return crypto.blind_index(key, "lockout")


def _mark(thing: str) -> str:
    return crypto.blind_index(thing, "known device")[:12]


def _known(request: HttpRequest) -> dict[str, str]:
    """What this browser is known for, oldest first: {mark of the thing: the device's nonce}."""
    text = request.get_signed_cookie(cookie_name(COOKIE), default="", salt=SALT, max_age=KEPT_DAYS * 24 * 3600) or ""
    pairs = (part.partition(".") for part in text.split("~") if "." in part)
    return {mark: nonce for mark, _dot, nonce in pairs}
