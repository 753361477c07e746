"""Households: registered at the first visit, changed, closed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock, counters
from tongxin.core.errors import DomainError, Meanwhile, WrongStatus
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.actions.members import take_in
from tongxin.people.actions.persons import Member
from tongxin.people.models import CardToken, Household, Membership, Relation
from tongxin.territory.models import Grid, Group, Village


def register_household(
    village: Village,
    *,
    by: Actor,
    group: Group,
    grid: Grid,
    members: Sequence[Member],
    opened_on: date,
    number: str = "",
    house_name: str = "",
) -> Household:
    """A household with its head and whoever else is known by now, in one act.

    Raises:
        DomainError: no head or two, a grid of another group, a number that is taken, a day to come.
    """
    must_keep(by, village.pk, grid.pk)
    heads = [member for member in members if member.relation == Relation.HEAD]
    if len(heads) != 1:
        raise DomainError(_("A household has one head. Say who."), field="name")
    if grid.group_id != group.pk:
        raise DomainError(_("This grid lies in another group."), field="grid")
    if opened_on > clock.today(village.tz):
        raise DomainError(_("That day has not come yet."), field="opened_on")
    with audit.together():
        household = Household(
            village=village,
            number=number.strip() or _free_number(village, group),
            house_name=house_name.strip(),
            group=group,
            grid=grid,
            opened_on=opened_on,
        )
        try:
            with transaction.atomic():
                household.save(force_insert=True)
        except IntegrityError as error:
            raise DomainError(_("This household number is taken."), field="number") from error
        enter("open", by=by, village_id=village.pk, household=household, new={"number": household.number})
        for member in sorted(members, key=lambda m: m.relation != Relation.HEAD):
            take_in(household, member, by=by, on=opened_on)
    return household


def _free_number(village: Village, group: Group) -> str:
    """The group's number and the next three digits that nobody has had."""
    taken = set(Household.objects.filter(group=group).values_list("number", flat=True))
    while True:
        number = f"{group.number}{counters.next_value(village.pk, f'household-{group.number}', 2000):03d}"
        if number not in taken:
            return number


def change_household(
    household: Household, *, by: Actor, seen: datetime, house_name: str, grid: Grid, group: Group
) -> None:
    """Another house name, another grid. Only if nobody changed it since `seen` (WrongStatus otherwise)."""
    must_keep(by, household.village_id, household.grid_id)
    must_keep(by, household.village_id, grid.pk)
    if grid.group_id != group.pk:
        raise DomainError(_("This grid lies in another group."), field="grid")
    old = {"house_name": household.house_name, "grid": household.grid.name, "group": household.group.name}
    new = {"house_name": house_name.strip(), "grid": grid.name, "group": group.name}
    changed = {key for key in old if old[key] != new[key]}
    if not changed:
        return
    with audit.together():
        rows = Household.objects.filter(pk=household.pk, updated_at=seen).update(
            house_name=house_name.strip(), grid=grid, group=group, updated_at=clock.now()
        )
        if not rows:
            raise Meanwhile()
        enter(
            "household",
            by=by,
            village_id=household.village_id,
            household=household,
            old={key: old[key] for key in changed},
            new={key: new[key] for key in changed},
        )


def close_household(household: Household, *, by: Actor, on: date, because: str) -> None:
    """Nobody lives in it any more. Its card stops working.

    Raises:
        DomainError: somebody is still in it, no reason, a day to come.
    """
    must_keep(by, household.village_id, household.grid_id)
    if not because.strip():
        raise DomainError(_("Write why it is closed."), field="because")
    if on > clock.today(household.village.tz) or on < household.opened_on:
        raise DomainError(_("That day does not fit. Please look again."), field="on")
    if Membership.objects.filter(household=household, to_on=None).exists():
        raise DomainError(_("Somebody still belongs to it. Enter where they went first."), field="on")
    with audit.together():
        rows = Household.objects.filter(pk=household.pk, closed_on=None).update(
            closed_on=on, closed_because=because.strip(), updated_at=clock.now()
        )
        if not rows:
            raise WrongStatus(_("It is closed already."))
        CardToken.objects.filter(household=household, revoked_on=None).update(
            revoked_on=on, reason=str(_("Household closed"))
        )
        enter("close", by=by, village_id=household.village_id, household=household, new={"on": on.isoformat()})
