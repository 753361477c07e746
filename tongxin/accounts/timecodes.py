"""Time codes (RFC 6238): SHA-1, six digits, thirty seconds; what every authenticator app understands."""

import base64
import hmac
import os
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS: Final = 6
STEP: Final = 30  # seconds
LEEWAY: Final = 1  # steps that a telephone's clock may be early or late
OFFERED: Final = timedelta(minutes=15)  # how long a secret is offered before a new one is


def new_secret() -> str:
    """160 random bits in base32, as they are typed when the square cannot be scanned."""
    return base64.b32encode(os.urandom(20)).decode()


def step_of(moment: datetime) -> int:
    return int(moment.timestamp()) // STEP


def code_at(secret: str, step: int) -> str:
    made = TOTP(base64.b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303 - the standard's; HMAC does not care
    return made.generate(step * STEP).decode()


def fitting_step(secret: str, code: str, moment: datetime) -> int | None:
    """The step whose code this is, now or one step beside it; None when none. All are compared, whichever fits."""
    now, found = step_of(moment), None
    for step in range(now - LEEWAY, now + LEEWAY + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            found = step
    return found


def address(secret: str, issuer: str, name: str) -> str:
    """What the square says to an authenticator app."""
    label = quote(f"{issuer}:{name}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}&algorithm=SHA1&digits={DIGITS}&period={STEP}"
