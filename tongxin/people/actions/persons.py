"""Persons: entered once, changed old to new."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock, crypto, masking
from tongxin.core.errors import DomainError, Meanwhile
from tongxin.people import pinyin, queries
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.models import Membership, Person, Relation, Residence, Sex
from tongxin.territory.models import Village

OLDEST = 125  # nobody here is older; a larger age is a slip of the pen
HEAD_AGE = 16  # rule 127: a head is sixteen or older


@dataclass(frozen=True, kw_only=True)
class Member:
    """What the first visit asks of a person; everything else is 'later'.

    `person`: somebody whom the register knows already, to be taken in. `is_other`: not one of those with this name.
    """

    name: str
    relation: str = Relation.HEAD
    sex: str = Sex.UNKNOWN
    birth_year: int | None = None
    is_away: bool = False
    residence: str = Residence.REGISTERED
    phone: str = ""
    person: Person | None = None
    is_other: bool = False


def phone_digits(phone: str) -> str:
    """The digits of a telephone number, or "" when none was given.

    Raises:
        DomainError: too few or too many.
    """
    digits = crypto.digits_of(phone)
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


def person_fields(village: Village, member: Member) -> dict[str, Any]:
    """The columns of a new person.

    Raises:
        DomainError: no name, a year or a telephone that cannot be, a head who is a child.
    """
    name = queries.plain_name(member.name)
    if not name:
        raise DomainError(_("Write the name."), field="name")
    check_birth_year(member.birth_year, is_head=member.relation == Relation.HEAD)
    return {
        "village": village,
        "name": name,
        "name_key": pinyin.key(name),
        "name_initials": pinyin.initials(name),
        "sex": member.sex,
        "birth_year": member.birth_year,
        "phone": phone_digits(member.phone),
    }


def register_person(village: Village, member: Member, *, by: Actor) -> Person:
    """A person without a household yet. Callers check the right; a telephone is optional, always.

    Raises:
        DomainError: somebody of this name and age is known, and nobody has said that this is another one.
    """
    fields = person_fields(village, member)
    if not member.is_other and queries.namesakes(village, fields["name"], member.birth_year):
        raise DomainError(
            _("The register knows a %(name)s already. Say whether it is the same person.") % {"name": fields["name"]},
            field="name",
        )
    person = Person(**fields)
    person.save(force_insert=True)
    return person


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
    birth_year: int | str | None = None,
    phone: str | None = None,
) -> None:
    """Change what is known of a person, old to new; only if nobody changed it since `seen`. None leaves a thing alone.

    Args:
        birth_year: "" when it is not known after all.

    Raises:
        WrongStatus: somebody else was quicker; the page shows both.
    """
    membership = Membership.objects.filter(person=person, to_on=None).select_related("household").first()
    must_keep(by, person.village_id, membership.household.grid_id if membership else None)
    old: dict[str, str] = {}
    new: dict[str, str] = {}
    fields: dict[str, Any] = {}
    plain = queries.plain_name(name or "")
    if plain and plain != person.name:
        old["name"], new["name"] = person.name, plain
        fields |= {"name": plain, "name_key": pinyin.key(plain), "name_initials": pinyin.initials(plain)}
    if sex is not None and sex != person.sex:
        old["sex"], new["sex"] = person.sex, sex
        fields["sex"] = sex
    if birth_year is not None and (birth_year or None) != person.birth_year:
        year = int(birth_year) if birth_year else None
        check_birth_year(year, is_head=bool(membership and membership.relation == Relation.HEAD))
        old["birth_year"], new["birth_year"] = str(person.birth_year or ""), str(year or "")
        fields["birth_year"] = year
    if phone is not None and phone_digits(phone) != person.phone:
        digits = phone_digits(phone)
        old["phone"], new["phone"] = str(person.phone), masking.phone(digits)
        fields |= crypto.sealed_for(person, "phone", digits)
    if not fields:
        return
    with audit.together():
        rows = Person.objects.filter(pk=person.pk, updated_at=seen).update(**fields, updated_at=clock.now())
        if not rows:
            raise Meanwhile()
        enter(
            "person",
            by=by,
            village_id=person.village_id,
            household=membership.household if membership else None,
            person=person,
            old=old,
            new=new,
        )
