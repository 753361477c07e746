"""A village of five households with every near-miss that a figure must leave out, and a neighbour who must see nothing.

Counted on 2023-06-30, over 2022-07-01 to 2023-06-30.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from tongxin.accounts.models import User
from tongxin.bodies.models import Appointment, Body, BodyKind, Post
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Calendar, Teller
from tongxin.core import clock
from tongxin.issues import actions
from tongxin.issues.models import Issue
from tongxin.people.models import Household, Membership, Person, Relation, Residence
from tongxin.reports.period import Period
from tongxin.reports.queries import Facts
from tongxin.territory import queries, scope
from tongxin.territory.models import Division, Grid, Group, Level, Place, PlaceCode, PlaceKind, Village

ON = date(2023, 6, 30)
PERIOD = Period.ending(ON)
LONG_AGO = date(2001, 1, 1)
NEXT_DAY = ON + timedelta(days=1)


def row(model, **fields):
    made = model(**fields)
    made.save(force_insert=True)
    return made


def make_village(slug: str, name: str, code: str) -> Village:
    division = row(Division, code=code, name=name, level=Level.VILLAGE, valid_from=LONG_AGO)
    return row(Village, slug=slug, name=name, division=division, phone="0932-0000000")


@dataclass
class Place6:
    """What the tests hold on to."""

    village: Village
    neighbour: Village
    groups: list = field(default_factory=list)
    grids: list = field(default_factory=list)
    households: list = field(default_factory=list)
    posts: dict = field(default_factory=dict)
    users: dict = field(default_factory=dict)
    matters: dict = field(default_factory=dict)

    def facts(self, on: date = ON, from_on: date | None = None) -> Facts:
        return Facts(self.village, Period.ending(on, from_on))


def settle_ground(cast: Place6) -> None:
    village = cast.village
    cast.groups = [
        row(Group, village=village, name=f"{name}组", number=n, opened_on=LONG_AGO) for n, name in enumerate("一二", 1)
    ]
    row(Group, village=village, name="三组", number=3, opened_on=LONG_AGO, ended_on=date(2019, 1, 1))  # merged
    cast.grids = [
        row(
            Grid, village=village, name=f"网格{n}", number=n, code=f"62110000000000{n}", group=group, opened_on=LONG_AGO
        )
        for n, group in enumerate(cast.groups, 1)
    ]
    row(  # ended: the first day on which it no longer holds
        Grid,
        village=village,
        name="旧网格",
        number=9,
        code="621100000000009",
        group=cast.groups[0],
        opened_on=LONG_AGO,
        ended_on=ON,
    )
    for n in range(5):
        at = n % 2
        home = row(
            Household,
            village=village,
            number=f"{n + 1:03}",
            house_name=f"老槐树{n + 1}号",
            group=cast.groups[at],
            grid=cast.grids[at],
            opened_on=LONG_AGO,
        )
        cast.households.append(home)
    spare = {"village": village, "group": cast.groups[0], "grid": cast.grids[0]}
    row(Household, number="006", opened_on=LONG_AGO, closed_on=ON, **spare)  # closed on the day itself
    row(Household, number="007", opened_on=NEXT_DAY, **spare)  # registered a day later


def settle_people(cast: Place6) -> None:
    village = cast.village
    for n, home in enumerate(cast.households):
        for i in range(3):
            person = row(Person, village=village, name=f"甲{n}{i}")
            relation = Relation.HEAD if i == 0 else Relation.OTHER
            row(Membership, village=village, person=person, household=home, relation=relation, from_on=LONG_AGO)
    home = cast.households[0]
    rest = {"village": village, "household": home, "relation": Relation.OTHER}
    dead = row(Person, village=village, name="故人", died_on=ON)
    row(Membership, person=dead, from_on=LONG_AGO, **rest)
    gone = row(Person, village=village, name="迁出")
    row(Membership, person=gone, from_on=LONG_AGO, to_on=ON, **rest)
    coming = row(Person, village=village, name="后来")
    row(Membership, person=coming, from_on=date(2023, 8, 1), **rest)
    lodger = row(Person, village=village, name="客商")
    row(Membership, person=lodger, from_on=LONG_AGO, residence=Residence.NEWCOMER, **rest)
    moved = row(Person, village=village, name="搬家")  # once on two rolls: counted once
    row(Membership, person=moved, from_on=LONG_AGO, to_on=date(2023, 7, 5), **rest)
    other = {**rest, "household": cast.households[1]}
    row(Membership, person=moved, from_on=date(2023, 6, 1), **other)


def settle_bodies(cast: Place6) -> None:
    village = cast.village

    def body(kind, name, grid=None, **dates):
        return row(Body, village=village, kind=kind, name=name, grid=grid, **{"opened_on": LONG_AGO, **dates})

    branch = body(BodyKind.PARTY_BRANCH, "党支部")
    kinds = ("COMMITTEE", "SUPERVISION", "UNION", "YOUTH", "WOMEN", "COUNCIL", "MEDIATION")
    made = {kind: body(BodyKind[kind], BodyKind[kind].value) for kind in kinds}
    body(BodyKind.COUNCIL, "旧议事会", ended_on=date(2020, 1, 1))
    body(BodyKind.LAW_TEAM, "普法队")
    body(BodyKind.UNION, "新工会", opened_on=date(2023, 9, 1))
    team = body(BodyKind.GRID_TEAM, "网格队")
    party = [body(BodyKind.PARTY_GROUP, f"党小组{g.number}", grid=g) for g in cast.grids]

    def post(name, of, role, grid=None, **more):
        cast.posts[name] = row(Post, village=village, body=of, title=name, role=role, grid=grid, **more)

    post("secretary", branch, Role.SECRETARY)
    post("council", made["COUNCIL"], Role.COUNCIL, seats=3)
    post("mediator", made["MEDIATION"], Role.MEDIATOR, seats=5)
    post("adviser", made["COMMITTEE"], Role.LEGAL_ADVISER)
    for n, grid in enumerate(cast.grids, 1):
        post(f"worker{n}", team, Role.GRID_WORKER, grid, takes_matters=True)
        post(f"leader{n}", party[n - 1], Role.PARTY_GROUP, grid)
        post(f"household{n}", party[n - 1], Role.PARTY_HOUSEHOLD, grid, seats=2)

    def hold(name, person, from_on=LONG_AGO, to_on=None):
        at = clock.now()
        row(
            Appointment,
            village=village,
            post=cast.posts[name],
            person=person,
            from_on=from_on,
            to_on=to_on,
            entered_at=at,
        )

    def officer(login, *names, **dates):
        user = row(User, username=login, name=login)
        cast.users[login] = user
        person = row(Person, village=village, name=f"官某{login}", user=user)
        for name in names:
            hold(name, person, **dates)
        return person

    officer("secretary", "secretary")
    officer("council", "council")
    officer("worker1", "worker1", "leader1", "household1", "household2")  # two posts of a role, one person
    worker2 = officer("worker2", "worker2")
    officer("leader2", "leader2")
    officer("adviser", "adviser")
    hold("mediator", worker2)
    hold("mediator", row(Person, village=village, name="调解员"), to_on=ON)  # ended on the day
    hold("household2", row(Person, village=village, name="某户"))
    hold("household1", row(Person, village=village, name="以后的中心户"), from_on=NEXT_DAY)


def settle_places(cast: Place6) -> None:
    village, group = cast.village, cast.groups[0]

    def place(kind, name, **more):
        return row(Place, village=village, kind=kind, name=name, group=group, **{"opened_on": LONG_AGO, **more})

    place(PlaceKind.CULTURE_WALL, "东墙", length_m=Decimal("108.5"))
    place(PlaceKind.CULTURE_WALL, "西墙", length_m=Decimal("71.5"))
    place(PlaceKind.CULTURE_WALL, "拆了的墙", length_m=Decimal("30"), ended_on=date(2021, 5, 1))
    place(PlaceKind.CULTURE_WALL, "没量过的墙")
    place(PlaceKind.CULTURE_SQUARE, "广场")
    place(PlaceKind.SERVICE_CENTRE, "服务中心", functions="活动室、文化室")
    pump, mill = place(PlaceKind.SPOT, "机井"), place(PlaceKind.SPOT, "磨坊")
    gone = place(PlaceKind.SPOT, "旧桥", ended_on=date(2022, 1, 1))
    for n, (at, issued, revoked) in enumerate(
        [(pump, LONG_AGO, None), (mill, LONG_AGO, ON), (mill, ON, None), (gone, LONG_AGO, None)]
    ):
        row(PlaceCode, village=village, place=at, code=f"CODE{n}", issued_on=issued, revoked_on=revoked)


def tell(cast: Place6, name: str, day: str, **said) -> Issue:
    fields = {"category": "road", "words": "路上有坑", "phone": "13800000001", "grid": cast.grids[0], **said}
    with clock.stopped_at(datetime.fromisoformat(f"{day}T09:00")):
        told = actions.report(cast.village, actions.Report(**fields), by=None, key=name)
    cast.matters[name] = Issue.objects.get(pk=told.issue_id)
    return cast.matters[name]


def fulfil(cast: Place6, issue: Issue, day: str, title: str = "东头的路") -> None:
    """Taken on an hour after nine, given out after two, answered after three."""
    council, worker = cast.users["council"], cast.users["worker1"]
    with clock.stopped_at(datetime.fromisoformat(f"{day}T10:00")):
        actions.accept(issue, by=council, title=title)
    with clock.stopped_at(datetime.fromisoformat(f"{day}T11:00")):
        actions.dispatch(issue, by=council, post=cast.posts["worker1"], note="去看看")
    with clock.stopped_at(datetime.fromisoformat(f"{day}T12:00")):
        actions.answer(issue, by=worker, reply="填平了")


def confirm(issue: Issue, moment: str) -> None:
    with clock.stopped_at(datetime.fromisoformat(moment)):
        actions.confirm(issue, by=Teller(issue.pk, "phone"))


def settle_matters(cast: Place6) -> None:
    council = cast.users["council"]
    for n, (kind, day, said_yes) in enumerate(
        [
            ("hard", "2022-06-30", "2022-07-01T00:00"),  # the first moment of the period
            ("vexing", "2023-01-05", "2023-01-06T12:00"),
            ("help", "2023-06-30", "2023-06-30T23:59"),  # its last minute, which is the day before in UTC
        ]
    ):
        issue = tell(cast, f"solved{n}", day, kind=kind)
        fulfil(cast, issue, day)
        confirm(issue, said_yes)
    sealed = tell(cast, "sealed", "2023-03-01", is_sealed=True)
    fulfil(cast, sealed, "2023-03-01", title="有人家没水")
    confirm(sealed, "2023-03-03T12:00")

    early, late = tell(cast, "early", "2022-06-29"), tell(cast, "late", "2023-06-30")
    fulfil(cast, early, "2022-06-29")
    confirm(early, "2022-06-30T23:59")
    fulfil(cast, late, "2023-06-30")
    confirm(late, "2023-07-01T00:00")
    suggestion = tell(cast, "suggestion", "2023-02-01", kind="suggestion")
    fulfil(cast, suggestion, "2023-02-01")
    confirm(suggestion, "2023-02-02T12:00")
    complaint = tell(cast, "complaint", "2023-02-01", about_post=cast.posts["worker2"])
    assert complaint.kind == "complaint"
    silent = tell(cast, "silent", "2023-02-01")
    fulfil(cast, silent, "2023-02-01")
    with clock.stopped_at(datetime(2023, 2, 20, 9)):
        actions.lapse(silent, by=Calendar("test"))
    with clock.stopped_at(datetime(2023, 4, 1, 9)):
        parent, child = tell(cast, "parent", "2023-04-01"), tell(cast, "child", "2023-04-01")
        actions.merge(child, parent, by=council)
        actions.decline(
            tell(cast, "declined", "2023-04-01"), by=council, reason="是省道", where_to="公路段 0932-0000001"
        )
        actions.refer(tell(cast, "referred", "2023-04-01"), by=council, reason="镇上管", where_to="镇政府 0932-0000002")


@pytest.fixture
def cast(db) -> Place6:
    queries.forget_villages()
    cast = Place6(make_village("here", "这个村", "621100000001"), make_village("there", "邻村", "621100000002"))
    with scope.village(cast.village.pk):
        for settle in (settle_ground, settle_people, settle_bodies, settle_places, settle_matters):
            settle(cast)
    with scope.village(cast.neighbour.pk):
        office = row(Body, village=cast.neighbour, kind=BodyKind.PARTY_BRANCH, name="邻村党支部", opened_on=LONG_AGO)
        seat = row(Post, village=cast.neighbour, body=office, title="支书", role=Role.SECRETARY)
        cast.users["stranger"] = row(User, username="stranger", name="stranger")
        person = row(Person, village=cast.neighbour, name="邻村人", user=cast.users["stranger"])
        row(Appointment, village=cast.neighbour, post=seat, person=person, from_on=LONG_AGO, entered_at=clock.now())
    yield cast
    queries.forget_villages()


@pytest.fixture
def village(cast):
    """The cast inside the scope of its village."""
    with scope.village(cast.village.pk):
        yield cast
