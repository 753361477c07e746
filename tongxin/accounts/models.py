"""The login, what proves who uses it, and what has happened with it."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.core.crypto import EncryptedTextField
from tongxin.core.models import Row, at_most


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(Row, AbstractBaseUser):
    """A name and a password; no rights. Rights follow from today's appointments (`bodies`).

    `factor_due_at`: from then on nobody comes in without a second factor; set at the first log-in (`queries.step`).
    """

    username = models.CharField(_("Log-in name"), max_length=64, unique=True)
    name = models.CharField(_("Name"), max_length=64)
    is_active = models.BooleanField(_("May log in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    factor_due_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    actor_kind: ClassVar[str] = "user"  # as the audit chain names it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(username=""), name="accounts_user_has_username"),
        ]

    def __str__(self) -> str:
        return self.name


# --- second factors -------------------------------------------------------------------------------------------------
class TimeCode(Row):
    """The secret that a telephone makes six digits from every thirty seconds (RFC 6238). It counts once confirmed."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="time_code")
    secret = EncryptedTextField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)  # a step that was used is not used again


class Passkey(Row):
    """A key pair in a telephone or a stick; we hold the public half. It answers for the host it was made at only."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="passkeys")
    host = models.CharField(max_length=120)
    credential = models.CharField(max_length=700, unique=True)  # base64url of at most 512 bytes
    public_key = models.TextField()  # COSE, as base64
    signatures = models.BigIntegerField(default=0)  # a copied key falls behind this number
    name = models.CharField(_("What you call it"), max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [at_most("credential", 700, "accounts_passkey_credential_length")]


class RecoveryCode(Row):
    """One of ten on paper, for the day on which the telephone is lost. A keyed hash; each opens once."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes")
    code = models.CharField(max_length=32)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code"], name="accounts_recoverycode_once"),
            at_most("code", 32, "accounts_recoverycode_code_length"),
        ]


# --- how one comes to a password, and to a new second factor ---------------------------------------------------------
class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: datetime) -> "InvitationQuerySet":
        return self.filter(used_at=None, ended_at=None, ends_at__gt=now)


class Invitation(Row):
    """A one-time code with which somebody sets their own password: the first, or a new one for a forgotten one.

    At most 72 hours, one use, one open at a time; nobody but its owner ever knows the password.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    code = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Invitation"]] = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at__isnull=True, ended_at__isnull=True),
                name="accounts_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(made_by__isnull=True) | ~models.Q(made_by=models.F("user")),
                name="accounts_invitation_of_another",
            ),
            at_most("code", 32, "accounts_invitation_code_length"),
        ]


class FactorReset(Row):
    """A lost telephone: one officer asks that the second factor be taken off, another agrees; neither is its owner."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factor_resets")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    because = models.CharField(_("How you know that it is them"), max_length=200)
    agreed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(agreed_at__isnull=True, ended_at__isnull=True),
                name="accounts_factorreset_one_open",
            ),
            models.CheckConstraint(
                condition=~models.Q(asked_by=models.F("user"))
                & (
                    models.Q(agreed_by__isnull=True)
                    | (~models.Q(agreed_by=models.F("asked_by")) & ~models.Q(agreed_by=models.F("user")))
                ),
                name="accounts_factorreset_by_two_others",
            ),
        ]


class What(models.TextChoices):
    """What can happen with a log-in."""

    INVITED = "invited", _("A one-time code was made")
    PASSWORD = "password", _("The password was changed")
    TIME_CODE = "time_code", _("Codes from a telephone were set up")
    PASSKEY = "passkey", _("A passkey was added")
    PASSKEY_OFF = "passkey_off", _("A passkey was taken away")
    CODES = "codes", _("New recovery codes were made")
    CODE_USED = "code_used", _("A recovery code was used")
    NEW_DEVICE = "new_device", _("It was used on a new device")
    SHUT = "shut", _("Too many wrong tries: shut for unknown devices")
    UNLOCKED = "unlocked", _("Opened again after the person was seen")
    RESET_ASKED = "reset_asked", _("It was asked that the second factor be taken off")
    RESET = "reset", _("The second factor was taken off")
    ENDED = "ended", _("It was logged out elsewhere")


class LoginEvent(Row):
    """What has happened with a log-in, so that its owner sees what was not them. Only ever added."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    what = models.CharField(max_length=12, choices=What.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_name = models.CharField(max_length=64, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "at"], name="accounts_loginevent_user")]
