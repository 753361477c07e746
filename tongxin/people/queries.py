"""Questions about the register; and the panels that higher apps hang onto a household's page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db.models import Count, Exists, OuterRef, Q
from django.http import HttpRequest

from tongxin.casework.actors import Teller
from tongxin.core import clock, crypto, guessing
from tongxin.people.models import (
    CardToken,
    Household,
    HouseholdPin,
    HouseholdQuerySet,
    Membership,
    Person,
    RegisterEntry,
)
from tongxin.territory.models import Village

Panel = Callable[[HttpRequest, Household], tuple[str, dict[str, Any]] | None]
_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """A higher app shows its own at the household: (template, context), or None when it has nothing to show."""
    if panel not in _panels:
        _panels.append(panel)


def panels(request: HttpRequest, household: Household) -> list[tuple[str, dict[str, Any]]]:
    return [found for panel in _panels if (found := panel(request, household)) is not None]


def households(village: Village, day: date, *, closed: bool = False) -> HouseholdQuerySet:
    """The roll on a day; with `closed`, those that are no longer there."""
    rows = Household.objects.of(village)
    return rows.exclude(closed_on=None) if closed else rows.on(day)


def matching(rows: HouseholdQuerySet, village: Village, text: str) -> HouseholdQuerySet:
    """By number, house name, a member's name, its pinyin or initials, or the last four digits of a telephone."""
    text = text.strip()[:40]
    if not text:
        return rows
    now = Membership._base_manager.filter(village=village, household=OuterRef("pk"), to_on=None)
    low = text.lower()
    who = Q(person__name__contains=text)
    if low.isascii() and low.replace(" ", "").isalpha():
        who |= Q(person__name_initials__startswith=low.replace(" ", "")) | Q(person__name_key__startswith=low)
    found: Any = Q(number__startswith=text) | Q(house_name__contains=text) | Q(Exists(now.filter(who)))
    if tail := _telephone(text, 4):
        at = crypto.blind_indexes(tail, "household-tail", village.pk)
        found |= Exists(now.filter(person__phone_tail_index__in=at))
    elif phone := _telephone(text, 11):
        at = crypto.blind_indexes(phone, "phone", village.pk)
        found |= Exists(now.filter(person__phone_index__in=at))
    return rows.filter(found)


def _telephone(text: str, length: int) -> str:
    """The digits when the text is a number of this length, however it is written; else ""."""
    digits = crypto.digits_of(text)
    return digits if len(digits) == length and not any(ch.isalpha() for ch in text) else ""


@dataclass(frozen=True)
class Line:
    """A household in a list: its head's name and how many belong to it."""

    household: Household
    head: str
    members: int
    away: int


def lines(rows: list[Household]) -> list[Line]:
    """Heads and counts for a page of households, in two queries."""
    ids = [row.pk for row in rows]
    now = Membership.objects.filter(household__in=ids, to_on=None)
    heads = dict(now.filter(relation="02").values_list("household_id", "person__name"))
    counts = {
        row["household_id"]: (row["n"], row["away"])
        for row in now.values("household_id").annotate(n=Count("id"), away=Count("id", filter=Q(is_away=True)))
    }
    return [Line(row, heads.get(row.pk, ""), *counts.get(row.pk, (0, 0))) for row in rows]


def members(household: Household) -> tuple[list[Membership], list[Membership]]:
    """Those who belong to it now, head first, and those who have left."""
    rows = list(
        Membership.objects.filter(household=household).select_related("person").order_by("relation", "from_on", "id")
    )
    return [row for row in rows if row.to_on is None], [row for row in rows if row.to_on is not None]


def plain_name(text: str) -> str:
    """A name without the blanks that a Chinese one does not have."""
    words = text.split()
    return ("" if any(0x4E00 <= ord(ch) <= 0x9FFF for ch in text) else " ").join(words)


@dataclass(frozen=True)
class Known:
    """Somebody in the register, with the household they belong to now."""

    person: Person
    household: Household | None


def namesakes(village: Village, name: str, birth_year: int | None) -> list[Known]:
    """The living of this name whose year of birth is the same, or not known on either side: perhaps the same person."""
    rows = Person.objects.of(village).filter(name=plain_name(name), died_on=None)
    if birth_year is not None:
        rows = rows.filter(Q(birth_year=birth_year) | Q(birth_year=None))
    found = list(rows.order_by("id")[:12])
    now = Membership.objects.filter(person__in=found, to_on=None).select_related("household__group")
    homes = {row.person_id: row.household for row in now} if found else {}
    return [Known(person, homes.get(person.pk)) for person in found]


def prove_family(household: Household, tail: str) -> bool:
    """Whether a telephone in this household ends in these four digits today. All are compared, whichever fits.

    Never once the household has chosen a PIN.
    """
    return pin_of(household) is None and has_tail(household, tail)


def has_tail(household: Household, tail: str) -> bool:
    today = clock.today(household.village.tz)
    rows = Membership.objects.on(today).filter(household=household).select_related("person")
    fits = False
    for member in rows:
        fits |= crypto.fits(tail, "household-tail", household.village_id, member.person.phone_tail_index)
    return fits


def pin_of(household: Household) -> HouseholdPin | None:
    return HouseholdPin.objects.filter(household=household).first()


def prove_pin(pin: HouseholdPin, digits: str) -> bool:
    """Whether these are the household's six digits. Unreadable ones open nothing; the office clears them."""
    try:
        return check_password(digits, pin.secret.in_clear())
    except crypto.Unreadable:
        return False


def as_family(card: CardToken) -> Teller:
    """Whoever has opened this card: for what a family may do to its own household."""
    return Teller(card.household_id, "card")


DOOR = "card"
A_TRY = guessing.Limits(per=timedelta(minutes=10))


def door(request: HttpRequest, card: CardToken) -> guessing.Door:
    """Twenty wrong tries at a card, from wherever they come, and it stays shut until the office has seen the family."""
    return guessing.Door(request, DOOR, str(card.pk), A_TRY)


def shut(cards: list[CardToken]) -> set[UUID]:
    """Which of these cards are shut."""
    return {UUID(name) for name in guessing.locked(DOOR, [str(card.pk) for card in cards if card.revoked_on is None])}


def cards(household: Household) -> list[CardToken]:
    return list(CardToken.objects.filter(household=household).order_by("-issued_on", "-id"))


def history(household: Household) -> list[RegisterEntry]:
    return list(RegisterEntry.objects.filter(household=household).select_related("person").order_by("-at")[:50])


def count_by_grid(village: Village, day: date) -> dict[UUID, int]:
    """Households of each grid on a day."""
    rows = Household.objects.of(village).on(day).values("grid_id").annotate(n=Count("id"))
    return {row["grid_id"]: row["n"] for row in rows}
