"""A whole register at once, when a village begins: from its paper rolls, not door by door."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock
from tongxin.core.errors import DomainError
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.actions.persons import Member, person_fields
from tongxin.people.models import Household, Membership, Person, Relation
from tongxin.territory.models import Grid, Group, Village

BATCH = 500


@dataclass(frozen=True, kw_only=True)
class PastMember(Member):
    """A member whose coming and going the old roll knows."""

    from_on: date | None = None  # as the household otherwise
    to_on: date | None = None
    left_because: str = ""
    died_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Roll:
    """One household of an old roll, with its own number."""

    number: str
    group: Group
    grid: Grid
    members: Sequence[Member]
    opened_on: date
    house_name: str = ""
    closed_on: date | None = None
    closed_because: str = ""


def register_many(village: Village, rolls: Sequence[Roll], *, by: Actor) -> list[Household]:
    """All of them or none, in batches; one line of history for the act. Nobody is looked up: an old roll is believed.

    Raises:
        NotAllowed: not a keeper. DomainError: says which household and what is wrong with it.
    """
    must_keep(by, village.pk, None)
    numbers = Counter(roll.number.strip() for roll in rolls)
    taken = set(Household.objects.of(village).filter(number__in=numbers).values_list("number", flat=True))
    households: list[Household] = []
    persons: list[Person] = []
    memberships: list[Membership] = []
    for roll in rolls:
        number = roll.number.strip()
        try:
            if not number or numbers[number] > 1 or number in taken:
                raise DomainError(_("This household number is taken."), field="number")
            household = _household(village, roll, number)
            households.append(household)
            for member in roll.members:
                person = _person(village, member)
                persons.append(person)
                memberships.append(_membership(village, household, person, member))
        except DomainError as error:
            words = {"number": number, "message": error.message}
            raise DomainError(_("Household %(number)s: %(message)s") % words, field=error.field) from error
    with audit.together():
        Household.objects.bulk_create(households, batch_size=BATCH)
        Person.objects.bulk_create(persons, batch_size=BATCH)
        Membership.objects.bulk_create(memberships, batch_size=BATCH)
        enter("many", by=by, village_id=village.pk, new={"households": len(households), "persons": len(persons)})
    return households


def _household(village: Village, roll: Roll, number: str) -> Household:
    now = [member for member in roll.members if not (isinstance(member, PastMember) and member.to_on)]
    heads = sum(member.relation == Relation.HEAD for member in now)
    if heads > 1 or (heads == 0 and roll.closed_on is None):
        raise DomainError(_("A household has one head. Say who."), field="name")
    if roll.closed_on is not None and now:
        raise DomainError(_("Somebody still belongs to it. Enter where they went first."), field="on")
    if roll.grid.group_id != roll.group.pk:
        raise DomainError(_("This grid lies in another group."), field="grid")
    today = clock.today(village.tz)
    if roll.opened_on > today or (roll.closed_on or roll.opened_on) > today:
        raise DomainError(_("That day has not come yet."), field="opened_on")
    return Household(
        village=village,
        number=number,
        house_name=roll.house_name.strip(),
        group=roll.group,
        grid=roll.grid,
        opened_on=roll.opened_on,
        closed_on=roll.closed_on,
        closed_because=roll.closed_because.strip(),
    )


def _person(village: Village, member: Member) -> Person:
    return Person(**person_fields(village, member), died_on=getattr(member, "died_on", None))


def _membership(village: Village, household: Household, person: Person, member: Member) -> Membership:
    past = member if isinstance(member, PastMember) else None
    return Membership(
        village=village,
        person=person,
        household=household,
        relation=member.relation,
        residence=member.residence,
        is_away=member.is_away,
        from_on=(past and past.from_on) or household.opened_on,
        to_on=past.to_on if past else None,
        left_because=past.left_because if past else "",
    )
