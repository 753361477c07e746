"""A small village on stage: everybody who acts, every place and card, a matter in every status; and its neighbour.

Registers are rows; matters come about by their actions, on days counted back from today, so that a real browser with a
real clock finds some of them late. All names and numbers are invented.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories import books, envelopes, exports
from tests.factories.rows import keep, row, rows_at_once
from tongxin.accounts.models import Passkey, User
from tongxin.bodies.models import Appointment, Body, BodyKind, EmergencyAccess, Post
from tongxin.bodies.roles import STAFF, Role
from tongxin.casework import photos, sounds
from tongxin.casework.actors import Calendar, Teller
from tongxin.casework.models import Channel
from tongxin.casework.store import Upload
from tongxin.core import clock, numbers, outbox
from tongxin.core.models import LoginSession
from tongxin.core.sessions import SessionStore
from tongxin.issues import actions
from tongxin.issues.models import Category, CategoryHandler, Issue, Kind
from tongxin.people.models import CardToken, Household, Membership, Person, RegisterEntry, Relation, Residence, Sex
from tongxin.territory import queries, scope
from tongxin.territory.models import Division, Grid, Group, Level, Place, PlaceCode, PlaceKind, Village

LONG_AGO = date(2001, 1, 1)
PASSWORD = "nine-poplars-by-the-river"
TAIL = "0471"  # the family's telephone ends in it


@dataclass
class Stage:
    """One village and what tests hold on to, by name."""

    village: Village
    groups: list[Group] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    households: list[Household] = field(default_factory=list)
    cards: list[CardToken] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    persons: dict[str, Person] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    codes: list[PlaceCode] = field(default_factory=list)
    bodies: list[Body] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)
    appointments: list[Appointment] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    issues: dict[str, Issue] = field(default_factory=dict)
    receipts: dict[str, str] = field(default_factory=dict)

    def path(self, address: str) -> str:
        """An address under this village's own prefix."""
        return f"/{self.village.slug}{address}"

    @contextmanager
    def days_ago(self, days: float) -> Iterator[None]:
        """Inside the village, that many days before now."""
        with scope.village(self.village.pk), clock.stopped_at(clock.now() - timedelta(days=days)):
            yield

    def fresh(self, name: str) -> Issue:
        """An issue as it stands in the database now."""
        with scope.village(self.village.pk):
            self.issues[name] = Issue.objects.select_related("village", "handler_post").get(pk=self.issues[name].pk)
        return self.issues[name]


# --- files --------------------------------------------------------------------------------------------------------
def jpeg(colour: str = "olive", size: tuple[int, int] = (320, 240)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def photo(colour: str = "olive") -> Upload:
    return photos.receive(SimpleUploadedFile("photo.jpg", jpeg(colour), "image/jpeg"))


def memo() -> Upload:
    wav = (
        b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00"
    )
    return sounds.receive(SimpleUploadedFile("memo.wav", wav + b"data\x00\x08\x00\x00" + b"\x80" * 2048, "audio/wav"))


# --- the village --------------------------------------------------------------------------------------------------
def village(slug: str = "liugou", name: str = "柳沟村", nth: int = 1) -> Stage:
    """A village without anything in it."""
    division = row(Division, code=f"62112210{nth:04}", name=name, level=Level.VILLAGE, valid_from=LONG_AGO)
    made = row(Village, slug=slug, name=name, division=division, phone=f"0932-60000{nth:02}", office_hours="8:30–17:30")
    queries.forget_villages()
    return Stage(made)


def settle(stage: Stage) -> Stage:
    """Ground, households, bodies and everybody who holds a post."""
    with scope.village(stage.village.pk), rows_at_once():
        _ground(stage)
        _households(stage)
        _offices(stage)
        _log_ins(stage.users["former"])
    return stage


def _ground(stage: Stage) -> None:
    of = {"village": stage.village, "opened_on": LONG_AGO}
    code = stage.village.division.code
    stage.groups = [row(Group, name=f"{word}组", number=n, **of) for n, word in enumerate("一二三", 1)]
    stage.grids = [
        row(Grid, name=f"第 {n} 网格", number=n, code=f"{code}{n:03}", group=group, **of)
        for n, group in enumerate(stage.groups, 1)
    ]
    for n, (kind, name) in enumerate(
        [
            (PlaceKind.SPOT, "集市口"),
            (PlaceKind.SPOT, "老井"),
            (PlaceKind.SERVICE_CENTRE, "党群服务中心"),
            (PlaceKind.SPOT, "旧桥"),
        ]
    ):
        at = stage.groups[n % 3]
        place = row(Place, kind=kind, name=name, group=at, grid=stage.grids[n % 3], **of)
        stage.places.append(place)
        body = f"{stage.village.division.code[-2:]}M{n}WQ".translate(str.maketrans("01", "ZY"))
        issued = {"village": stage.village, "place": place, "issued_on": LONG_AGO}
        stage.codes.append(row(PlaceCode, code=body + numbers.code_check(body), **issued))
    gone, code = stage.places[3], stage.codes[3]
    gone.ended_on = code.revoked_on = clock.today() - timedelta(days=30)
    code.reason = "桥拆了"
    wall = {"kind": PlaceKind.CULTURE_WALL, "name": "文化墙", "length_m": 36, "group": stage.groups[0]}
    stage.places.append(row(Place, **wall, **of))


def _households(stage: Stage) -> None:
    slug = stage.village.slug
    for n, (house, head, others) in enumerate(
        [("拐弯处", "苗长有", ("苗小满", "苗冬来")), ("井边", "乔秋生", ()), ("搬走的", "卫远行", ())]
    ):
        ground = {"group": stage.groups[n % 2], "grid": stage.grids[n % 2]}
        home = row(
            Household, village=stage.village, number=f"{n + 1:03}", house_name=house, opened_on=LONG_AGO, **ground
        )
        stage.households.append(home)
        for relation, name in zip((Relation.HEAD, Relation.SON, Relation.GRANDCHILD), (head, *others), strict=False):
            person = _person(stage, name, phone=f"1381111{TAIL}" if name == "苗长有" else "")
            member = {"person": person, "household": home, "relation": relation, "from_on": LONG_AGO}
            away = {"is_away": name == "苗冬来", "residence": Residence.REGISTERED}
            stage.members.append(row(Membership, village=stage.village, **member, **away))
        card = {"household": home, "token": f"{slug}-card-{n}-long-enough", "issued_on": LONG_AGO}
        stage.cards.append(row(CardToken, village=stage.village, **card))
        entry = {"household": home, "what": "register", "old": {"house_name": "旧名"}, "new": {"house_name": house}}
        row(RegisterEntry, village=stage.village, at=clock.now(), by_name="文书", **entry)
    day = clock.today() - timedelta(days=20)
    gone, left, lost = stage.households[2], stage.members[-1], stage.cards[-1]
    gone.closed_on, gone.closed_because = day, "全家迁走"
    left.to_on, left.left_because = day, "跟儿子进城"
    lost.revoked_on, lost.reason = day, "卡交回来了"


def _person(stage: Stage, name: str, user: User | None = None, phone: str = "") -> Person:
    made = row(Person, village=stage.village, name=name, sex=Sex.FEMALE, birth_year=1971, phone=phone, user=user)
    stage.persons[name] = made
    return made


OFFICES = [  # body, post, role, grid, takes matters, who
    (BodyKind.PARTY_BRANCH, "支部书记", Role.SECRETARY, None, False, "secretary"),
    (BodyKind.COMMITTEE, "文书", Role.CLERK, None, False, "clerk"),
    (BodyKind.COMMITTEE, "妇女委员", Role.COMMITTEE, None, True, "committee"),
    (BodyKind.COMMITTEE, "会计", Role.ACCOUNTANT, None, False, "accountant"),
    (BodyKind.SUPERVISION, "监委会主任", Role.SUPERVISOR, None, False, "supervisor"),
    (BodyKind.COUNCIL, "议事会成员", Role.COUNCIL, None, False, "council"),
    (BodyKind.MEDIATION, "调解员", Role.MEDIATOR, None, True, "mediator"),
    (BodyKind.TOWNSHIP, "包村干部", Role.TOWNSHIP, None, False, "township"),
    (BodyKind.SERVICE, "管水员", Role.HELPER, None, True, "helper"),
    (BodyKind.GRID_TEAM, "网格员", Role.GRID_WORKER, 0, True, "worker"),
    (BodyKind.GRID_TEAM, "网格员", Role.GRID_WORKER, 1, True, "worker2"),
    (BodyKind.PARTY_GROUP, "党小组长", Role.PARTY_GROUP, 0, False, "leader"),
    (BodyKind.PARTY_GROUP, "党员中心户", Role.PARTY_HOUSEHOLD, 0, False, "open_door"),
]


def _offices(stage: Stage) -> None:
    made: dict[str, Body] = {}
    for n, (kind, title, role, grid, takes, who) in enumerate(OFFICES):
        if kind not in made:
            made[kind] = row(Body, village=stage.village, kind=kind, name=str(BodyKind(kind).label), opened_on=LONG_AGO)
        ground = stage.grids[grid] if grid is not None else None
        rights = {"role": role, "grid": ground, "takes_matters": takes, "position": n}
        stage.posts[who] = row(Post, village=stage.village, body=made[kind], title=title, **rights)
        name = f"{'赵钱孙李周吴郑王冯陈褚卫蒋'[n]}{stage.village.name[0]}生"
        user = officer(stage, who, name) if role in STAFF else None
        appoint(stage, who, _person(stage, name, user))
    stage.bodies = list(made.values())
    one, other = stage.posts["worker"], stage.posts["worker2"]
    one.partner, other.partner = other, one
    row(CategoryHandler, village=stage.village, category=Category.WATER, post=stage.posts["helper"], question="没水了")
    former = appoint(stage, "clerk", _person(stage, "前文书", officer(stage, "former", "前文书")))
    former.to_on, former.ended_because = clock.today() - timedelta(days=100), "任满"
    then = clock.now() - timedelta(days=9)
    lent = {"post": stage.posts["clerk"], "person": stage.appointments[0].person, "because": "文书住院了"}
    row(EmergencyAccess, village=stage.village, hours=24, given_at=then, ended_at=then + timedelta(hours=3), **lent)


def _log_ins(user: User) -> None:
    """A passkey and an open session."""
    now, name = clock.now(), f"of-{user.username}"
    row(Passkey, user=user, host="elsewhere.example", made_at=now, credential=name, public_key="-", name="旧电脑")
    times = {"started_at": now, "seen_at": now, "ends_at": now + timedelta(hours=12)}
    row(LoginSession, user_id=user.pk, key=name, data=SessionStore().encode({"device": "Android"}), **times)


def officer(stage: Stage, login: str, name: str) -> User:
    user = User(username=f"{login}.{stage.village.slug}", name=name)
    user.set_password(PASSWORD)
    stage.users[login] = keep(user)
    return user


def appoint(stage: Stage, post: str, person: Person) -> Appointment:
    dates = {
        "from_on": LONG_AGO,
        "ground": "村民选举",
        "entered_at": clock.now(),
        "phone": f"1990000{len(stage.appointments):04}",
    }
    made = row(Appointment, village=stage.village, post=stage.posts[post], person=person, **dates)
    stage.appointments.append(made)
    return made


def everybody(stage: Stage, login: str = "everybody") -> User:
    """One person who holds every staff post of the village: whatever a post opens, this user can open."""
    with scope.village(stage.village.pk):
        user = officer(stage, login, f"全职{stage.village.name[0]}")
        _log_ins(user)
        person = _person(stage, user.name, user)
        for who, post in stage.posts.items():
            if post.role in STAFF:
                appoint(stage, who, person)
    return user


# --- matters ------------------------------------------------------------------------------------------------------
def told(stage: Stage, name: str, days_ago: float = 3, by: str = "", **said) -> Issue:
    fields = {
        "category": Category.ROAD,
        "words": f"{name}：路上有个坑",
        "phone": "13822220001",
        "place": stage.places[0],
    }
    with stage.days_ago(days_ago):
        report = actions.Report(**{**fields, **said})
        made = actions.report(stage.village, report, by=stage.users[by] if by else None, key=f"key-{name}")
        stage.receipts[name] = made.receipt
        stage.issues[name] = Issue.objects.get(pk=made.issue_id)
    return stage.fresh(name)


def taken(stage: Stage, name: str, days_ago: float = 2.9, **said) -> Issue:
    issue = told(stage, name, days_ago + 0.1, **said)
    with stage.days_ago(days_ago):
        actions.accept(issue, by=stage.users["council"], title=f"{stage.places[0].name}的路")
    return stage.fresh(name)


def given(stage: Stage, name: str, days_ago: float = 2.5, due: int | None = None, **said) -> Issue:
    issue = taken(stage, name, days_ago + 0.1, **said)
    with stage.days_ago(days_ago):
        day = clock.today() + timedelta(days=due) if due is not None else None
        actions.dispatch(issue, by=stage.users["council"], post=stage.posts["worker"], due_on=day, note="先去看看")
    return stage.fresh(name)


def answered(stage: Stage, name: str, days_ago: float = 2, **said) -> Issue:
    issue = given(stage, name, days_ago + 0.1, **said)
    with stage.days_ago(days_ago):
        actions.answer(
            issue, by=stage.users["worker"], reply="坑填平了，垫了石子", photos=[photo("teal"), photo("gray")]
        )
    return stage.fresh(name)


def solved(stage: Stage, name: str, days_ago: float = 1, **said) -> Issue:
    issue = answered(stage, name, days_ago + 0.5, **said)
    with stage.days_ago(days_ago):
        actions.confirm(issue, by=Teller(issue.pk, "phone"))
    return stage.fresh(name)


def fill(stage: Stage) -> Stage:
    """A matter in every status and of every kind that the pages tell apart; photos and memos developed."""
    home = stage.households[0]
    told(stage, "told", 0.1, photos=[photo(), photo("navy")], sound=memo())
    told(stage, "untaken", 4)
    told(stage, "urgent", 0.2, words="有人触电了", category=Category.LIGHT)
    afraid = {"is_sealed": True, "told_by_name": "怕人的", "photos": [photo("gray")]}
    told(stage, "sealed", 0.3, words="不愿意让人知道的事", **afraid)
    told(stage, "proxy", 0.4, by="worker", household=home, told_by=stage.persons["苗长有"], channel=Channel.DOOR)
    told(stage, "paper", 0.5, by="clerk", told_by_name="过路的", channel=Channel.PAPER, place=None, place_text="河滩上")
    taken(stage, "taken")
    given(stage, "given")
    given(stage, "late", 20, due=3)
    answered(stage, "answered", photos=[photo("maroon")])
    answered(stage, "family", household=home, phone=f"1381111{TAIL}", words="家里没水", category=Category.WATER)
    _reopened(stage)
    solved(stage, "solved", photos=[photo("purple")])
    solved(stage, "solved_too", 9, category=Category.WATER, kind=Kind.HELP)
    solved(stage, "sealed_solved", phone="", is_sealed=True, words="不愿意让人知道，办好了的事")
    silent = answered(stage, "silent", 12)
    with stage.days_ago(2):
        actions.lapse(silent, by=Calendar("issues.lapse"))
    _ended(stage)
    _complaints(stage)
    envelopes.fill(stage)
    exports.fill(stage)
    with stage.days_ago(0):
        joined = {"by": None, "phone": "13822220099"}
        actions.join(stage.issues["given"], key="join", **joined)
        actions.note(stage.fresh("given"), by=stage.users["worker"], text="石子明天拉来")
        held = {"held_on": clock.today(), "present": 5, "note": "都看过了"}
        actions.hold_sitting(stage.village, by=stage.users["clerk"], key="sitting", **held)
        actions.accept(
            stage.fresh("untaken"), by=stage.users["council"], title="老井边的路"
        )  # an act that no sitting saw
        books.open_one(stage)
    for name in stage.issues:
        stage.fresh(name)
    while outbox.work_once(200):
        pass
    return stage


def _reopened(stage: Stage) -> None:
    for name, times in (("reopened", 1), ("appealed", 2)):
        issue = answered(stage, name, 6)
        for n in range(times):
            with stage.days_ago(5 - n):
                actions.not_yet(stage.fresh(name), by=Teller(issue.pk, "phone"), note="又塌了")
            if n + 1 < times:
                with stage.days_ago(4.5 - n):
                    actions.answer(stage.fresh(name), by=stage.users["worker"], reply="又填了一回")


def _ended(stage: Stage) -> None:
    council = stage.users["council"]
    for name, act in (("declined", actions.decline), ("referred", actions.refer)):
        issue = told(stage, name)
        with stage.days_ago(1):
            act(issue, by=council, reason="这段是省道", where_to="县公路段 0932-6000077")
    issue = taken(stage, "not_possible")
    with stage.days_ago(1):
        actions.give_up(issue, by=council, reason="山体不稳，修不成")
    parent, child = taken(stage, "parent"), told(stage, "child", words="还是那个坑")
    with stage.days_ago(1):
        actions.merge(child, parent, by=council)


def _complaints(stage: Stage) -> None:
    told(stage, "complaint", about_post=stage.posts["secretary"], words="支书的事", category=Category.LAND_MONEY)
    ended = told(stage, "complaint_ended", about_post=stage.posts["worker2"], words="网格员的事", phone="")
    with stage.days_ago(1):
        away = {"reason": "镇纪委受理", "where_to": "镇纪委 0932-6000088"}
        actions.refer(ended, by=stage.users["supervisor"], **away)
    told(stage, "complaint_up", about_post=stage.posts["supervisor"], words="监委会主任的事", phone="")


def two(fill_first: bool = True) -> tuple[Stage, Stage]:
    """The village with everything in it, and its neighbour where one person holds every post."""
    first, second = settle(village()), settle(village("shiping", "石坪村", 2))
    if fill_first:
        fill(first)
    everybody(second)
    return first, second
