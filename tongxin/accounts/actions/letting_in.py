"""Coming in, being shut out, being let in again, and ending sessions."""

import logging
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.actions.events import Somebody, note
from tongxin.accounts.models import User, What
from tongxin.audit import actions as audit
from tongxin.core import clock, guessing, sessions
from tongxin.core.errors import DomainError, NotAllowed

log = logging.getLogger(__name__)


def came_in(user: User, *, by: User, on_new_device: str = "") -> None:
    """The first log-in starts the days of grace for a second factor; one on a new device is written down for its owner.

    Each stands in the log, by the id of the log-in; nobody adds them up.
    """
    log.info("accounts: %s came in", user.pk)
    if user.factor_due_at is None:
        due = clock.now() + settings.FACTOR_GRACE
        with audit.together():
            User.objects.filter(pk=user.pk, factor_due_at=None).update(factor_due_at=due)
            audit.record("accounts.first_log_in", by=by, about=user)
        user.factor_due_at = due
    if on_new_device:
        with audit.together():
            note(What.NEW_DEVICE, user, by=by, words=on_new_device)


def found_shut(username: str) -> None:
    """Tell the owner, once a lock, that somebody has guessed twenty times. Silent about names that nobody bears."""
    user = User.objects.filter(username=username.strip().lower()).first()
    if user is None:
        return
    last = user.events.filter(what__in=(What.SHUT, What.UNLOCKED)).order_by("-at", "-id").first()
    if last is None or last.what == What.UNLOCKED:
        with audit.together():
            note(What.SHUT, user, by=Somebody())


def unlock(user: User, *, by: User | None, seen: str) -> None:
    """Open the door again for somebody whose identity was checked in person; `seen` says how.

    Raises:
        NotAllowed: oneself. DomainError: nothing is said of how.
    """
    if by is not None and by.pk == user.pk:
        raise NotAllowed(_("Nobody opens his own log-in. Somebody else has to see you."))
    seen = " ".join(seen.split())
    if not seen:
        raise DomainError(_("Write how you know that it is them."), field="seen")
    with audit.together():
        guessing.lift("login", user.username)
        note(What.UNLOCKED, user, by=by, words=seen)


def end_session(user: User, *, by: User, session: UUID) -> bool:
    """One of one's own; whether it still was there."""
    _only_own(user, by)
    return bool(sessions.end(user.pk, only=session))


def end_others(user: User, *, by: User, but: str) -> int:
    """All of one's own but the one with this key."""
    _only_own(user, by)
    with audit.together():
        ended = sessions.end(user.pk, but=but)
        if ended:
            note(What.ENDED, user, by=by)
    return ended


def end_everywhere(user: User, *, by: User | None, because: str) -> int:
    """Log somebody out on every device: a lost telephone, a post that ended. How many sessions ended."""
    with audit.together():
        ended = sessions.end(user.pk)
        note(What.ENDED, user, by=by, words=because)
    return ended


def _only_own(user: User, by: User) -> None:
    if by.pk != user.pk:
        raise NotAllowed(_("Only you can end these."))
