"""Opening a household's telephones: each time leaves an entry in the audit chain, before they are shown."""

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.people.actions.history import must_keep
from tongxin.people.models import Household


def reveal(household: Household, *, by: Actor, why: str) -> None:
    """The telephones of whoever belongs to it, for its keepers.

    Raises:
        NotAllowed: not a keeper of this household. DomainError: no reason given. TooMany: enough for one day.
    """
    must_keep(by, household.village_id, household.grid_id)
    audit.reading("people.reveal", by=by, about=household, fields=("phone",), why=audit.reason(why))
