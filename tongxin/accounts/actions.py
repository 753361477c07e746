"""What a login changes about itself."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.core.errors import DomainError, NotAllowed


def change_password(user: User, *, by: User, old: str, new: str) -> User:
    """Set one's own password; nobody sets another's. Whether `new` is good enough was the form's to say.

    Raises:
        NotAllowed: somebody else's.
        DomainError: the old one is wrong.
    """
    if by.pk != user.pk:
        raise NotAllowed(_("Only you can change your password."))
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        if not row.check_password(old):
            if row.check_password(new):  # pressed twice: it is done
                return row
            raise DomainError(_("The old password does not match."), field="old")
        row.set_password(new)
        row.save(update_fields=["password"])
        audit.record("accounts.change_password", by=by, about=row)
    return row
