"""Scene: the registers as they stand before the first matter. A bulk load; history is part of it."""

import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from tongxin.accounts.queries import DEMO_PASSWORD
from tongxin.bodies.models import Body, Post
from tongxin.core import numbers
from tongxin.demo import actions, offices, roster
from tongxin.demo.actions import Ground
from tongxin.demo.offices import Office, Seat
from tongxin.demo.scenes.matters import Cast
from tongxin.people.models import Household, Membership, Person
from tongxin.territory.models import PlaceKind, Village

OPENED = date(2010, 1, 1)
CODES_ON = date(2022, 3, 1)


class Persons:
    """Grown villagers who live at home, dealt out one by one: nobody holds two posts unless the plan says so."""

    def __init__(self, village: Village) -> None:
        self.village = village
        self.given = 0
        found = (
            Membership.objects.filter(
                relation__in=("02", "10"), to_on=None, is_away=False, person__birth_year__range=(1962, 1996)
            )
            .select_related("person", "household")
            .order_by("household__number", "relation")
        )
        self.by_grid: dict[object, list[Person]] = {}
        for row in found:
            self.by_grid.setdefault(row.household.grid_id, []).append(row.person)

    def from_grid(self, grid_id: object) -> Person:
        return self.by_grid[grid_id].pop(0)

    def any(self) -> Person:
        self.given += 1
        pools = [pool for pool in self.by_grid.values() if len(pool) > 6]
        return pools[self.given % len(pools)].pop(0)


def lay(ground: Ground, spots: list[tuple[str, int]]) -> None:
    """Places; those with a code get one, two of them a second one after the first was spoilt."""
    for kind, name, grid, functions in offices.ROOMS:
        actions.open_place(ground, kind, name, grid, date(2018, 5, 1), functions=functions)
    for name, grid, length in offices.WALLS:
        actions.open_place(ground, PlaceKind.CULTURE_WALL, name, grid, date(2020, 9, 1), length=length)
    name, grid, length, ended = offices.OLD_WALL
    actions.open_place(ground, PlaceKind.CULTURE_WALL, name, grid, date(2012, 4, 1), length=length, ended=ended)
    for name, grid in spots:
        actions.open_place(ground, PlaceKind.SPOT, name, grid, date(2015, 1, 1))
    codes(ground, [*(name for name, _grid in spots), *(room[1] for room in offices.ROOMS)])


def codes(ground: Ground, names: list[str]) -> None:
    """Codes counted up from the village's own code: a printed poster stays good after a new seeding."""
    base = int(ground.village.division.code[-3:])
    for i, name in enumerate(names):
        place = ground.places[name]
        if i in (3, 11):
            actions.issue_code(place, _code(base, 500 + i), CODES_ON, revoked_on=date(2022, 9, 5))
        actions.issue_code(place, _code(base, i), CODES_ON if i not in (3, 11) else date(2022, 9, 5))


def _code(base: int, i: int) -> str:
    value, symbols = base * 7919 + i * 104729 + 33_554_432, ""
    for _ in range(6):
        value, rest = divmod(value, 32)
        symbols = numbers.CODE_ALPHABET[rest] + symbols
    return symbols + numbers.code_check(symbols)


def seat_everybody(ground: Ground, cast: Cast, logins: dict[str, str]) -> None:
    """Bodies, posts, appointments, log-ins; the grid teams and Party groups last, since they hang below the branch."""
    persons = Persons(ground.village)
    holders: dict[str, Person] = {}
    phones = _phones()
    branch: Body | None = None
    for office in offices.OFFICES:
        body = actions.found_body(ground.village, _here(cast, office))
        if office.kind == "party_branch":
            branch = body
        for position, seat in enumerate(office.seats):
            post = actions.make_post(body, seat, position)
            cast.posts[seat.title] = post
            _seat(ground, cast, persons, holders, seat, post, next(phones))
    for number, grid in ground.grids.items():
        group = actions.found_body(
            ground.village,
            Office("party_group", f"第{number}网格党小组", "把党员和住户连起来。", opened=date(2016, 7, 1)),
            parent=branch,
            grid=grid,
        )
        team = actions.found_body(
            ground.village,
            Office("grid_team", f"第{number}网格", "一格一员，有事找他。", opened=date(2016, 7, 1)),
            grid=grid,
        )
        leader = persons.from_grid(grid.pk)
        worker_seat = Seat(f"第{number}网格员", "grid_worker", takes=True)
        worker = actions.make_post(team, worker_seat, 40 + number, grid)
        actions.appoint(worker, leader, next(phones), ground="村党支部任命")
        cast.grid_users[str(grid.pk)] = actions.give_login(
            leader, logins.get(str(number), f"{cast.prefix}wangge{number}"), DEMO_PASSWORD
        )
        lead = actions.make_post(group, Seat(f"第{number}网格党小组组长", "party_group"), 60 + number, grid)
        actions.appoint(lead, leader, next(phones), ground="党员推选")
        household = actions.make_post(
            group, Seat(f"第{number}网格党员中心户", "party_household", seats=2), 80 + number, grid
        )
        for _ in range(2):
            actions.appoint(household, persons.from_grid(grid.pk), next(phones), ground="党员推选")
    workers = list(Post.objects.filter(role="grid_worker").order_by("position"))
    for first, second in zip(workers[::2], workers[1::2], strict=True):
        actions.pair(first, second)


def _here(cast: Cast, office: Office) -> Office:
    """The office under the name of the village at hand."""
    name = office.name
    for old, new in cast.renames.items():
        name = name.replace(old, new)
    return replace(office, name=name)


def _seat(
    ground: Ground, cast: Cast, persons: Persons, holders: dict[str, Person], seat: Seat, post: Post, phone: str
) -> None:
    if seat.was is not None:
        former = actions.outsider(ground.village, "示例前任") if seat.outsider else persons.any()
        actions.appoint(post, former, "", *seat.was, ground="上一届")
    for _ in range(seat.seats):
        if seat.same_as:
            person = holders[seat.same_as]
        elif seat.outsider:
            person = actions.outsider(ground.village, seat.outsider)
        else:
            person = persons.any()
        ground_of = "县司法局指派" if seat.outsider else "选举"
        actions.appoint(post, person, phone, ground=ground_of, from_on=seat.was[1] if seat.was else offices.TERM)
        holders.setdefault(seat.title, person)
    if seat.login or seat.takes or seat.role in ("council", "supervisor"):
        holder = holders[seat.title]
        login = seat.login if cast.prefix == "demo-t-" else seat.login.replace("demo-", "demo-gucheng-")
        name = login or f"{cast.prefix}{len(cast.users) + 1:02d}"
        cast.users[seat.title] = holder.user or actions.give_login(holder, name, DEMO_PASSWORD)


def _phones() -> Iterator[str]:
    """Telephones for villagers: a run that nobody can own."""
    number = 0
    while True:
        number += 1
        yield f"0932-00{number:05d}"


def cards(village: Village, count: int) -> None:
    """Cards for the first households, with tokens that name nobody."""
    households = list(Household.objects.filter(closed_on=None).order_by("number")[:count])
    actions.issue_cards(households, [secrets.token_hex(13) for _ in households], CODES_ON)


def tonganyi(village: Village) -> Ground:
    ground = actions.lay_ground(village, {g: [2 * g - 1, 2 * g] for g in range(1, 7)}, OPENED)
    actions.end_group(village, 7, "七组", ground.groups[6], OPENED, date(2019, 6, 30))
    actions.load_households(ground, roster.tonganyi())
    new = Household.objects.get(number="6902")
    old = (
        Membership.objects.filter(
            household__group=ground.groups[6], relation="20", to_on=None, person__birth_year__range=(1980, 1996)
        )
        .select_related("household")
        .order_by("household__number")[0]
    )
    actions.divide(village, old.household, new, "20", date(2023, 7, 1))
    lay(ground, offices.SPOTS)
    return ground
