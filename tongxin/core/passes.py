"""A form's pass: it proves that the form came from here and how long ago, without a cookie or a row (R21).

Nobody is logged in where it is used, so there is no one in whose name a foreign page could act; the pass keeps old
forms out, gives each form a key of its own (pressed twice is done once), and says whether somebody has waited.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing

from tongxin.core import clock

SALT = "core.pass"


class NoPass(ValueError):
    """Missing, forged, for another form, or too old."""


@dataclass(frozen=True)
class Pass:
    """`key`: 32 hex characters of chance; `age`: since it was handed out; `about`: what it opens, if anything."""

    key: str
    age: timedelta
    about: str = ""


def issue(purpose: str, about: str = "") -> str:
    """A new one; `purpose` names the form and its village, `about` an id that its bearer may see."""
    body = [secrets.token_hex(16), int(clock.now().timestamp()), about]
    return signing.Signer(salt=f"{SALT}|{purpose}").sign_object(body)


def read(text: str, purpose: str, good_for: timedelta) -> Pass:
    """Raises NoPass."""
    try:
        key, at, about = signing.Signer(salt=f"{SALT}|{purpose}").unsign_object(text)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NoPass from error
    age = clock.now() - datetime.fromtimestamp(at, UTC)
    if not timedelta(seconds=-60) <= age <= good_for:
        raise NoPass
    return Pass(key, age, about)
