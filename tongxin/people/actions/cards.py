"""The household card: an opaque token, replaced when it is lost."""

import secrets
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.core import clock
from tongxin.core.errors import DomainError, WrongStatus
from tongxin.core.inserting import insert_if_new
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.models import CardToken, Household


def issue_card(household: Household, *, by: Actor) -> CardToken:
    """The household's valid card; made when there is none.

    Raises:
        DomainError: the household is closed.
    """
    must_keep(by, household.village_id, household.grid_id)
    if household.closed_on is not None:
        raise DomainError(_("The household is closed; it gets no card."))
    valid = CardToken.objects.filter(household=household, revoked_on=None)
    if (card := valid.first()) is not None:
        return card
    card = CardToken(
        village_id=household.village_id,
        household=household,
        token=secrets.token_hex(13),  # 104 bits: nobody finds a door by guessing
        issued_on=clock.today(),
    )
    with audit.together():
        if not insert_if_new(card):  # somebody else has made it in this very moment
            return valid.get()
        enter("card", by=by, village_id=household.village_id, household=household, new={"issued": "1"})
    return card


def issue_cards(households: Sequence[Household], *, by: Actor) -> list[CardToken]:
    """A card for each, in the order given; for printing four to a sheet."""
    with audit.together():
        return [issue_card(household, by=by) for household in households]


def revoke_card(card: CardToken, *, by: Actor, reason: str) -> None:
    """Lost: the old one stops at once."""
    must_keep(by, card.village_id, card.household.grid_id)
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Write why it is revoked."), field="reason")
    with audit.together():
        rows = CardToken.objects.filter(pk=card.pk, revoked_on=None).update(revoked_on=clock.today(), reason=reason)
        if not rows:
            raise WrongStatus(_("It is revoked already."))
        enter("card", by=by, village_id=card.village_id, household=card.household, new={"revoked": reason})


def replace_card(card: CardToken, *, by: Actor, reason: str) -> CardToken:
    """Lost and made new in one press."""
    with audit.together():
        revoke_card(card, by=by, reason=reason)
        return issue_card(card.household, by=by)
