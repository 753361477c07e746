"""A reason that somebody writes down and others read."""

from django.utils.translation import gettext_lazy as _

from tongxin.core import masking
from tongxin.core.errors import DomainError

LEAST = 10  # characters
TOO_SHORT = _("Write why, in a sentence: at least ten characters.")


def reason(text: str, field: str) -> str:
    """A sentence without a number: it must not name whom it is about.

    Raises:
        DomainError: too short, or with a telephone or identity number in it.
    """
    text = text.strip()
    if len(text) < LEAST:
        raise DomainError(TOO_SHORT, field=field)
    if masking.findings(text):
        raise DomainError(_("Take the telephone or identity number out."), field=field)
    return text
