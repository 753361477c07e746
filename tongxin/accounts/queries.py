"""Questions about log-ins."""

from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db.models import QuerySet

from tongxin.accounts.models import FactorReset, Invitation, LoginEvent, Passkey, RecoveryCode, TimeCode, User
from tongxin.core import clock, codes, crypto, guessing

DEMO_PREFIX = "demo-"
DEMO_PASSWORD = "tongxin-demo-2023"  # noqa: S105 - printed on the log-in page of the demonstration, and only there


def demo_users() -> QuerySet[User]:
    """The demonstration's log-ins; none outside a demonstration, whatever anybody is called there."""
    rows = User.objects.filter(is_active=True, username__startswith=DEMO_PREFIX)
    return rows.order_by("username") if settings.DEMO else rows.none()


def is_shared(user: User) -> bool:
    """A log-in of the demonstration, which all visitors use by one printed password (`settings.ONE_PASSWORD`)."""
    return bool(settings.ONE_PASSWORD) and user.username.startswith(DEMO_PREFIX)


def code_hash(code: str) -> str:
    """The keyed hash of a one-time code, however it was typed. The code has 49 bits or more, so it needs no salt."""
    return crypto.blind_index(codes.plain(code), "one-time code")


def code_hashes(code: str) -> list[str]:
    """What a stored one may look like while keys are being changed."""
    return crypto.blind_indexes(codes.plain(code), "one-time code")


# --- the second factor ------------------------------------------------------------------------------------------------
class Step(Enum):
    """What is left to do after the right password."""

    IN = "in"
    SECOND = "second"  # show the second factor
    ENROL = "enrol"  # set one up first


def has_factor(user: User) -> bool:
    """A confirmed time code or a passkey. Recovery codes alone are none."""
    return (
        TimeCode.objects.filter(user=user, confirmed_at__isnull=False).exists()
        or Passkey.objects.filter(user=user).exists()
    )


def step(user: User) -> Step:
    """Whoever has a second factor shows it; whoever has none sets one up when their days of grace are over."""
    if is_shared(user):
        return Step.IN
    if has_factor(user):
        return Step.SECOND
    due = user.factor_due_at or clock.now() + settings.FACTOR_GRACE
    return Step.ENROL if due <= clock.now() else Step.IN


def passkeys(user: User, host: str = "") -> list[Passkey]:
    """All, or those that answer for this host."""
    rows = Passkey.objects.filter(user=user).order_by("made_at", "id")
    return list(rows.filter(host=host) if host else rows)


def has_time_code(user: User) -> bool:
    return TimeCode.objects.filter(user=user, confirmed_at__isnull=False).exists()


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


# --- what has happened ------------------------------------------------------------------------------------------------
def events(user: User, most: int = 20) -> list[LoginEvent]:
    return list(user.events.order_by("-at", "-id")[:most])


def open_reset(user: User) -> FactorReset | None:
    """What one officer has asked and another has not agreed to yet."""
    rows = FactorReset.objects.filter(user=user, agreed_at=None, ended_at=None, ends_at__gt=clock.now())
    return rows.select_related("asked_by", "user").first()


def is_shut(user: User) -> bool:
    """Whether unknown devices are kept out after twenty wrong tries."""
    return bool(guessing.locked("login", [user.username]))


def open_invitation(user: User, now: datetime) -> Invitation | None:
    return Invitation.objects.filter(user=user, used_at=None, ended_at=None, ends_at__gt=now).first()
