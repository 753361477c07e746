"""Who holds what today, and who answers for whom."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import DateField, DateTimeField, F, OuterRef, Q, QuerySet, Subquery, UUIDField, Value
from django.http import HttpRequest

from tongxin.accounts.models import User
from tongxin.audit import queries as audit
from tongxin.bodies.models import Appointment, EmergencyAccess, Post, Signed
from tongxin.bodies.roles import STAFF, Role
from tongxin.casework.actors import Actor
from tongxin.core import clock, matrix
from tongxin.core.db.prepared import Prepared
from tongxin.people.models import Person
from tongxin.territory.models import Village


@dataclass(frozen=True)
class Held:
    """One appointment, or a post lent in an emergency, as rights see it."""

    role: Role
    post_id: UUID
    post_title: str
    body_id: UUID
    body_name: str
    grid_id: UUID | None
    person_id: UUID
    person_name: str
    partner_id: UUID | None = None
    lent_until: datetime | None = None


class Holdings:
    """All that a user holds in one village today. Truthy for staff."""

    def __init__(self, held: Sequence[Held] = (), stamp: str | None = None) -> None:
        self.held = tuple(held)
        self.stamp = stamp  # of the village's chain when this was read: what was drawn under it is still so (core.kept)
        self.roles = frozenset(h.role for h in held)

    def __bool__(self) -> bool:
        return bool(self.roles & STAFF)

    def has(self, *roles: str) -> bool:
        return bool(self.roles.intersection(roles))

    def may(self, right: str, relations: Collection[str] = ()) -> bool:
        """Whether a right of the matrix is theirs, towards a thing in these relations to them."""
        return matrix.right(right).allows(self.roles, relations)

    @property
    def lasting_roles(self) -> frozenset[Role]:
        """Without what is only lent to them for hours: nobody lends on."""
        return frozenset(h.role for h in self.held if h.lent_until is None)

    @property
    def posts(self) -> frozenset[UUID]:
        return frozenset(h.post_id for h in self.held)

    @property
    def bodies(self) -> frozenset[UUID]:
        """Bodies in which they sit, by whatever post."""
        return frozenset(h.body_id for h in self.held)

    @property
    def hands(self) -> frozenset[UUID]:
        """Posts whose matters this user may fulfil: the own ones and their partners'."""
        return self.posts | {h.partner_id for h in self.held if h.partner_id}

    @property
    def grids(self) -> frozenset[UUID]:
        return frozenset(h.grid_id for h in self.held if h.grid_id and h.role == Role.GRID_WORKER)

    @property
    def person_id(self) -> UUID | None:
        return self.held[0].person_id if self.held else None

    @property
    def title(self) -> str:
        return self.held[0].post_title if self.held else ""

    def signer(self, right: str, relations: Collection[str], without: Collection[UUID] = ()) -> Held | None:
        """The post by which they sign for a body; one that is lent for hours does not sign."""
        lasting = (one for one in self.held if one.lent_until is None and one.body_id not in without)
        return next((one for one in lasting if matrix.right(right).allows({one.role}, relations)), None)


NOTHING = Holdings()


def held(who: object, village_id: UUID) -> Holdings:
    """What a user holds today in that village; one query for all villages, remembered on the user for the day."""
    if not isinstance(who, User) or not who.is_active:
        return NOTHING
    return _all_held(who).get(village_id, NOTHING)


_AS_HELD = (
    *("village_id", "stamp", "since", "hours", "post__role", "post_id", "post__title", "post__body_id"),
    *("post__body__name", "post__grid_id", "person_id", "person__name", "post__partner_id", "post__position", "id"),
)


def _held_by(user: UUID, today: date, recent: datetime) -> QuerySet[Any, Any]:
    """Appointments by the day, and what was lent to them since."""
    stamp = Subquery(audit.stamps(OuterRef("village_id")))
    seated = (
        Appointment._base_manager.filter(person__user_id=user, from_on__lte=today)
        .exclude(to_on__lte=today)
        .annotate(stamp=stamp, since=F("entered_at"), hours=Value(0))
        .values_list(*_AS_HELD)
    )
    lent = (
        EmergencyAccess._base_manager.filter(person__user_id=user, ended_at__isnull=True, given_at__gt=recent)
        .annotate(stamp=stamp, since=F("given_at"))
        .values_list(*_AS_HELD)
    )
    return seated.union(lent, all=True)


_HELD = Prepared(_held_by, user=UUIDField(), today=DateField(), recent=DateTimeField())


def _all_held(who: User) -> dict[UUID, Holdings]:
    """By village, what a user holds now anywhere: appointments by the day, what is lent by the minute. One query."""
    user: User = getattr(who, "_wrapped", who)  # request.user is lazy; remember on the row itself
    today, now = clock.today(), clock.now()
    memory: dict[date, tuple[datetime | None, dict[UUID, Holdings]]] = user.__dict__.setdefault("_holdings", {})
    if today in memory:
        over_at, known = memory[today]
        if over_at is None or now < over_at:
            return known
    rows = _HELD.ask(user=user.pk, today=today, recent=now - timedelta(hours=EmergencyAccess.MOST_HOURS))
    found: dict[UUID, list[Held]] = {}
    stamps: dict[UUID, str | None] = {}
    ends: list[datetime] = []
    for row in sorted(rows, key=lambda row: (row[3] > 0, row[-2], row[-1])):
        village_id, stamps[row[0]], since, hours, role = row[:5]
        until = since + timedelta(hours=hours) if hours else None
        if until is not None:
            if now >= until:
                continue
            ends.append(until)
        post_id, title, body_id, body, grid_id, person_id, name, partner_id = row[5:13]
        one = Held(Role(role), post_id, title, body_id, body, grid_id, person_id, name, partner_id, until)
        found.setdefault(village_id, []).append(one)
    holdings = {village: Holdings(rows, stamps[village]) for village, rows in found.items()}
    memory[today] = (min(ends, default=None), holdings)
    return holdings


def standing(user: User) -> str:
    """What somebody is today, in all villages, as a short text that changes when a post begins, ends or changes its
    role or grid: a session that was begun under another one ends (R46, T38)."""
    held_ = [
        f"{one.post_id} {one.role} {one.grid_id}" for holdings in _all_held(user).values() for one in holdings.held
    ]
    return hashlib.sha256("\n".join(sorted(held_)).encode()).hexdigest()[:16]


def forget(user: User) -> None:
    """After an appointment has changed within a request."""
    user.__dict__.pop("_holdings", None)


def has_officer(village_id: UUID, role: str, day: date, without: UUID | None = None) -> bool:
    """Whether somebody, or somebody else, holds a post of this role on a day."""
    rows = Appointment.objects.filter(village_id=village_id, post__role=role).on(day)
    return (rows if without is None else rows.exclude(person_id=without)).exists()


def in_the_way(post: Post, from_on: date, to_on: date | None) -> list[Appointment]:
    """Who sits there on a day of that time on which no seat is free; whoever is entered for a later day sits too."""
    rows = Appointment.objects.filter(Q(to_on__isnull=True) | Q(to_on__gt=from_on), post=post)
    if to_on is not None:
        rows = rows.filter(from_on__lt=to_on)
    meeting = list(rows.select_related("person").order_by("from_on", "id"))
    for day in sorted({from_on, *(row.from_on for row in meeting if row.from_on > from_on)}):
        sitting = [row for row in meeting if row.from_on <= day and (row.to_on is None or row.to_on > day)]
        if len(sitting) >= post.seats:
            return sitting
    return []


def last_supervisor(post: Post, day: date) -> Appointment | None:
    """Who holds this post and, on that day, is the only supervisor of the village; the post must have one seat."""
    if post.role != Role.SUPERVISOR or post.seats != 1:
        return None
    rows = Appointment.objects.filter(village_id=post.village_id, post__role=Role.SUPERVISOR).on(day)
    found = list(rows.select_related("person")[:2])
    return found[0] if len(found) == 1 and found[0].post_id == post.pk else None


def villages_of(user: User) -> list[UUID]:
    """Villages where the user holds a staff post today, first appointment first."""
    today = clock.today()
    rows = (
        Appointment._base_manager.filter(person__user=user, from_on__lte=today, post__role__in=STAFF)
        .exclude(to_on__lte=today)
        .order_by("from_on")
        .values_list("village_id", flat=True)
    )
    lent = [village for village, holdings in _all_held(user).items() if holdings]
    return list(dict.fromkeys([*rows, *lent]))


def signature(by: Actor, case: Any) -> tuple[str, str]:
    """How an act is signed in a timeline: (name, post title) as they are today; empty for whoever is not staff."""
    if isinstance(by, User):
        return by.name, held(by, case.village_id).title
    return "", ""


# --- two bodies (R20, R27) --------------------------------------------------------------------------------------------
def signed(by: User, held_: Held, village_id: UUID) -> dict[str, Any]:
    """The fields of a `Signed` row: who acts now, in which post, for which body."""
    return {
        "village_id": village_id,
        "at": clock.now(),
        "by": by,
        "by_name": by.name,
        "post_id": held_.post_id,
        "by_post": held_.post_title,
        "body_id": held_.body_id,
        "by_body": held_.body_name,
    }


def bodies_of(asked: Signed) -> frozenset[UUID]:
    """Where whoever asked sits, and the body for which they signed."""
    return held(asked.by, asked.village_id).bodies | {asked.body_id}


def sits_with(who: object, asked: Signed) -> bool:
    """Whether somebody sits in the body that asks, or in no other than whoever asks: one body is not two."""
    theirs = held(who, asked.village_id).bodies
    return asked.body_id in theirs or theirs <= bodies_of(asked)


def emergencies(village_id: UUID, **which: Any) -> list[EmergencyAccess]:
    """Posts lent in an emergency, the newest first, with all that a page says of them."""
    rows = EmergencyAccess.objects.filter(village_id=village_id, **which).order_by("-given_at", "-id")
    return list(rows.select_related("post__body", "person", "given_by", "ended_by"))


def readers(village_id: UUID, ids: Collection[UUID]) -> dict[UUID, str]:
    """Log-ins by name and the post they hold or held last, for the page of who looked."""
    rows = Appointment._base_manager.filter(village_id=village_id, person__user__in=ids).select_related(
        "post", "person"
    )
    posts = {row.person.user_id: row.post.title for row in rows.order_by("from_on", "id")}
    found = User.objects.filter(pk__in=ids).only("name")
    return {user.pk: f"{user.name} {posts.get(user.pk, '')}".strip() for user in found}


def answering_for(grid_id: UUID, day: date) -> list[Appointment]:
    """Who answers for a grid on a day: its worker, the leader of its Party group, its Party-member households."""
    order = {Role.GRID_WORKER: 0, Role.PARTY_GROUP: 1, Role.PARTY_HOUSEHOLD: 2}
    rows = (
        Appointment.objects.filter(post__grid_id=grid_id, post__role__in=order, from_on__lte=day)
        .exclude(to_on__lte=day)
        .select_related("post", "person", "post__partner")
    )
    return sorted(rows, key=lambda a: (order[Role(a.post.role)], a.from_on, a.pk))


def holders(post_ids: Collection[UUID], day: date) -> dict[UUID, list[Appointment]]:
    """Today's holders by post, in one query."""
    found: dict[UUID, list[Appointment]] = {pk: [] for pk in post_ids}
    rows = (
        Appointment.objects.filter(post_id__in=list(post_ids), from_on__lte=day)
        .exclude(to_on__lte=day)
        .select_related("person")
        .order_by("from_on", "id")
    )
    for row in rows:
        found[row.post_id].append(row)
    return found


def workers_by_grid(village: Village, day: date) -> dict[UUID, str]:
    """Who answers for each grid: its workers' names and telephones, in one query."""
    found: dict[UUID, list[str]] = {}
    rows = Appointment.objects.of(village).on(day).filter(post__role=Role.GRID_WORKER, post__grid__isnull=False)
    for row in rows.select_related("person", "post").order_by("from_on", "id"):
        if row.post.grid_id is not None:
            found.setdefault(row.post.grid_id, []).append(f"{row.person.name} {row.phone}".strip())
    return {grid: "、".join(names) for grid, names in found.items()}


def persons_called(village: Village, text: str, limit: int = 12) -> list[Person]:
    """The living whose name holds the text, or whose pinyin or initials begin with it; whole names first."""
    text = " ".join(text.split())[:40]
    if not text:
        return []
    fits = Q(name__contains=text)
    low = text.lower()
    if low.isascii() and low.replace(" ", "").isalpha():
        fits |= Q(name_initials__startswith=low.replace(" ", "")) | Q(name_key__startswith=low)
    living = Person.objects.of(village).filter(fits, died_on=None)
    rows = list(living.filter(name=text).order_by("id")[:limit])
    return rows + list(living.exclude(name=text).order_by("name_key", "id")[: limit - len(rows)])


# --- what higher floors know of a post, for the page on which an appointment ends -----------------------------------
Left = Callable[[HttpRequest, Post], tuple[int, Sequence[tuple[str, str]]]]
_left: list[Left] = []


def register_left(left: Left) -> None:
    """A higher app says how much open work stays with a post, and what of it the user may see: (words, address)."""
    if left not in _left:
        _left.append(left)


def left_with(request: HttpRequest, post: Post) -> tuple[int, list[tuple[str, str]]]:
    """All that stays: the number, and the lines that the user may see."""
    parts = [left(request, post) for left in _left]
    return sum(count for count, _lines in parts), [line for _count, lines in parts for line in lines]
