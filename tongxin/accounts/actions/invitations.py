"""The one-time code with which somebody sets their own password: the first one, or a new one for a forgotten one.

There is no other way to a password. So one clock holds for all of them: seventy-two hours, one use; making a new code
ends the one before it.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from tongxin.accounts import queries
from tongxin.accounts.actions.events import note
from tongxin.accounts.models import Invitation, User, What
from tongxin.audit import actions as audit
from tongxin.core import clock, codes, guessing, sessions
from tongxin.core.errors import DomainError, NotAllowed

LASTS = timedelta(hours=72)
WRONG = _("Name and code do not go together, or the code is no longer valid. Ask the clerk for a new one.")


def invite(user: User, *, by: User | None) -> str:
    """Make a code, shown this once; only its keyed hash is kept. The password, if there is one, holds until it is used.

    Raises:
        NotAllowed: for oneself; a code is handed over by somebody who sees the person.
    """
    if by is not None and by.pk == user.pk:
        raise NotAllowed(_("Nobody makes a code for himself. Somebody else has to."))
    if queries.is_shared(user):
        raise NotAllowed(_("All visitors share this log-in of the demonstration; it stays as it is."))
    code, now = codes.readable(4, 4), clock.now()
    with audit.together():
        User.objects.select_for_update().get(pk=user.pk)  # of two that make one at once, the second ends the first's
        Invitation.objects.filter(user=user, used_at=None, ended_at=None).update(ended_at=now)
        Invitation.objects.create(user=user, code=queries.code_hash(code), made_at=now, ends_at=now + LASTS, made_by=by)
        note(What.INVITED, user, by=by)
    return code


def accept(username: str, *, code: str, new: str) -> User:
    """Set the password by a code. Sessions end, and the door is open again: the code was handed over in person.

    Whether `new` is good enough was the form's to say. One statement looks for name, code and time together, so an
    unknown name, a wrong code, a used and an expired one cannot be told apart.

    Raises:
        DomainError: always the same words.
    """
    now = clock.now()
    with audit.together():
        rows = Invitation.objects.select_related("user").filter(
            user__username=username.strip().lower(),
            user__is_active=True,
            code__in=queries.code_hashes(code),
            used_at=None,
            ended_at=None,
            ends_at__gt=now,
        )
        row = rows.first()
        if row is None or not Invitation.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
            raise DomainError(WRONG, field="code")
        user = row.user
        user.set_password(new)
        user.save(update_fields=["password"])
        sessions.end(user.pk)
        guessing.lift("login", user.username)
        note(What.PASSWORD, user, by=user)
    return user
