"""Bodies and posts begin and end."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.bodies.actions.common import must_keep
from tongxin.bodies.models import Appointment, Body, Post
from tongxin.bodies.roles import Role
from tongxin.casework.actors import Actor
from tongxin.core.errors import DomainError, WrongStatus
from tongxin.people import pinyin
from tongxin.people.models import Person
from tongxin.territory.models import Grid, Village


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
    must_keep(by, village)
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
    must_keep(by, body.village)
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
    must_keep(by, body.village)
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
    must_keep(by, post.village)
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


def register_outsider(village: Village, *, by: Actor, name: str) -> Person:
    """A person who holds a post and lives elsewhere: a legal adviser, a township officer."""
    must_keep(by, village)
    name = " ".join(name.split())
    if not name:
        raise DomainError(_("Write the name."), field="name")
    with audit.together():
        person = Person.objects.create(
            village=village, name=name, name_key=pinyin.key(name), name_initials=pinyin.initials(name)
        )
        audit.record("bodies.register_outsider", by=by, about=person)
    return person
