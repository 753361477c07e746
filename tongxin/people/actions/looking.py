"""Opening a household's telephones: each time leaves an entry in the audit chain, before they are shown."""

from uuid import UUID

from tongxin.casework import revealing
from tongxin.casework.actors import Actor
from tongxin.people.actions.history import must_keep
from tongxin.people.models import Household, Membership


def reveal(household: Household, *, by: Actor, why: str) -> dict[UUID, str]:
    """The telephones of whoever belongs to it, for its keepers: by person, those that there are and that can be read.

    Raises:
        NotAllowed: not a keeper of this household. DomainError: no reason given. TooMany: enough for one day.
    """
    must_keep(by, household.village_id, household.grid_id)
    rows = Membership.objects.filter(household=household, to_on=None).select_related("person")
    persons = [row.person for row in rows if row.person.phone]
    phones = [person.phone for person in persons]
    clear = revealing.reveal("people.reveal", phones, by=by, about=household, fields=("phone",), why=why)
    return {person.pk: phone for person, phone in zip(persons, clear, strict=True) if phone}
