"""What a phone has shown: signed cookies, no log-in. The village's tables know nothing of a phone.

`mine` lists up to twenty matters that were told or proved on this phone. What is sealed is never in it: a phone lies on
the table of a whole family. A sealed matter opens by its receipt, in the quiet channel, and leaves nothing here.
"""

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse

from tongxin.casework.actors import Teller
from tongxin.core import clock
from tongxin.core.middleware import cookie_name
from tongxin.issues.models import Issue, Route
from tongxin.issues.views.asking import VillageRequest
from tongxin.people.models import CardToken, HouseholdPin

MINE, HOME = "mine", "home"
DAY = 24 * 3600
AGE = {MINE: 180 * DAY, HOME: 30 * DAY}
MANY = 20


def remember(request: VillageRequest, response: HttpResponse, *fresh: UUID) -> None:
    """Let this phone open these matters, newest first."""
    if fresh:
        kept = [pk for pk in _read(request, MINE) if pk not in fresh]
        _write(response, MINE, [*fresh, *kept][:MANY])


def mine(request: VillageRequest) -> list[UUID]:
    """The matters of this phone."""
    return _read(request, MINE)


def is_closed_book(issue: Issue) -> bool:
    """Sealed matters and complaints: the number alone tells nothing of them, not even what they are about."""
    return issue.is_sealed or issue.route != Route.COUNCIL


def teller(request: VillageRequest, issue: Issue) -> Teller | None:
    """The right of whoever told it, when this phone or this household's card has shown it."""
    if is_closed_book(issue):
        return None
    if issue.pk in _read(request, MINE):
        return Teller(issue.pk, "device")
    if issue.household_id:
        card = family(request)
        if card is not None and card.household_id == issue.household_id:
            return Teller(issue.pk, "card")
    return None


def family(request: VillageRequest) -> CardToken | None:
    """The household card that this phone has opened; None once it is revoked or the PIN is another."""
    if not hasattr(request, "_family"):
        kept = _read(request, HOME)
        card = None
        if kept:
            cards = CardToken.objects.select_related(
                "household", "household__group", "household__grid", "household__grid__group"
            )
            lives = Q(household__closed_on=None) | Q(household__closed_on__gt=clock.today(request.village.tz))
            pins = HouseholdPin.objects.filter(household=OuterRef("household"))
            same = Exists(pins.filter(pk=kept[1])) if len(kept) > 1 else ~Exists(pins)  # none chosen or cleared since
            card = cards.filter(lives, same, pk=kept[0], revoked_on=None).first()
        request._family = card  # type: ignore[attr-defined]
    found: CardToken | None = request._family  # type: ignore[attr-defined]
    return found


def let_in(response: HttpResponse, card: CardToken, pin: HouseholdPin | None = None) -> None:
    """This phone belongs to that household for thirty days, as long as this is its PIN."""
    _write(response, HOME, [card.pk, pin.pk] if pin else [card.pk])


def let_out(response: HttpResponse) -> None:
    response.delete_cookie(cookie_name(HOME))


def _salt(jar: str) -> str:
    return f"issues.{jar}"


def _read(request: VillageRequest, jar: str) -> list[UUID]:
    text = request.get_signed_cookie(cookie_name(jar), default="", salt=_salt(jar), max_age=AGE[jar]) or ""
    try:
        raw = base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return []
    return [UUID(bytes=raw[i : i + 16]) for i in range(0, len(raw) - 15, 16)]


def _write(response: HttpResponse, jar: str, ids: list[UUID]) -> None:
    text = base64.urlsafe_b64encode(b"".join(pk.bytes for pk in ids)).decode().rstrip("=")
    response.set_signed_cookie(
        cookie_name(jar),
        text,
        salt=_salt(jar),
        max_age=AGE[jar],
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
