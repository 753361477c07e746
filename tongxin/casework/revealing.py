"""The one door through which a person sees a secret in clear (R19): on record first, then open."""

from collections.abc import Iterable, Sequence

from django.db import models

from tongxin.audit import actions as audit
from tongxin.core.crypto import Secret, Unreadable


def reveal(
    act: str, secrets: Iterable[Secret], *, by: object, about: models.Model, fields: Sequence[str], why: str
) -> list[str]:
    """The clear texts of some secrets, for one reader who has said what for. Whoever calls has checked the right.

    Args:
        about: the row on which the chain's entry is put; `fields`: the names that it carries.
        why: as it was pressed.

    Returns:
        A text each; "" when there is none or when it cannot be read, and then `secret.trouble` says why.

    Raises:
        DomainError: no reason given. TooMany: enough for one day.
    """
    return reveal_for(act, secrets, by=by, about=about, fields=fields, why=audit.reason(why))


def reveal_for(
    act: str, secrets: Iterable[Secret], *, by: object, about: models.Model, fields: Sequence[str], why: str
) -> list[str]:
    """The same where the page itself knows what for: `why` is a code of `audit.models.Why`."""
    audit.reading(act, by=by, about=about, fields=fields, why=why)
    return [_opened(secret) for secret in secrets]


def _opened(secret: Secret) -> str:
    try:
        return secret.in_clear()
    except Unreadable:
        return ""
