"""Taking off the second factor of somebody who has lost theirs: by two others, or at the console."""

from datetime import timedelta

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.actions.events import note
from tongxin.accounts.models import FactorReset, Passkey, RecoveryCode, TimeCode, User, What
from tongxin.audit import actions as audit
from tongxin.core import clock, sessions
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus

LASTS = timedelta(hours=72)


def ask_reset(user: User, *, by: User, because: str) -> FactorReset:
    """The first of two: has seen the person, says how they know them. Nothing changes yet.

    Raises:
        NotAllowed: oneself. DomainError: no word of how, or it is asked already.
    """
    if by.pk == user.pk:
        raise NotAllowed(_("Nobody takes off his own second factor. Two others have to."))
    because = " ".join(because.split())
    if not because:
        raise DomainError(_("Write how you know that it is them."), field="because")
    now = clock.now()
    with audit.together():
        FactorReset.objects.filter(user=user, agreed_at=None, ended_at=None, ends_at__lte=now).update(ended_at=now)
        try:
            with audit.together():
                row = FactorReset.objects.create(
                    user=user, asked_by=by, asked_at=now, ends_at=now + LASTS, because=because[:200]
                )
        except IntegrityError as error:
            raise DomainError(_("It is asked already. Somebody else has to agree.")) from error
        note(What.RESET_ASKED, user, by=by, words=because)
    return row


def agree_reset(reset: FactorReset, *, by: User) -> None:
    """The second of two, neither the owner nor who asked: the factor is off, sessions end, a new one is due at once.

    Raises:
        NotAllowed: who asked, or the owner. WrongStatus: it was agreed, dropped or has run out.
    """
    if by.pk in (reset.user_id, reset.asked_by_id):
        raise NotAllowed(_("Somebody else has to agree: neither who asked nor whose it is."))
    now = clock.now()
    with audit.together():
        open_ = FactorReset.objects.filter(pk=reset.pk, agreed_at=None, ended_at=None, ends_at__gt=now)
        if not open_.update(agreed_by=by, agreed_at=now):
            raise WrongStatus(_("It is no longer open."))
        _take_off(reset.user, by)


def drop_reset(reset: FactorReset, *, by: User) -> None:
    """It was not them after all, or the telephone was found."""
    open_ = FactorReset.objects.filter(pk=reset.pk, agreed_at=None, ended_at=None)
    if not open_.update(ended_at=clock.now()):
        raise WrongStatus(_("It is no longer open."))


def reset_from_console(user: User) -> None:
    """Whoever sits at the server may do it alone: they hold the database anyway."""
    with audit.together():
        _take_off(user, None)


def _take_off(user: User, by: User | None) -> None:
    TimeCode.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(factor_due_at=clock.now())
    sessions.end(user.pk)
    note(What.RESET, user, by=by)
