"""The one place where it is written down what has happened with a log-in: for its owner, and in the audit chain."""

from dataclasses import dataclass
from typing import ClassVar

from tongxin.accounts.models import LoginEvent, User, What
from tongxin.audit import actions as audit
from tongxin.core import clock


@dataclass(frozen=True)
class Console:
    """Whoever sits at the server's command line."""

    name: str = "console"
    pk: None = None
    actor_kind: ClassVar[str] = "operator"


@dataclass(frozen=True)
class Somebody:
    """Whoever it was that guessed."""

    name: str = ""
    pk: None = None
    actor_kind: ClassVar[str] = "anyone"


def note(what: What, user: User, *, by: User | Console | Somebody | None, words: str = "") -> LoginEvent:
    """Inside the transaction of what has happened. `by` None is the console. `words` hold no secret and no number."""
    by = by or Console()
    row = LoginEvent.objects.create(
        user=user,
        at=clock.now(),
        what=what,
        by=by if isinstance(by, User) else None,
        by_name=by.name,
        note=words[:200],
    )
    audit.record(f"accounts.{what}", by=by, about=user, data={"event": row.pk})
    return row
