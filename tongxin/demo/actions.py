"""Bulk set-up of the registers: the one place of the demonstration that writes rows itself.

Everything that happens in a matter goes through `issues.actions`; a register of 3,000 people comes in one load.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from tongxin.accounts.models import User
from tongxin.bodies.models import Appointment, Body, Post
from tongxin.core import clock
from tongxin.demo.offices import TERM, Office, Seat
from tongxin.demo.roster import HouseholdPlan, PersonPlan
from tongxin.people import pinyin
from tongxin.people.models import CardToken, Household, Membership, Person
from tongxin.territory.models import Division, Grid, Group, Level, Place, PlaceCode, Village

BATCH = 500
CHAIN = [
    ("62", "甘肃省", Level.PROVINCE),
    ("6211", "定西市", Level.CITY),
    ("621122", "陇西县", Level.COUNTY),
    ("621122105", "通安驿镇", Level.TOWN),
]
NUMERALS = "零一二三四五六七八九十"


def found(slug: str, name: str, code: str, phone: str) -> Village:
    """A village below the division chain of Longxi county (codes: the statistics bureau's list)."""
    parent = None
    for chain_code, chain_name, level in CHAIN:
        parent, _made = Division.objects.get_or_create(
            code=chain_code,
            valid_from=date(2000, 1, 1),
            defaults={"name": chain_name, "level": level, "parent": parent},
        )
    division = Division.objects.create(
        code=code, name=name, level=Level.VILLAGE, parent=parent, valid_from=date(2000, 1, 1)
    )
    return Village.objects.create(
        slug=slug, name=name, division=division, phone=phone, office_hours="每天 8:30—12:00，14:30—18:00", is_demo=True
    )


@dataclass
class Ground:
    """What the load has laid, by its number or name."""

    village: Village
    groups: dict[int, Group] = field(default_factory=dict)
    grids: dict[int, Grid] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


def lay_ground(village: Village, grids_per_group: dict[int, list[int]], opened: date) -> Ground:
    """Groups and their grids; a grid's code is the village's twelve digits and three of its own."""
    ground = Ground(village)
    for number, grid_numbers in grids_per_group.items():
        group = Group.objects.create(
            village=village,
            name=f"{NUMERALS[number]}组",
            number=number,
            code=f"{village.division.code}{number:02d}",
            opened_on=opened,
        )
        ground.groups[number] = group
        for grid in grid_numbers:
            ground.grids[grid] = Grid.objects.create(
                village=village,
                name=f"第{grid}网格",
                number=grid,
                code=f"{village.division.code}{grid:03d}",
                group=group,
                opened_on=opened,
            )
    return ground


def end_group(village: Village, number: int, name: str, into: Group, opened: date, ended: date) -> None:
    Group.objects.create(village=village, name=name, number=number, opened_on=opened, ended_on=ended, merged_into=into)


def load_households(ground: Ground, plans: Sequence[HouseholdPlan]) -> None:
    """Households, persons and memberships in batches, one transaction."""
    village = ground.village
    households, people, memberships = [], [], []
    for plan in plans:
        household = Household(
            village=village,
            number=plan.number,
            house_name=plan.house_name,
            group=ground.groups[plan.group],
            grid=ground.grids[plan.grid],
            opened_on=plan.opened_on,
            closed_on=plan.closed_on,
            closed_because=plan.closed_because,
        )
        households.append(household)
        for planned in plan.people:
            person = _person(village, planned)
            people.append(person)
            memberships.append(
                Membership(
                    village=village,
                    person=person,
                    household=household,
                    relation=planned.relation,
                    residence=planned.residence,
                    is_away=planned.is_away,
                    from_on=planned.from_on,
                    to_on=planned.to_on,
                    left_because=planned.left_because,
                )
            )
    with transaction.atomic():
        Household.objects.bulk_create(households, batch_size=BATCH)
        Person.objects.bulk_create(people, batch_size=BATCH)
        Membership.objects.bulk_create(memberships, batch_size=BATCH)


def _person(village: Village, planned: PersonPlan) -> Person:
    return Person(
        village=village,
        name=planned.name,
        name_key=pinyin.key(planned.name),
        name_initials=pinyin.initials(planned.name),
        sex=planned.sex,
        birth_year=planned.birth_year,
        died_on=planned.died_on,
        phone=planned.phone,
    )


def divide(village: Village, household: Household, new: Household, relation: str, on: date) -> None:
    """A grown son sets up his own house: he leaves one roll and heads another on the same day (分户)."""
    leaving = Membership.objects.filter(household=household, relation=relation, to_on=None).order_by(
        "person__birth_year"
    )[0]
    leaving.to_on = on
    leaving.left_because = "分户"
    leaving.save(update_fields=["to_on", "left_because"])
    Membership.objects.create(
        village=village, person=leaving.person, household=new, relation="02", residence="registered", from_on=on
    )


def open_place(
    ground: Ground,
    kind: str,
    name: str,
    grid: int,
    opened: date,
    *,
    length: int = 0,
    functions: str = "",
    ended: date | None = None,
) -> Place:
    where = ground.grids[grid]
    place = Place.objects.create(
        village=ground.village,
        kind=kind,
        name=name,
        grid=where,
        group=where.group,
        length_m=length or None,
        functions=functions,
        opened_on=opened,
        ended_on=ended,
    )
    ground.places[name] = place
    return place


def found_body(village: Village, office: Office, parent: Body | None = None, grid: Grid | None = None) -> Body:
    return Body.objects.create(
        village=village,
        kind=office.kind,
        name=office.name,
        duty=office.duty,
        parent=parent,
        grid=grid,
        opened_on=office.opened,
        ended_on=office.ended,
    )


def make_post(body: Body, seat: Seat, position: int, grid: Grid | None = None) -> Post:
    return Post.objects.create(
        village=body.village,
        body=body,
        title=seat.title,
        role=seat.role,
        seats=seat.seats,
        grid=grid,
        takes_matters=seat.takes,
        position=position,
    )


def pair(first: Post, second: Post) -> None:
    first.partner, second.partner = second, first
    first.save(update_fields=["partner"])
    second.save(update_fields=["partner"])


def appoint(
    post: Post, person: Person, phone: str, from_on: date = TERM, to_on: date | None = None, ground: str = "选举"
) -> Appointment:
    return Appointment.objects.create(
        village=post.village,
        post=post,
        person=person,
        from_on=from_on,
        to_on=to_on,
        ground=ground,
        phone=phone,
        entered_at=clock.now(),
    )


def outsider(village: Village, name: str) -> Person:
    return Person.objects.create(
        village=village, name=name, name_key=pinyin.key(name), name_initials=pinyin.initials(name), sex="0"
    )


def give_login(person: Person, username: str, password: str) -> User:
    user = User(username=username, name=person.name)
    user.set_password(password)
    user.save()
    person.user = user
    person.save(update_fields=["user"])
    return user


def issue_code(place: Place, code: str, on: date, revoked_on: date | None = None) -> PlaceCode:
    return PlaceCode.objects.create(
        village=place.village,
        place=place,
        code=code,
        issued_on=on,
        revoked_on=revoked_on,
        reason="被雨淋坏，换了新的" if revoked_on else "",
    )


def issue_cards(households: Sequence[Household], tokens: Sequence[str], on: date) -> None:
    CardToken.objects.bulk_create(
        [
            CardToken(village_id=h.village_id, household=h, token=token, issued_on=on)
            for h, token in zip(households, tokens, strict=True)
        ],
        batch_size=BATCH,
    )
