"""What an action raises when the answer is no. A page shows `message`; a form puts it at `field` when there is one."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A rule says no.

    Args:
        message: for the person; a lazy translation is welcome.
        field: the form's field it belongs to, or "".
    """

    status = 400

    def __init__(self, message: Any = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(DomainError):
    """This actor may not do this."""

    status = 403


class WrongStatus(DomainError):
    """Somebody was quicker: the thing is no longer where the caller saw it."""

    status = 409


class Meanwhile(WrongStatus):
    """Somebody else has changed what the form shows (R7); the page shows both."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has changed this meanwhile. Please look at both."))


class KeyReused(DomainError):
    """The same idempotency key came with another request."""

    status = 409


class TooMany(DomainError):
    """Too often; `retry_at` is the moment from which it is open again."""

    status = 429

    def __init__(self, retry_at: datetime, message: Any = "", field: str = "") -> None:
        super().__init__(message, field)
        self.retry_at = retry_at


class Locked(DomainError):
    """Shut until somebody is seen in person; no waiting opens it."""

    status = 429
