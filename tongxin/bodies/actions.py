"""Bodies, posts, appointments, leave, log-ins. Nobody appoints himself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.accounts import actions as accounts
from tongxin.accounts import queries as account_queries
from tongxin.accounts.models import FactorReset, User
from tongxin.audit import actions as audit
from tongxin.bodies import access, queries
from tongxin.bodies.models import Appointment, Body, EmergencyAccess, Post
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Actor, Calendar, Operator
from tongxin.core import clock, holding, inserting, outbox
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.people import pinyin
from tongxin.people.models import Person
from tongxin.territory.models import Grid, Village


def _must_grant(by: Actor, post: Post) -> None:
    _must_keep(by, post.village)
    if not isinstance(by, Operator) and not access.can_grant(by, post):
        raise NotAllowed(_("The township gives this post. Its officer has to enter it."))


def _must_keep(by: Actor, village: Village) -> None:
    if not isinstance(by, Operator) and not access.can_keep_bodies(by, village.pk):
        raise NotAllowed(_("This step is not yours to take."))


def found_body(
    village: Village,
    *,
    by: Actor,
    kind: str,
    name: str,
    opened_on: date,
    parent: Body | None = None,
    grid: Grid | None = None,
    duty: str = "",
) -> Body:
    """A body of the village, below another one or not."""
    _must_keep(by, village)
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Write the name."), field="name")
    if Body.objects.of(village).filter(name=name, ended_on=None).exists():
        raise DomainError(_("There is a body of this name."), field="name")
    with audit.together():
        body = Body.objects.create(
            village=village, kind=kind, name=name, parent=parent, grid=grid, duty=duty.strip(), opened_on=opened_on
        )
        audit.record("bodies.found_body", by=by, about=body)
    return body


def end_body(body: Body, *, by: Actor, ended_on: date) -> None:
    """A body that no longer is; only when nobody sits in it."""
    _must_keep(by, body.village)
    if ended_on < body.opened_on:
        raise DomainError(_("The body did not exist on that day."), field="ended_on")
    if Appointment.objects.filter(post__body=body).on(ended_on).exists():
        raise DomainError(_("Somebody still holds a post in it. End the appointments first."))
    with audit.together():
        Post.objects.filter(body=body, ended_on=None).update(ended_on=ended_on)
        Body.objects.filter(pk=body.pk).update(ended_on=ended_on)
        audit.record("bodies.end_body", by=by, about=body)


def create_post(
    body: Body,
    *,
    by: Actor,
    title: str,
    role: str = Role.MEMBER,
    grid: Grid | None = None,
    seats: int = 1,
    takes_matters: bool = False,
    position: int = 0,
) -> Post:
    """A post in a body. The post of a grid worker needs its grid."""
    _must_keep(by, body.village)
    if body.ended_on is not None:
        raise DomainError(_("The body has ended."))
    title = " ".join(title.split())
    if not title:
        raise DomainError(_("Write the title."), field="title")
    if role == Role.GRID_WORKER and grid is None:
        raise DomainError(_("Say which grid."), field="grid")
    if Post.objects.filter(body=body, title=title, grid=grid).exists():  # an ended one too: its history keeps its name
        raise DomainError(_("There is a post of this title."), field="title")
    with audit.together():
        post = Post.objects.create(
            village_id=body.village_id,
            body=body,
            title=title,
            role=role,
            grid=grid,
            seats=max(seats, 1),
            takes_matters=takes_matters,
            position=position,
        )
        audit.record("bodies.create_post", by=by, about=post, data={"body": body.pk, "role": role})
    return post


def end_post(post: Post, *, by: Actor, ended_on: date) -> None:
    """A post that no longer is; only when nobody holds it. Its history stays, and its partner is set free.

    Raises:
        DomainError: says who holds it. WrongStatus: it has ended already.
    """
    _must_keep(by, post.village)
    if ended_on < post.body.opened_on:
        raise DomainError(_("The body did not exist on that day."), field="ended_on")
    later = Q(to_on__isnull=True) | Q(to_on__gt=ended_on)
    sitting = list(Appointment.objects.filter(later, post=post).select_related("person"))
    if sitting:
        names = "、".join(row.person.name for row in sitting)
        raise DomainError(_("%(names)s hold it still. End that first.") % {"names": names}, field="ended_on")
    with audit.together():
        if not Post.objects.filter(pk=post.pk, ended_on=None).update(ended_on=ended_on, partner=None):
            raise WrongStatus(_("It has ended already."))
        Post.objects.filter(partner=post).update(partner=None)
        audit.record("bodies.end_post", by=by, about=post)


def pair_posts(first: Post, second: Post, *, by: Actor) -> None:
    """Two posts stand in for each other during a leave; a former partner is set free."""
    _must_keep(by, first.village)
    if first.pk == second.pk or first.village_id != second.village_id:
        raise DomainError(_("Choose another post."), field="partner")
    with audit.together():
        Post.objects.filter(partner__in=(first.pk, second.pk)).update(partner=None)
        Post.objects.filter(pk=first.pk).update(partner=second)
        Post.objects.filter(pk=second.pk).update(partner=first)
        audit.record("bodies.pair_posts", by=by, about=first, data={"partner": second.pk})


def appoint(
    post: Post,
    person: Person,
    *,
    by: Actor,
    from_on: date,
    ground: str = "",
    phone: str = "",
    to_on: date | None = None,
) -> Appointment:
    """Seat somebody, from a day on, by an election or an order. Rights begin on that day.

    The post of the last supervisor passes on: the term of whoever held it ends on the day on which this one begins.

    Raises:
        NotAllowed: oneself, or not one who grants it. DomainError: no free seat, a person of another village.
    """
    _must_grant(by, post)
    if not isinstance(by, Operator) and not access.can_appoint(by, person):
        raise NotAllowed(_("Nobody appoints himself. Somebody else has to enter this."))
    if person.village_id != post.village_id or post.ended_on is not None:
        raise DomainError(_("Choose another post."), field="post")
    if from_on < post.body.opened_on:
        raise DomainError(_("The body did not exist on that day."), field="from_on")
    if to_on is not None and to_on <= from_on:
        raise DomainError(_("The last day is before the first."), field="to_on")
    if person.died_on is not None:
        raise DomainError(_("Who has died holds no post."), field="person")
    former = queries.last_supervisor(post, from_on)
    if former is None or former.to_on is not None or former.from_on >= from_on or former.person_id == person.pk:
        former = None
        _must_have_a_seat(post, from_on, to_on)
    try:
        with audit.together():
            if former is not None:
                _end(former, by=by, to_on=from_on, because="")
            row = Appointment(
                village_id=post.village_id,
                post=post,
                person=person,
                from_on=from_on,
                to_on=to_on,
                ground=ground.strip(),
                phone=phone.strip(),
                entered_at=clock.now(),
                entered_by=by if isinstance(by, User) else None,
            )
            row.save(force_insert=True)
            audit.record("bodies.appoint", by=by, about=row, data={"post": post.pk, "person": person.pk})
    except IntegrityError as error:
        raise DomainError(_("They hold this post already."), field="person") from error
    _forget(by)
    return row


def _must_have_a_seat(post: Post, from_on: date, to_on: date | None) -> None:
    if sitting := queries.in_the_way(post, from_on, to_on):
        names = "、".join(row.person.name for row in sitting)
        raise DomainError(_("No seat is free: %(names)s. End that first.") % {"names": names}, field="post")


def end_appointment(appointment: Appointment, *, by: Actor, to_on: date, because: str = "") -> None:
    """The first day on which the post is no longer theirs; rights end then, dispatched matters stay with the post."""
    _must_grant(by, appointment.post)
    if to_on < appointment.from_on:
        raise DomainError(_("That is before it began."), field="to_on")
    with audit.together():
        _must_leave_a_supervisor(appointment, to_on)
        _end(appointment, by=by, to_on=to_on, because=because)
    _forget(by)


def _must_leave_a_supervisor(leaving: Appointment, day: date) -> None:
    """The village is at no time without one (T04). Two who leave at once wait for each other here."""
    if leaving.post.role != Role.SUPERVISOR:
        return
    holding.hold_all(Post.objects.filter(village_id=leaving.village_id, role=Role.SUPERVISOR))
    if not queries.has_officer(leaving.village_id, Role.SUPERVISOR, day, without=leaving.person_id):
        words = _("%(name)s is the last supervisor. Appoint who comes next: with that, this term ends by itself.")
        raise DomainError(words % {"name": leaving.person.name}, field="to_on")


def _end(appointment: Appointment, *, by: Actor, to_on: date, because: str) -> None:
    rows = Appointment.objects.filter(pk=appointment.pk, to_on=None).update(
        to_on=to_on, ended_because=because.strip(), ended_by=by if isinstance(by, User) else None
    )
    if not rows:
        raise WrongStatus(_("It has ended already."))
    audit.record("bodies.end_appointment", by=by, about=appointment, data={"post": appointment.post_id})


def lend_post(post: Post, person: Person, *, by: Actor, hours: int, because: str) -> EmergencyAccess:
    """In an emergency: a staff post for whoever has a log-in, beside its holder, for a day at most.

    Raises:
        NotAllowed: oneself, or not one who lends. DomainError: no log-in, holds it already, no reason, too long.
    """
    if not isinstance(by, Operator) and not access.can_lend(by, post.village_id):
        raise NotAllowed(_("This step is not yours to take."))
    if isinstance(by, User) and person.user_id == by.pk:
        raise NotAllowed(_("Nobody gives this to himself. Somebody else has to enter it."))
    if person.village_id != post.village_id or not access.is_lent(post):
        raise DomainError(_("Choose another post."), field="post")
    if person.user is None or not person.user.is_active or person.died_on is not None:
        raise DomainError(_("They have no log-in."), field="person")
    if not because.strip():
        raise DomainError(_("Write why."), field="because")
    if not 1 <= hours <= EmergencyAccess.MOST_HOURS:
        raise DomainError(_("From 1 to 24 hours."), field="hours")
    with audit.together():
        holding.hold(Post.objects.filter(pk=post.pk))
        now = clock.now()
        lent = EmergencyAccess.objects.filter(post=post, person=person).maybe_open(now)
        sits = Appointment.objects.filter(post=post, person=person).on(clock.today())
        if sits.exists() or any(row.is_open(now) for row in lent):
            raise DomainError(_("They hold this post already."), field="person")
        row = EmergencyAccess(village_id=post.village_id, post=post, person=person, hours=hours, given_at=now)
        row.because, row.given_by = because.strip(), by if isinstance(by, User) else None
        row.save(force_insert=True)
        audit.record("bodies.lend_post", by=by, about=row, data={"post": post.pk, "person": person.pk, "hours": hours})
        outbox.put("bodies.run_out", {"id": str(row.pk)}, post.village_id, due_at=row.until)
    queries.forget(person.user)
    return row


def take_back(lent: EmergencyAccess, *, by: Actor) -> None:
    """Before its hours are over. Raises WrongStatus when it is over already."""
    if not isinstance(by, Operator) and not access.can_lend(by, lent.village_id):
        raise NotAllowed(_("This step is not yours to take."))
    now = clock.now()
    with audit.together():
        rows = EmergencyAccess.objects.filter(pk=lent.pk, ended_at=None)
        if not lent.is_open(now) or not rows.update(ended_at=now, ended_by=by if isinstance(by, User) else None):
            raise WrongStatus(_("It has ended already."))
        audit.record("bodies.take_back", by=by, about=lent, data={"post": lent.post_id})


def run_out(payload: Mapping[str, Any]) -> None:
    """The worker notes that the hours are over. Rights had ended by themselves at that minute, noted or not."""
    lent = EmergencyAccess._base_manager.get(pk=payload["id"])
    with audit.together():
        if clock.now() >= lent.until and EmergencyAccess._base_manager.filter(pk=lent.pk, ended_at=None).update(
            ended_at=lent.until
        ):
            audit.record("bodies.run_out", by=Calendar("bodies.run_out"), about=lent, data={"post": lent.post_id})


def set_leave(appointment: Appointment, *, by: Actor, away_from: date | None, away_to: date | None) -> None:
    """On leave from a day to a day; meanwhile the partner post is shown. Both empty: back."""
    _must_keep(by, appointment.post.village)
    if away_from is None and away_to is not None:
        raise DomainError(_("Say from which day."), field="away_from")
    if away_from and away_to and away_to <= away_from:
        raise DomainError(_("The day of return is after the first day of leave."), field="away_to")
    with audit.together():
        Appointment.objects.filter(pk=appointment.pk).update(away_from=away_from, away_to=away_to)
        audit.record("bodies.set_leave", by=by, about=appointment)


def register_outsider(village: Village, *, by: Actor, name: str) -> Person:
    """A person who holds a post and lives elsewhere: a legal adviser, a township officer."""
    _must_keep(by, village)
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Write the name."), field="name")
    with audit.together():
        person = Person.objects.create(
            village=village, name=name, name_key=pinyin.key(name), name_initials=pinyin.initials(name)
        )
        audit.record("bodies.register_outsider", by=by, about=person)
    return person


def give_login(person: Person, *, by: Actor, username: str) -> str:
    """A log-in for somebody, joined to the person, and the one-time code with which they set their own password.

    Raises:
        DomainError: they have one, the name is taken. NotAllowed: oneself.
    """
    _must_keep(by, person.village)
    user = User(username=username.strip().lower(), name=person.name)
    user.set_unusable_password()
    with audit.together():
        if Person.objects.select_for_update().values_list("user", flat=True).get(pk=person.pk) is not None:
            raise DomainError(_("They have a log-in already."), field="username")
        # names are one set for all villages, and two officers may think of the same one: the key decides
        if not user.username or not inserting.insert_if_new(user):
            raise DomainError(_("Choose another log-in name."), field="username")
        Person.objects.filter(pk=person.pk).update(user=user)
        audit.record("bodies.give_login", by=by, about=person, data={"user": user.pk})
        code = accounts.invite(user, by=_officer(by))
    person.user = user
    return code


def new_code(person: Person, *, by: Actor) -> str:
    """A one-time code for a forgotten password, or when the first one has run out; handed over in person."""
    return accounts.invite(_log_in_of(person, by), by=_officer(by))


def unlock_login(person: Person, *, by: Actor, seen: str) -> None:
    """Open a log-in that was shut after twenty wrong tries; `seen` says how one knows that it is them."""
    accounts.unlock(_log_in_of(person, by), by=_officer(by), seen=seen)


def log_out_everywhere(person: Person, *, by: Actor, because: str) -> int:
    """A lost telephone, a shared password: end all their sessions. How many there were."""
    if not because.strip():
        raise DomainError(_("Write why."), field="because")
    return accounts.end_everywhere(_log_in_of(person, by), by=_officer(by), because=because.strip())


def ask_factor_reset(person: Person, *, by: User, because: str) -> FactorReset:
    """The first of two officers: this is them, and their telephone is lost."""
    return accounts.ask_reset(_log_in_of(person, by), by=by, because=because)


def agree_factor_reset(person: Person, *, by: User) -> None:
    """The second of two officers. Raises WrongStatus when nothing is asked (any more)."""
    accounts.agree_reset(_open_reset(person, by), by=by)


def drop_factor_reset(person: Person, *, by: User) -> None:
    accounts.drop_reset(_open_reset(person, by), by=by)


def _log_in_of(person: Person, by: Actor) -> User:
    """Theirs, when this actor keeps the bodies of their village."""
    _must_keep(by, person.village)
    if person.user is None:
        raise DomainError(_("They have no log-in."))
    return person.user


def _open_reset(person: Person, by: User) -> FactorReset:
    found = account_queries.open_reset(_log_in_of(person, by))
    if found is None:
        raise WrongStatus(_("It is no longer open."))
    return found


def _officer(by: Actor) -> User | None:
    """None is the console."""
    if by is not None and not isinstance(by, User | Operator):
        raise NotAllowed(_("This step is not yours to take."))
    return by if isinstance(by, User) else None


def _forget(by: Actor) -> None:
    if isinstance(by, User):
        queries.forget(by)
