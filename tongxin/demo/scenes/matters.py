"""Scene: what people told, and what became of it. Every step is the action that a person would take on a page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile

from tongxin.accounts.models import User
from tongxin.bodies.models import Post
from tongxin.bodies.roles import Role
from tongxin.casework import photos
from tongxin.casework.actors import Calendar, Teller
from tongxin.casework.models import Channel
from tongxin.casework.store import Upload
from tongxin.core import clock, workdays
from tongxin.demo import pictures
from tongxin.demo.matters import Matter
from tongxin.issues import actions, queries
from tongxin.issues.models import Issue
from tongxin.people.models import Household, Membership
from tongxin.territory.models import Group, Place, Village


@dataclass
class Cast:
    """Who acts: log-ins by role, posts by title, and the log-in of each grid's worker."""

    village: Village
    prefix: str  # of log-ins that nobody needs by name
    renames: dict[str, str] = field(default_factory=dict)  # words of the plan that are other words here
    posts: dict[str, Post] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)  # by post title
    grid_users: dict[str, User] = field(default_factory=dict)  # by grid id
    issues: dict[str, Issue] = field(default_factory=dict)

    @property
    def clerk(self) -> User:
        return self.users["村文书"]

    @property
    def council(self) -> User:
        return self.users["议事会召集人"]

    @property
    def supervisor(self) -> User:
        return self.users["村务监督委员会主任"]


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock; what a user holds is asked anew on another day by the day in its memory."""
    with clock.stopped_at(moment):
        yield


def open_hours(moment: datetime) -> datetime:
    """The next working morning after this moment, at twenty past nine."""
    day = workdays.next_workday(moment.date() + timedelta(days=1 if moment.hour >= 9 else 0))
    return datetime.combine(day, time(9, 20))


def tell(cast: Cast, matter: Matter, moment: datetime) -> Issue:
    """A resident speaks, with a telephone when told from a household."""
    place = Place.objects.filter(name=matter.place).select_related("grid", "grid__group", "group").first()
    group = Group.objects.get(number=matter.group, ended_on=None) if matter.group else None
    if matter.place and place is None:
        raise LookupError(matter.place)
    group_id = group.pk if group else (place.group_id if place else None)
    household = _household(group_id, len(cast.issues)) if matter.channel != Channel.PAGE else None
    head = _head(household) if household else None
    recorder = None
    if matter.channel in (Channel.PHONE, Channel.DESK, Channel.PAPER):
        recorder = cast.clerk
    elif matter.channel == Channel.DOOR and household is not None:
        recorder = cast.grid_users[str(household.grid_id)]
    about = cast.posts["便民服务窗口"] if matter.path == "complaint" else None
    by_code = matter.channel == Channel.CODE
    with at(moment):
        told = actions.report(
            cast.village,
            actions.Report(
                category=matter.category,
                kind=matter.kind,
                words=matter.words,
                place=place,
                group=group,
                household=None if by_code else household,
                told_by=None if by_code else (head.person if head else None),
                told_by_name="" if by_code or head is None else head.person.name,
                phone=head.person.phone.in_clear() if head else "",
                about_post=about,
                channel=matter.channel,
            ),
            by=recorder,
            key=f"demo-{cast.village.slug}-{matter.key}",
        )
    issue = Issue.objects.get(pk=told.issue_id)
    cast.issues[matter.key] = issue
    for i in range(matter.voices):
        with at(moment + timedelta(hours=5 + i)):
            actions.join(issue, by=None, key=f"demo-{matter.key}-{i}", phone=f"1320000{len(cast.issues):02d}{i:02d}")
    return issue


def play(cast: Cast, matter: Matter, same: Sequence[Matter] = ()) -> Issue:
    """Tell a matter of the past and carry it to its end; `same` are told by others while it is being done."""
    issue = tell(cast, matter, matter.at)
    taken = open_hours(matter.at)
    if matter.path == "referred":
        with at(taken):
            actions.accept(issue, by=cast.council, title=matter.title)
            actions.refer(issue, by=cast.council, reason=matter.reply, where_to="通安驿镇水管站，0932-0000101")
    elif matter.path == "declined":
        with at(taken):
            actions.decline(issue, by=cast.clerk, reason=matter.reply, where_to="陇西县劳动保障监察大队，12333")
    else:
        fulfil(cast, issue, matter, taken, same)
        answered = matter.at.replace(hour=17, minute=40) + timedelta(days=matter.days)
        judge(cast, issue, matter, answered)
    return issue


def fulfil(cast: Cast, issue: Issue, matter: Matter, taken: datetime, same: Sequence[Matter]) -> None:
    """Taken on and dispatched on the next working morning, noted on the way, answered after `days`."""
    taker = cast.supervisor if matter.path == "complaint" else cast.council
    post = _post(cast, issue, matter)
    with at(taken):
        actions.accept(issue, by=taker, title=matter.title)
    with at(taken + timedelta(minutes=12)):
        actions.dispatch(issue, by=taker, post=post, due_on=_due(taken.date(), matter), note=matter.order)
    for other in same:
        child = tell(cast, other, other.at)
        with at(open_hours(other.at)):
            actions.merge(child, issue, by=cast.council)
    if matter.note:
        with at(taken + timedelta(days=1)):
            actions.note(issue, by=_holder(cast, issue), text=matter.note)
    answered = matter.at.replace(hour=17, minute=40) + timedelta(days=matter.days)
    with at(max(answered, taken + timedelta(hours=2))):
        actions.answer(issue, by=_holder(cast, issue), reply=matter.reply, photos=_photos(matter, 1))


def judge(cast: Cast, issue: Issue, matter: Matter, answered: datetime) -> None:
    """The teller looks at it: done; or not yet, once or twice; or says nothing."""
    teller = Teller(issue.pk, "device")
    if matter.path == "lapsed":
        with at(answered + timedelta(days=cast.village.silence_days, hours=15)):
            actions.lapse(issue, by=Calendar("issues.lapse"))
        return
    if matter.path in ("reopened", "appealed"):
        with at(answered + timedelta(hours=16)):
            actions.not_yet(issue, by=teller, note="还没有弄好，您再看看。")
        with at(answered + timedelta(days=2)):
            actions.answer(issue, by=_holder(cast, issue), reply=matter.reply, photos=_photos(matter, 2))
    if matter.path == "appealed":
        with at(answered + timedelta(days=2, hours=18)):
            actions.not_yet(issue, by=teller, note="树枝还是挨着线。")
        with at(answered + timedelta(days=3, hours=16)):
            post = _handler(issue)
            actions.dispatch(issue, by=cast.supervisor, post=post, note="监委会到现场看了，再修一次。")
        with at(answered + timedelta(days=5)):
            actions.answer(issue, by=_holder(cast, issue), reply=matter.reply, photos=_photos(matter, 3))
        answered += timedelta(days=5)
    elif matter.path == "reopened":
        answered += timedelta(days=2)
    with at(answered + timedelta(days=1, hours=2)):
        if matter.channel in (Channel.PHONE, Channel.DOOR, Channel.DESK, Channel.PAPER):
            actions.confirm(issue, by=cast.clerk, channel=Channel.PHONE)
        else:
            actions.confirm(issue, by=teller)


def stage(cast: Cast, matter: Matter, today: date) -> None:
    """A matter of these days, carried as far as its stage says."""
    told_day = today - timedelta(days=matter.ago)
    moment = datetime.combine(told_day, time(8, 5))
    issue = tell(cast, matter, moment)
    if matter.stage == "told":
        return
    taken = moment + timedelta(hours=2)
    with at(taken):
        actions.accept(issue, by=cast.council, title=matter.title)
    if matter.stage == "taken":
        return
    with at(taken + timedelta(minutes=8)):
        due = max(today + timedelta(days=matter.due), taken.date())
        actions.dispatch(issue, by=cast.council, post=_post(cast, issue, matter), due_on=due)
    if matter.stage == "dispatched":
        return
    answered = moment + timedelta(days=2, hours=9)
    with at(answered):
        actions.answer(issue, by=_holder(cast, issue), reply=matter.reply, photos=_photos(matter, 1))
    if matter.stage == "solved":
        with at(answered + timedelta(days=1)):
            actions.confirm(issue, by=Teller(issue.pk, "device"))


def sittings(cast: Cast, until: date) -> None:
    """The council sits on the first Wednesday of each month and sees what duty members did."""
    month = date(2022, 6, 1)
    while month < until:
        day = month + timedelta(days=(2 - month.weekday()) % 7)
        with at(datetime.combine(day, time(19, 30))):
            acts = [act.pk for act in queries.duty_acts(cast.village.pk) if act.at <= clock.now()]
            if acts:
                actions.hold_sitting(
                    cast.village, by=cast.council, held_on=day, present=6, note="值班接的单，会上都看过。", entries=acts
                )
        month = (month.replace(day=28) + timedelta(days=5)).replace(day=1)


def _due(taken: date, matter: Matter) -> date:
    return workdays.next_workday(taken + timedelta(days=max(matter.days + 3, 5)))


def _post(cast: Cast, issue: Issue, matter: Matter) -> Post:
    if matter.post:
        return cast.posts[matter.post]
    grid = (
        issue.grid_id
        or Place.objects.filter(group=issue.group_id, grid__isnull=False).values_list("grid", flat=True)[0]
    )
    return Post.objects.get(grid=grid, role=Role.GRID_WORKER, ended_on=None)


def _holder(cast: Cast, issue: Issue) -> User:
    post = _handler(issue)
    if post.grid_id and post.role == Role.GRID_WORKER:
        return cast.grid_users[str(post.grid_id)]
    return cast.users[post.title]


def _handler(issue: Issue) -> Post:
    if issue.handler_post_id is None:
        raise LookupError(issue.number)
    return Post.objects.get(pk=issue.handler_post_id)


def _photos(matter: Matter, seed: int) -> list[Upload]:
    if not matter.photo:
        return []
    drawn = pictures.photo(matter.photo, seed)
    return [photos.receive(SimpleUploadedFile("result.jpg", drawn, content_type="image/jpeg"))]


def _household(group_id: UUID | None, nth: int) -> Household | None:
    if group_id is None:
        return None
    found = Household.objects.filter(group_id=group_id, closed_on=None).order_by("number")
    return found[(nth * 11) % 60 + 3] if found.count() > 70 else found[nth % max(found.count(), 1)]


def _head(household: Household) -> Membership | None:
    return Membership.objects.filter(household=household, relation="02", to_on=None).select_related("person").first()
