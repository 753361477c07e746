"""One's own password."""

from django.utils.translation import gettext_lazy as _

from tongxin.accounts import queries
from tongxin.accounts.actions.events import note
from tongxin.accounts.actions.letting_in import end_others
from tongxin.accounts.models import User, What
from tongxin.audit import actions as audit
from tongxin.core.errors import DomainError, NotAllowed


def change_password(user: User, *, by: User, old: str, new: str, here: str = "") -> User:
    """Set one's own password; nobody sets another's. Whether `new` is good enough was the form's to say.

    Every session but `here` ends with the old password. Pressed twice, the second press finds it done.

    Raises:
        NotAllowed: somebody else's, or one that visitors of the demonstration share.
        DomainError: the old one is wrong.
    """
    if by.pk != user.pk:
        raise NotAllowed(_("Only you can change your password."))
    if queries.is_shared(user):
        raise NotAllowed(_("All visitors share this log-in of the demonstration; it stays as it is."))
    with audit.together():
        row = User.objects.select_for_update().get(pk=user.pk)
        if not row.check_password(old):
            if row.check_password(new):  # pressed twice: it is done
                return row
            raise DomainError(_("The old password does not match."), field="old")
        row.set_password(new)
        row.save(update_fields=["password"])
        note(What.PASSWORD, row, by=by)
        end_others(row, by=by, but=here)  # before a second press comes by: it must not end the first one's session
    return row
