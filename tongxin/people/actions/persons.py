"""Persons, and their coming and going."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongxin.casework.actors import Actor
from tongxin.core import clock, crypto, masking
from tongxin.core.errors import DomainError, WrongStatus
from tongxin.people import pinyin
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.models import Household, Membership, Person, Relation, Residence, Sex
from tongxin.territory.models import Village

OLDEST = 125  # nobody here is older; a larger age is a slip of the pen
HEAD_AGE = 16  # rule 127: a head is sixteen or older


@dataclass(frozen=True, kw_only=True)
class Member:
    """What the first visit asks of a person; everything else is 'later'."""

    name: str
    relation: str = Relation.HEAD
    sex: str = Sex.UNKNOWN
    birth_year: int | None = None
    is_away: bool = False
    residence: str = Residence.REGISTERED
    phone: str = ""


def phone_digits(phone: str) -> str:
    """The digits of a telephone number, or "" when none was given.

    Raises:
        DomainError: too few or too many.
    """
    digits = "".join(ch for ch in phone if ch.isdigit())
    if not digits and not phone.strip():
        return ""
    if digits.startswith("1") and len(digits) != 11:
        raise DomainError(_("A mobile number has eleven digits. Please look again."), field="phone")
    if not 7 <= len(digits) <= 12:
        raise DomainError(_("This is no telephone number. Please look again."), field="phone")
    return digits


def check_birth_year(year: int | None, *, is_head: bool = False) -> None:
    """Raises DomainError for a year to come, an age that nobody has, a head who is a child."""
    if year is None:
        return
    age = clock.today().year - year
    if age < 0:
        raise DomainError(_("That year has not come yet."), field="birth_year")
    if age > OLDEST:
        raise DomainError(_("That would be an age of %(age)s. Please look again.") % {"age": age}, field="birth_year")
    if is_head and age < HEAD_AGE:
        raise DomainError(_("A head of a household is at least 16. Choose another."), field="birth_year")


def register_person(village: Village, member: Member, *, by: Actor) -> Person:
    """A person without a household yet. Callers check the right; a telephone is optional, always."""
    chinese = any(0x4E00 <= ord(ch) <= 0x9FFF for ch in member.name)
    name = ("" if chinese else " ").join(member.name.split())
    if not name:
        raise DomainError(_("Write the name."), field="name")
    check_birth_year(member.birth_year, is_head=member.relation == Relation.HEAD)
    digits = phone_digits(member.phone)
    person = Person(
        village=village,
        name=name,
        name_key=pinyin.key(name),
        name_initials=pinyin.initials(name),
        sex=member.sex,
        birth_year=member.birth_year,
        **phone_fields(village, digits),
    )
    person.save(force_insert=True)
    return person


def phone_fields(village: Village, digits: str) -> dict[str, str]:
    """The telephone encrypted, with its blind index and that of its last four digits."""
    return {
        "phone": digits,
        "phone_index": crypto.blind_index(digits, f"phone|{village.pk}") if digits else "",
        "phone_tail_index": crypto.blind_index(digits[-4:], f"household-tail|{village.pk}") if digits else "",
    }


def add_member(
    household: Household, member: Member, *, by: Actor, from_on: date, person: Person | None = None
) -> Membership:
    """Somebody joins a household: a new person, or one that is known and in no household now.

    Raises:
        DomainError: the person is in another household (move them), there is a head already, a day to come.
    """
    must_keep(by, household.village_id, household.grid_id)
    if from_on > clock.today(household.village.tz):
        raise DomainError(_("That day has not come yet."), field="from_on")
    with transaction.atomic():
        if person is None:
            person = register_person(household.village, member, by=by)
        elif (
            now := Membership.objects.filter(person=person, to_on=None).select_related("household").first()
        ) is not None:
            raise DomainError(
                _("%(name)s is in household %(number)s. Move them here, or leave them there.")
                % {"name": person.name, "number": now.household.number},
                field="person",
            )
        if member.relation == Relation.HEAD:
            _must_be_free_head(household)
            check_birth_year(person.birth_year, is_head=True)
            if person.died_on is not None:
                raise DomainError(_("Who has died cannot head a household. Choose another."), field="person")
        row = Membership(
            village_id=household.village_id,
            person=person,
            household=household,
            relation=member.relation,
            residence=member.residence,
            is_away=member.is_away,
            from_on=from_on,
        )
        row.save(force_insert=True)
        enter(
            "join",
            by=by,
            village_id=household.village_id,
            household=household,
            person=person,
            new={"name": person.name, "relation": member.relation, "from_on": from_on.isoformat()},
        )
    return row


def _must_be_free_head(household: Household) -> None:
    if Membership.objects.filter(household=household, relation=Relation.HEAD, to_on=None).exists():
        raise DomainError(_("There is a head already. Change the head first."), field="relation")


def leave(membership: Membership, *, by: Actor, on: date, because: str) -> None:
    """Moved out, married out, divided: from `on` the person is no longer in the household."""
    must_keep(by, membership.village_id, membership.household.grid_id)
    if on < membership.from_on:
        raise DomainError(_("That is before they came."), field="on")
    if on > clock.today(membership.village.tz):
        raise DomainError(_("That day has not come yet."), field="on")
    with transaction.atomic():
        rows = Membership.objects.filter(pk=membership.pk, to_on=None).update(to_on=on, left_because=because.strip())
        if not rows:
            raise WrongStatus(_("They have left already."))
        enter(
            "leave",
            by=by,
            village_id=membership.village_id,
            household=membership.household,
            person=membership.person,
            new={"name": membership.person.name, "on": on.isoformat(), "because": because.strip()},
        )


def move(membership: Membership, to: Household, *, by: Actor, on: date, relation: str) -> Membership:
    """From one household into another on the same day; never in two at once."""
    with transaction.atomic():
        leave(membership, by=by, on=on, because=f"→ {to.number}")
        member = Member(
            name=membership.person.name, relation=relation, residence=membership.residence, is_away=membership.is_away
        )
        return add_member(to, member, by=by, from_on=on, person=membership.person)


def record_death(person: Person, *, by: Actor, on: date) -> None:
    """A death ends the membership on that day; the household stays, and wants a head when the head has died."""
    membership = Membership.objects.filter(person=person, to_on=None).select_related("household", "village").first()
    must_keep(by, person.village_id, membership.household.grid_id if membership else None)
    if on > clock.today(person.village.tz):
        raise DomainError(_("That day has not come yet."), field="on")
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(died_on=on)
        if membership is not None:
            leave(membership, by=by, on=on, because=str(_("Died")))


def set_phone(person: Person, *, by: Actor, phone: str) -> None:
    """A new telephone, or none: refusing a number is allowed."""
    change_person(person, by=by, seen=person.updated_at, phone=phone)


def change_person(
    person: Person,
    *,
    by: Actor,
    seen: datetime,
    name: str | None = None,
    sex: str | None = None,
    birth_year: int | None = None,
    phone: str | None = None,
) -> None:
    """Change what is known of a person, old to new; only if nobody changed it since `seen`.

    Raises:
        WrongStatus: somebody else was quicker; the page shows both.
    """
    membership = Membership.objects.filter(person=person, to_on=None).select_related("household").first()
    must_keep(by, person.village_id, membership.household.grid_id if membership else None)
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    fields: dict[str, Any] = {}
    if name is not None and name.strip() and name.strip() != person.name:
        old["name"], new["name"] = person.name, name.strip()
        fields |= {"name": name.strip(), "name_key": pinyin.key(name), "name_initials": pinyin.initials(name)}
    if sex is not None and sex != person.sex:
        old["sex"], new["sex"] = person.sex, sex
        fields["sex"] = sex
    if birth_year is not None and birth_year != person.birth_year:
        check_birth_year(birth_year, is_head=bool(membership and membership.relation == Relation.HEAD))
        old["birth_year"], new["birth_year"] = str(person.birth_year or ""), str(birth_year)
        fields["birth_year"] = birth_year
    if phone is not None and phone_digits(phone) != person.phone:
        digits = phone_digits(phone)
        old["phone"], new["phone"] = masking.phone(person.phone), masking.phone(digits)
        fields |= phone_fields(person.village, digits)
    if not fields:
        return
    with transaction.atomic():
        rows = Person.objects.filter(pk=person.pk, updated_at=seen).update(**fields, updated_at=clock.now())
        if not rows:
            raise WrongStatus(_("Somebody else has changed this meanwhile. Please look at both."))
        enter(
            "person",
            by=by,
            village_id=person.village_id,
            household=membership.household if membership else None,
            person=person,
            old=old,
            new=new,
        )
