"""Found villages; open and end groups, grids and places; issue and revoke the codes on posters."""

import secrets
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import cast
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor, Operator
from tongxin.core import clock, console, numbers
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.territory import access, queries
from tongxin.territory.models import Division, Grid, Group, Level, Place, PlaceCode, PlaceKind, Village

ANCIENT = date(2000, 1, 1)


def _must_keep(by: Actor, village_id: UUID) -> None:
    if not access.can_keep_ground(by, village_id):
        raise NotAllowed(_("This step is not yours to take."))


def opened(village_id: UUID | None) -> None:
    """Whoever opens a village's rows at the server's command line stands in its chain: once a command (R17).

    None: those of all villages; that stands in the chain of the installation.
    """
    if name := console.first_opened(village_id):
        with audit.together():
            audit.record("territory.open_rows", by=Operator(name), village_id=village_id, data={"command": name})


def found_village(
    *, by: Actor, slug: str, chain: Sequence[tuple[str, str]], phone: str, is_demo: bool = False, office_hours: str = ""
) -> Village:
    """A village at the end of its division chain, province first: [(code, name), …, (12 digits, name)].

    Raises:
        NotAllowed: not from the command line. DomainError: not five levels, or a code that does not nest.
    """
    if not isinstance(by, Operator):
        raise NotAllowed(_("Only the operator founds a village."))
    lengths = [len(code) for code, _name in chain]
    nests = all(later[0].startswith(earlier[0]) for earlier, later in pairwise(chain))
    if lengths != [2, 4, 6, 9, 12] or not nests or not all(code.isdigit() for code, _name in chain):
        raise DomainError(_("Give five levels: province, city, county, township, village, each code within the next."))
    with audit.together():
        division: Division | None = None
        for level, (code, name) in zip(Level, chain, strict=False):
            division, _made = Division.objects.get_or_create(
                code=code, valid_from=ANCIENT, defaults={"name": name, "level": level, "parent": division}
            )
        village = Village.objects.create(
            slug=slug,
            name=chain[-1][1],
            division=cast(Division, division),
            phone=phone,
            is_demo=is_demo,
            office_hours=office_hours,
        )
        audit.record("territory.found_village", by=by, about=village, village_id=village.pk)
    queries.forget_villages()
    return village


def open_group(village: Village, *, by: Actor, number: int, name: str, opened_on: date) -> Group:
    """A villager group; its number is free among the living ones."""
    _must_keep(by, village.pk)
    if opened_on > clock.today(village.tz):
        raise DomainError(_("That day has not come yet."), field="opened_on")
    if Group.objects.of(village).on(opened_on).filter(number=number).exists():
        raise DomainError(_("There is a group with this number already."), field="number")
    with audit.together():
        group = Group.objects.create(
            village=village,
            number=number,
            name=name.strip(),
            code=f"{village.division.code}{number:02d}",
            opened_on=opened_on,
        )
        audit.record("territory.open_group", by=by, about=group)
    return group


def end_group(group: Group, *, by: Actor, ended_on: date, merged_into: Group | None = None) -> None:
    """A group that no longer is; only when no household and no grid is left in it."""
    _must_keep(by, group.village_id)
    if group.ended_on is not None:
        raise WrongStatus(_("It has ended already."))
    if not group.opened_on <= ended_on <= clock.today(group.village.tz):
        raise DomainError(_("That day does not fit. Please look again."), field="ended_on")
    if merged_into is not None and (merged_into.pk == group.pk or merged_into.village_id != group.village_id):
        raise DomainError(_("Choose another group."), field="merged_into")
    if group.households.on(ended_on).exists() or group.grids.on(ended_on).exists():
        raise DomainError(_("Move its households and grids first."))
    with audit.together():
        Group.objects.filter(pk=group.pk).update(ended_on=ended_on, merged_into=merged_into)
        data = {"merged_into": merged_into.pk if merged_into else None}
        audit.record("territory.end_group", by=by, about=group, data=data)


def open_grid(
    village: Village, *, by: Actor, number: int, name: str, group: Group, opened_on: date, extent: str = ""
) -> Grid:
    """A grid; its code is the village's twelve digits and three of its own."""
    _must_keep(by, village.pk)
    if opened_on > clock.today(village.tz):
        raise DomainError(_("That day has not come yet."), field="opened_on")
    code = f"{village.division.code}{number:03d}"
    if Grid.objects.of(village).filter(code=code).exists():
        raise DomainError(_("There is a grid with this number already."), field="number")
    with audit.together():
        grid = Grid.objects.create(
            village=village,
            number=number,
            name=name.strip(),
            code=code,
            group=group,
            extent=extent.strip(),
            opened_on=opened_on,
        )
        audit.record("territory.open_grid", by=by, about=grid)
    return grid


def open_place(
    village: Village,
    *,
    by: Actor,
    kind: str,
    name: str,
    opened_on: date,
    group: Group | None = None,
    grid: Grid | None = None,
    length_m: Decimal | None = None,
    functions: str = "",
) -> Place:
    """A place that people know by name.

    Raises:
        DomainError: the name is taken by a place in use, a wall without its length, a day to come.
    """
    _must_keep(by, village.pk)
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Write what people call the place."), field="name")
    if kind == PlaceKind.CULTURE_WALL and not length_m:
        raise DomainError(_("A wall needs its length in metres."), field="length_m")
    if opened_on > clock.today(village.tz):
        raise DomainError(_("That day has not come yet."), field="opened_on")
    if grid is not None and group is None:
        group = grid.group
    if Place.objects.of(village).filter(name=name, ended_on=None).exists():
        raise DomainError(_("A place of this name is there already."), field="name")
    with audit.together():
        place = Place.objects.create(
            village=village,
            kind=kind,
            name=name,
            opened_on=opened_on,
            group=group,
            grid=grid,
            length_m=length_m,
            functions=functions.strip(),
        )
        audit.record("territory.open_place", by=by, about=place)
    return place


def end_place(place: Place, *, by: Actor, ended_on: date) -> None:
    """No longer in use; its code stops leading anywhere."""
    _must_keep(by, place.village_id)
    if ended_on < place.opened_on:
        raise DomainError(_("That is before it was opened."), field="ended_on")
    with audit.together():
        PlaceCode.objects.filter(place=place, revoked_on=None).update(
            revoked_on=ended_on, reason=str(_("Place closed"))
        )
        Place.objects.filter(pk=place.pk).update(ended_on=ended_on)
        audit.record("territory.end_place", by=by, about=place)
    place.ended_on = ended_on


def issue_code(place: Place, *, by: Actor) -> PlaceCode:
    """A code for the poster: six random symbols and two check symbols. One valid code a place.

    Raises:
        DomainError: there is a valid one, or the place is closed.
    """
    _must_keep(by, place.village_id)
    if place.ended_on is not None:
        raise DomainError(_("The place is closed."))
    if PlaceCode.objects.filter(place=place, revoked_on=None).exists():
        raise DomainError(_("This place has a valid code. Revoke it first."))
    for _try in range(5):
        symbols = "".join(secrets.choice(numbers.CODE_ALPHABET) for _i in range(6))
        try:
            with audit.together():
                code = PlaceCode.objects.create(
                    village_id=place.village_id,
                    place=place,
                    code=symbols + numbers.code_check(symbols),
                    issued_on=clock.today(),
                )
                audit.record("territory.issue_code", by=by, about=code, data={"place": place.pk})
            return code
        except IntegrityError:  # the same six symbols twice: one in a thousand million
            continue
    raise DomainError(_("No code could be made. Please try again."))


def revoke_code(code: PlaceCode, *, by: Actor, reason: str) -> None:
    """The poster is gone or spoilt; whoever scans it is told that a new one hangs there."""
    _must_keep(by, code.village_id)
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Write why it is revoked."), field="reason")
    with audit.together():
        rows = PlaceCode.objects.filter(pk=code.pk, revoked_on=None).update(revoked_on=clock.today(), reason=reason)
        if not rows:
            raise WrongStatus(_("It is revoked already."))
        audit.record("territory.revoke_code", by=by, about=code)
