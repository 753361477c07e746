"""Who belongs to a household: joining, leaving, moving, dying, heading it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock
from tongxin.core.errors import DomainError, Meanwhile, WrongStatus
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.actions.persons import Member, change_person, check_birth_year, register_person
from tongxin.people.models import Household, Membership, Person, Relation


@dataclass(frozen=True)
class Standing:
    """How somebody stands in a household, as a page showed it; written over only while it is still so."""

    relation: str
    residence: str
    is_away: bool

    @classmethod
    def of(cls, membership: Membership) -> Self:
        return cls(membership.relation, membership.residence, membership.is_away)

    @classmethod
    def read(cls, text: str) -> Self:
        """What `str` wrote; nonsense is a standing that nobody has."""
        relation, residence, away = (*text.split("|"), "", "", "")[:3]
        return cls(relation, residence, away == "1")

    def __str__(self) -> str:
        return f"{self.relation}|{self.residence}|{int(self.is_away)}"


def add_member(household: Household, member: Member, *, by: Actor, from_on: date) -> Membership:
    """Somebody joins a household: a new person, or `member.person`, who is known and in no household now.

    Raises:
        DomainError: the person is in another household (move them), there is a head already, a day to come.
    """
    must_keep(by, household.village_id, household.grid_id)
    if household.closed_on is not None:
        raise DomainError(_("The household is closed."))
    if from_on > clock.today(household.village.tz):
        raise DomainError(_("That day has not come yet."), field="from_on")
    with audit.together():
        person = member.person or register_person(household.village, member, by=by)
        if member.person is not None and (now := membership_now(person)) is not None:
            raise DomainError(
                _("%(name)s is in household %(number)s. Move them here, or leave them there.")
                % {"name": person.name, "number": now.household.number},
                field="person",
            )
        if member.relation == Relation.HEAD:
            _must_be_free_head(household)
            _must_be_able_to_head(person)
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


def take_in(household: Household, member: Member, *, by: Actor, on: date) -> Membership:
    """A member who may be known: from the other household into this one on that day, or new here."""
    with audit.together():
        if member.person is not None and (now := membership_now(member.person)) is not None:
            if now.household_id == household.pk:
                raise DomainError(_("%(name)s is in this household already.") % {"name": now.person.name}, field="name")
            leave(now, by=by, on=on, because=f"→ {household.number}")
        return add_member(household, member, by=by, from_on=on)


def membership_now(person: Person) -> Membership | None:
    rows = Membership.objects.filter(person=person, to_on=None)
    return rows.select_related("household", "person", "village").first()


def _must_be_free_head(household: Household) -> None:
    if Membership.objects.filter(household=household, relation=Relation.HEAD, to_on=None).exists():
        raise DomainError(_("There is a head already. Change the head first."), field="relation")


def _must_be_able_to_head(person: Person) -> None:
    check_birth_year(person.birth_year, is_head=True)
    if person.died_on is not None:
        raise DomainError(_("Who has died cannot head a household. Choose another."), field="person")


def choose_head(membership: Membership, *, by: Actor, former: str = Relation.OTHER) -> None:
    """This member heads the household from now on; `former` is what the one before is to them. The number stays.

    Raises:
        DomainError: a child. WrongStatus: somebody else chose meanwhile.
    """
    household = membership.household
    must_keep(by, membership.village_id, household.grid_id)
    if former == Relation.HEAD or former not in Relation.values:
        raise DomainError(_("Say what the former head is to the new one."), field="former")
    _must_be_able_to_head(membership.person)
    with audit.together():
        before = Membership.objects.filter(household=household, relation=Relation.HEAD, to_on=None)
        old = before.select_related("person").first()
        if old is not None and old.pk == membership.pk:
            return
        if old is not None:
            before.filter(pk=old.pk).update(relation=former)
        try:
            with transaction.atomic():
                rows = Membership.objects.filter(pk=membership.pk, to_on=None).update(relation=Relation.HEAD)
        except IntegrityError:
            rows = 0
        if not rows:
            raise Meanwhile()
        enter(
            "head",
            by=by,
            village_id=membership.village_id,
            household=household,
            person=membership.person,
            old={"name": old.person.name if old else ""},
            new={"name": membership.person.name},
        )


def change_member(
    membership: Membership,
    *,
    by: Actor,
    seen: datetime,
    stood: Standing,
    standing: Standing,
    name: str,
    sex: str,
    birth_year: int | str | None,
    phone: str | None,
) -> None:
    """All that one page shows of a member, in one act: the person, and how they stand in the household.

    Raises:
        WrongStatus: either was changed since the page was read. DomainError: a relation that cannot be.
    """
    with audit.together():
        change_person(membership.person, by=by, seen=seen, name=name, sex=sex, birth_year=birth_year, phone=phone)
        change_standing(membership, by=by, stood=stood, standing=standing)


def change_standing(membership: Membership, *, by: Actor, stood: Standing, standing: Standing) -> None:
    """Relation, residence, away or back, old to new; only while it is as it `stood` on the page."""
    must_keep(by, membership.village_id, membership.household.grid_id)
    if stood == standing:
        return
    if Relation.HEAD in (stood.relation, standing.relation) and stood.relation != standing.relation:
        if stood.relation == Relation.HEAD:
            raise DomainError(_("Choose another head first."), field="relation")
        _must_be_free_head(membership.household)
        _must_be_able_to_head(membership.person)
    was, now = stood.__dict__, standing.__dict__
    with audit.together():
        rows = Membership.objects.filter(pk=membership.pk, to_on=None, **was).update(**now)
        if not rows:
            raise Meanwhile()
        changed = [key for key in was if was[key] != now[key]]
        enter(
            "member",
            by=by,
            village_id=membership.village_id,
            household=membership.household,
            person=membership.person,
            old={key: was[key] for key in changed},
            new={key: now[key] for key in changed},
        )


def leave(membership: Membership, *, by: Actor, on: date, because: str) -> None:
    """Moved out, married out, divided: from `on` the person is no longer in the household."""
    must_keep(by, membership.village_id, membership.household.grid_id)
    if on < membership.from_on:
        raise DomainError(_("That is before they came."), field="on")
    if on > clock.today(membership.village.tz):
        raise DomainError(_("That day has not come yet."), field="on")
    with audit.together():
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
    member = Member(
        name=membership.person.name,
        relation=relation,
        residence=membership.residence,
        is_away=membership.is_away,
        person=membership.person,
    )
    with audit.together():
        leave(membership, by=by, on=on, because=f"→ {to.number}")
        return add_member(to, member, by=by, from_on=on)


def record_death(person: Person, *, by: Actor, on: date) -> None:
    """A death ends the membership on that day; the household stays, and wants a head when the head has died."""
    membership = membership_now(person)
    must_keep(by, person.village_id, membership.household.grid_id if membership else None)
    if on > clock.today(person.village.tz):
        raise DomainError(_("That day has not come yet."), field="on")
    if person.birth_year is not None and on.year < person.birth_year:
        raise DomainError(_("That is before they were born."), field="on")
    with audit.together():
        rows = Person.objects.filter(pk=person.pk, died_on=None).update(died_on=on, updated_at=clock.now())
        if not rows:
            raise WrongStatus(_("The death is entered already."))
        if membership is not None:
            leave(membership, by=by, on=on, because=str(_("Died")))
        else:
            enter("death", by=by, village_id=person.village_id, person=person, new={"on": on.isoformat()})
