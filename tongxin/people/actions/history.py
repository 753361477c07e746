"""Old and new of every change in the register."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock
from tongxin.core.errors import NotAllowed
from tongxin.people import access
from tongxin.people.models import Household, Person, RegisterEntry


def enter(
    what: str,
    *,
    by: Actor,
    village_id: UUID,
    household: Household | None = None,
    person: Person | None = None,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    """One line of the register's history and of the audit chain; several in one act go into `audit.together()`.

    Telephones go in masked: the history is read more widely than they are.
    """
    entry = RegisterEntry(
        village_id=village_id,
        at=clock.now(),
        by=by if isinstance(by, User) else None,
        by_name=by.name if isinstance(by, User) else "",
        household=household,
        person=person,
        what=what,
        old=old or {},
        new=new or {},
    )
    entry.save(force_insert=True)
    about = person or household
    data = {"entry": entry.pk, "fields": sorted({*(old or {}), *(new or {})})}
    if household is not None and person is not None:
        data["household"] = household.pk
    audit.record(f"people.{what}", by=by, about=about, village_id=village_id, data=data)


def must_keep(by: Actor, village_id: UUID, grid_id: UUID | None) -> None:
    """Raises NotAllowed unless the actor keeps this household."""
    if not access.can_keep_household(by, village_id, grid_id):
        raise NotAllowed(_("This step is not yours to take."))
