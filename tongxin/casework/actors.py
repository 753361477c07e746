"""Who acts when nobody is logged in."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tongxin.accounts.models import User


@dataclass(frozen=True)
class Teller:
    """Somebody who has shown that a case is theirs: from the same phone, by the last four digits, a receipt or a card.

    Made by `queries.prove` of the case's app only; an action compares `case_id` and trusts nothing else.
    """

    case_id: UUID
    how: str
    actor_kind: ClassVar[str] = "teller"


@dataclass(frozen=True)
class Calendar:
    """The calendar itself, for steps that a date takes (silence closes a matter)."""

    job: str
    actor_kind: ClassVar[str] = "calendar"


@dataclass(frozen=True)
class Operator:
    """Whoever sits at the server's command line: founds a village, seats its first officers. Never made by a page."""

    reason: str
    actor_kind: ClassVar[str] = "operator"


Actor = User | Teller | Calendar | Operator | None
