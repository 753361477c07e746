"""What proves a second time who it is: a time code, a passkey, a recovery code on paper."""

from django.utils.translation import gettext_lazy as _

from tongxin.accounts import queries, timecodes
from tongxin.accounts.actions.events import note
from tongxin.accounts.models import Passkey, RecoveryCode, TimeCode, User, What
from tongxin.audit import actions as audit
from tongxin.core import clock, codes
from tongxin.core.errors import DomainError, NotAllowed

PAPER = 10  # recovery codes
MANY = 8  # passkeys of one log-in


def _own(user: User, by: User) -> None:
    if by.pk != user.pk:
        raise NotAllowed(_("Only its owner sets up a second factor."))
    if queries.is_shared(user):
        raise NotAllowed(_("All visitors share this log-in of the demonstration; it stays as it is."))


def begin_time_code(user: User, *, by: User) -> str:
    """The secret to be taken over by a telephone, base32; the same for a quarter of an hour, so a page may be reloaded.

    It counts for nothing until a code made from it has come back (`confirm_time_code`).
    """
    _own(user, by)
    now = clock.now()
    with audit.together():
        User.objects.select_for_update().get(pk=user.pk)
        row = TimeCode.objects.filter(user=user).first()
        if row is not None and row.confirmed_at is not None:
            raise DomainError(_("It is set up already."))
        if row is None or now - row.made_at > timecodes.OFFERED:
            TimeCode.objects.filter(user=user, confirmed_at=None).delete()
            row = TimeCode.objects.create(user=user, secret=timecodes.new_secret(), made_at=now)
    return row.secret.in_clear()


def confirm_time_code(user: User, *, by: User, code: str) -> list[str]:
    """The telephone has it: from now on it counts. The recovery codes, shown this once.

    Raises:
        DomainError: the six digits are not right.
    """
    _own(user, by)
    with audit.together():
        row = TimeCode.objects.select_for_update().filter(user=user, confirmed_at=None).first()
        step = timecodes.fitting_step(row.secret.in_clear(), code, clock.now()) if row else None
        if row is None or step is None:
            raise DomainError(_("The six digits are not right. Take those that stand there now."), field="code")
        TimeCode.objects.filter(pk=row.pk).update(confirmed_at=clock.now(), last_step=step)
        note(What.TIME_CODE, user, by=by)
        return make_recovery_codes(user, by=by)


def make_recovery_codes(user: User, *, by: User) -> list[str]:
    """Ten new ones, shown this once; the old ones no longer open."""
    _own(user, by)
    made = [codes.readable(2, 5) for _n in range(PAPER)]
    with audit.together():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create([RecoveryCode(user=user, code=queries.code_hash(one)) for one in made])
        note(What.CODES, user, by=by)
    return made


def use_second(user: User, *, typed: str) -> bool:
    """Whether what was typed is this moment's time code or an unused recovery code; each is accepted once.

    Six digits are a time code; a step at or below the last one used is refused, however right.
    """
    now = clock.now()
    plain = codes.plain(typed)
    if len(plain) == timecodes.DIGITS and plain.isdigit():
        row = TimeCode.objects.filter(user=user, confirmed_at__isnull=False).first()
        step = timecodes.fitting_step(row.secret.in_clear(), plain, now) if row else None
        if row is None or step is None:
            return False
        return bool(TimeCode.objects.filter(pk=row.pk, last_step__lt=step).update(last_step=step))
    with audit.together():
        unused = RecoveryCode.objects.filter(user=user, code__in=queries.code_hashes(plain), used_at=None)
        if not unused.update(used_at=now):
            return False
        left = RecoveryCode.objects.filter(user=user, used_at=None).count()
        note(What.CODE_USED, user, by=user, words=str(left))
    return True


# --- passkeys -------------------------------------------------------------------------------------------------------
def add_passkey(
    user: User, *, by: User, host: str, credential: str, public_key: str, signatures: int, name: str
) -> Passkey:
    """Keep the public half. What the browser answered was checked by `passkeys.registered`.

    Raises:
        DomainError: there are enough, or this one is known.
    """
    _own(user, by)
    name = " ".join(name.split())[:40] or str(_("Passkey"))
    with audit.together():
        User.objects.select_for_update().get(pk=user.pk)
        if Passkey.objects.filter(user=user).count() >= MANY:
            raise DomainError(_("There are enough passkeys. Take one away first."))
        if Passkey.objects.filter(credential=credential).exists():
            raise DomainError(_("This passkey is known already."))
        row = Passkey.objects.create(
            user=user,
            host=host,
            credential=credential,
            public_key=public_key,
            signatures=signatures,
            name=name,
            made_at=clock.now(),
        )
        note(What.PASSKEY, user, by=by, words=name)
    return row


def use_passkey(passkey: Passkey, *, signatures: int) -> bool:
    """Count on. A key that counts must have counted on since the last time; if not, there are two of it: refused."""
    if signatures == 0 == passkey.signatures:  # many keys do not count
        return True
    rows = Passkey.objects.filter(pk=passkey.pk, signatures__lt=signatures)
    return bool(rows.update(signatures=signatures))


def drop_passkey(passkey: Passkey, *, by: User) -> None:
    """Take one away; never the last second factor.

    Raises:
        DomainError: it is the last one.
    """
    _own(passkey.user, by)
    with audit.together():
        User.objects.select_for_update().get(pk=passkey.user_id)
        others = Passkey.objects.filter(user=passkey.user).exclude(pk=passkey.pk).exists()
        if not others and not TimeCode.objects.filter(user=passkey.user, confirmed_at__isnull=False).exists():
            raise DomainError(_("It is your last second factor. Set up another one first."))
        gone, _rows = Passkey.objects.filter(pk=passkey.pk).delete()
        if not gone:  # pressed twice: it is done
            return
        note(What.PASSKEY_OFF, passkey.user, by=by, words=passkey.name)
