"""Opening what is hidden of a matter: each time leaves an entry in the audit chain, before it is shown."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.audit.models import Why
from tongxin.casework import revealing
from tongxin.core.errors import NotAllowed
from tongxin.issues import access
from tongxin.issues.models import Issue


@dataclass(frozen=True)
class ToldBy:
    """Who told it and how to reach them, in clear; "" for what is not known or cannot be read."""

    name: str
    phone: str = field(repr=False)


def reveal(issue: Issue, *, by: User, why: str) -> ToldBy:
    """Open the name and the telephone of whoever told it.

    Raises:
        NotAllowed: not for this user. DomainError: no reason given. TooMany: enough for one day.
    """
    if not access.can_see_contact(by, issue):
        raise NotAllowed(_("Only whoever takes it on or does it sees who told it."))
    secrets, fields = (issue.told_by_name, issue.phone), ("told_by", "phone")
    name, phone = revealing.reveal("issues.reveal", secrets, by=by, about=issue, fields=fields, why=why)
    return ToldBy(issue.told_by.name if issue.told_by is not None else name, phone)


def read_sealed(issue: Issue, *, by: User) -> None:
    """Open a sealed matter, with or without who told it."""
    if not access.can_see(by, issue):
        raise NotAllowed(_("This step is not yours to take."))
    audit.reading("issues.read_sealed", by=by, about=issue, fields=("words",), why=Why.WORK)
