"""In an emergency: a staff post for hours."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.bodies import access, queries
from tongxin.bodies.models import Appointment, EmergencyAccess, Post
from tongxin.casework.actors import Actor, Calendar, Operator
from tongxin.core import clock, holding, outbox
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.people.models import Person


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
