"""The household's PIN, and the lock on its card: set, cleared, shut, opened again."""

from itertools import pairwise

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor, Teller
from tongxin.core import clock, guessing
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.core.inserting import insert_if_new
from tongxin.people import queries
from tongxin.people.actions.history import enter, must_keep
from tongxin.people.models import CardToken, Household, HouseholdPin, RegisterEntry

LENGTH = 6


def set_pin(household: Household, *, by: Actor, pin: str) -> HouseholdPin:
    """Six digits that open the family's page from now on, in place of a telephone's last four.

    Args:
        by: a keeper, or the family itself (`queries.as_family`).

    Raises:
        DomainError: closed, or digits that anybody would try first. WrongStatus: there is a PIN already.
    """
    if not isinstance(by, Teller):
        must_keep(by, household.village_id, household.grid_id)
    elif by.case_id != household.pk:
        raise NotAllowed(_("This step is not yours to take."))
    if household.closed_on is not None:
        raise DomainError(_("The household is closed."))
    _check(household, pin)
    row = HouseholdPin(village_id=household.village_id, household=household, set_at=clock.now())
    row.secret = make_password(pin)
    with audit.together():
        if not insert_if_new(row):
            raise WrongStatus(_("There is a PIN already. The office clears it when it is forgotten."))
        how = "card" if isinstance(by, Teller) else "office"
        enter("pin", by=by, village_id=household.village_id, household=household, new={"set": how})
    return row


def _check(household: Household, pin: str) -> None:
    """Raises DomainError for what a neighbour tries first."""
    if len(pin) != LENGTH or not (pin.isascii() and pin.isdigit()):
        raise DomainError(_("It takes six digits. Please look again."), field="pin")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if (len(steps) == 1 and steps <= {0, 1, 9}) or pin[:3] == pin[3:] or pin[:2] == pin[2:4] == pin[4:]:
        raise DomainError(_("That is too easy to guess: a row or a repetition. Choose others."), field="pin")
    if any(queries.has_tail(household, pin[i : i + 4]) for i in range(LENGTH - 3)):
        raise DomainError(_("The end of a telephone in your family is in it. Choose others."), field="pin")


def clear_pin(household: Household, *, by: Actor, because: str) -> None:
    """Forgotten: the last four digits open the page again until a new one is chosen.

    Raises:
        DomainError: without a reason. WrongStatus: there is none.
    """
    must_keep(by, household.village_id, household.grid_id)
    because = " ".join(because.split())[:120]
    if not because:
        raise DomainError(_("Write how you know that it is them."), field="because")
    with audit.together():
        if not HouseholdPin.objects.filter(household=household).delete()[0]:
            raise WrongStatus(_("There is no PIN."))
        enter("pin", by=by, village_id=household.village_id, household=household, new={"cleared": because})


def found_shut(card: CardToken) -> None:
    """Write down, once a lock, that somebody has guessed at this card twenty times."""
    last = RegisterEntry.objects.filter(household=card.household_id, what="card").order_by("-at", "-id").first()
    if last is None or "shut" not in last.new:
        with audit.together():
            new = {"shut": str(guessing.MOST)}
            enter("card", by=None, village_id=card.village_id, household=card.household, new=new)


def unlock_card(card: CardToken, *, by: Actor, seen: str) -> None:
    """The family was seen: its tries count afresh. `seen` says how one knew them.

    Raises:
        DomainError: nothing is said of how. WrongStatus: it is not shut.
    """
    must_keep(by, card.village_id, card.household.grid_id)
    seen = " ".join(seen.split())[:120]
    if not seen:
        raise DomainError(_("Write how you know that it is them."), field="seen")
    with audit.together():
        if not queries.shut([card]):
            raise WrongStatus(_("It is not shut."))
        guessing.lift(queries.DOOR, str(card.pk))
        enter("card", by=by, village_id=card.village_id, household=card.household, new={"unlocked": seen})
