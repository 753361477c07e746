"""Who holds a post, who is on leave, who stands in. Nobody appoints himself."""

from datetime import date

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.bodies import access, queries
from tongxin.bodies.actions.common import forget, must_grant, must_keep
from tongxin.bodies.models import Appointment, Post
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Actor, Operator
from tongxin.core import clock, holding
from tongxin.core.errors import DomainError, Meanwhile, NotAllowed, WrongStatus
from tongxin.people.models import Person


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
    must_grant(by, post)
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
    forget(by)
    return row


def _must_have_a_seat(post: Post, from_on: date, to_on: date | None) -> None:
    if sitting := queries.in_the_way(post, from_on, to_on):
        names = "、".join(row.person.name for row in sitting)
        raise DomainError(_("No seat is free: %(names)s. End that first.") % {"names": names}, field="post")


def end_appointment(appointment: Appointment, *, by: Actor, to_on: date, because: str = "") -> None:
    """The first day on which the post is no longer theirs; rights end then, dispatched matters stay with the post."""
    must_grant(by, appointment.post)
    if to_on < appointment.from_on:
        raise DomainError(_("That is before it began."), field="to_on")
    with audit.together():
        _must_leave_a_supervisor(appointment, to_on)
        _end(appointment, by=by, to_on=to_on, because=because)
    forget(by)


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


def pair_posts(first: Post, second: Post, *, by: Actor, stood: str | None = None) -> None:
    """Two posts stand in for each other during a leave; a former partner is set free.

    Args:
        stood: the partner whom the page showed; None: whoever it is.

    Raises:
        WrongStatus: it is another one by now.
    """
    must_keep(by, first.village)
    if first.pk == second.pk or first.village_id != second.village_id:
        raise DomainError(_("Choose another post."), field="partner")
    with audit.together():
        held = holding.hold_all(Post.objects.filter(village_id=first.village_id, pk__in=(first.pk, second.pk)))
        now = next(post for post in held if post.pk == first.pk)
        if stood is not None and stood != str(now.partner_id or ""):
            raise Meanwhile()
        Post.objects.filter(partner__in=(first.pk, second.pk)).update(partner=None)
        Post.objects.filter(pk=first.pk).update(partner=second)
        Post.objects.filter(pk=second.pk).update(partner=first)
        audit.record("bodies.pair_posts", by=by, about=first, data={"partner": second.pk})


def leave_of(appointment: Appointment) -> str:
    """The leave as a page remembers it; "" for none."""
    return f"{appointment.away_from}/{appointment.away_to or ''}" if appointment.away_from else ""


def set_leave(
    appointment: Appointment, *, by: Actor, away_from: date | None, away_to: date | None, stood: str | None = None
) -> None:
    """On leave from a day to a day; meanwhile the partner post is shown. Both empty: back.

    Args:
        stood: the leave that the page showed (`leave_of`); None: whatever it is.

    Raises:
        WrongStatus: it is another one by now.
    """
    must_keep(by, appointment.post.village)
    if away_from is None and away_to is not None:
        raise DomainError(_("Say from which day."), field="away_from")
    if away_from and away_to and away_to <= away_from:
        raise DomainError(_("The day of return is after the first day of leave."), field="away_to")
    with audit.together():
        now = holding.hold(Appointment.objects.filter(village_id=appointment.village_id, pk=appointment.pk))
        if stood is not None and stood != leave_of(now):
            raise Meanwhile()
        Appointment.objects.filter(pk=appointment.pk).update(away_from=away_from, away_to=away_to)
        audit.record("bodies.set_leave", by=by, about=appointment)
