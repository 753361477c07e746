"""A person asks that their numbers be taken away (PIPL 47), or a village's are destroyed as a whole."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongxin.casework.actors import Actor, Operator
from tongxin.core import erasure
from tongxin.core.crypto import Unreadable
from tongxin.core.errors import DomainError, NotAllowed
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.models import Membership, Person
from tongxin.territory.models import Village

Elsewhere = Callable[[UUID, UUID, str], int]

_elsewhere: list[Elsewhere] = []


def register_elsewhere(fn: Elsewhere) -> None:
    """A higher app erases what it holds: `fn(village_id, person_id, phone)`, and says how many. From `ready()`."""
    if fn not in _elsewhere:
        _elsewhere.append(fn)


def erase_person(person: Person, *, by: Actor, because: str) -> int:
    """Take a person's secrets away for ever, in the register and wherever else they are theirs; how many.

    The person stays in the register, the matters that they told stay told; nobody can call them any more.

    Raises:
        NotAllowed: not a keeper of the whole register. DomainError: without a reason.
    """
    must_keep(by, person.village_id, None)
    if not because.strip():
        raise DomainError(_("Write why."), field="because")
    try:
        phone = person.phone.in_clear()
    except Unreadable:
        phone = ""
    membership = Membership.objects.filter(person=person, to_on=None).select_related("household").first()
    with transaction.atomic():
        count = erasure.erase(Person.objects.filter(pk=person.pk))
        count += sum(fn(person.village_id, person.pk, phone) for fn in _elsewhere)
        enter(
            "erase",
            by=by,
            village_id=person.village_id,
            household=membership.household if membership else None,
            person=person,
            new={"because": because.strip()[:200], "secrets": count},
        )
    return count


def destroy_village_secrets(village: Village, *, by: Actor, because: str) -> int:
    """Destroy a village's keys: none of its numbers can be read or found any more. From the command line only.

    Raises:
        NotAllowed: somebody on a page. DomainError: without a reason.
    """
    if not isinstance(by, Operator):
        raise NotAllowed(_("This step is not yours to take."))
    if not because.strip():
        raise DomainError(_("Write why."), field="because")
    with transaction.atomic():
        count = erasure.destroy_village(village.pk, because)
        enter("destroy", by=by, village_id=village.pk, new={"because": because.strip()[:200], "keys": count})
    return count
