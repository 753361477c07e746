"""The login."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.core.models import Row


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=(username or "").strip().lower())


class User(Row, AbstractBaseUser):
    """A name and a password; no rights. Rights follow from today's appointments (`bodies`)."""

    username = models.CharField(_("Log-in name"), max_length=64, unique=True)
    name = models.CharField(_("Name"), max_length=64)
    is_active = models.BooleanField(_("May log in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    actor_kind: ClassVar[str] = "user"  # as the audit chain names it

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(username=""), name="accounts_user_has_username"),
        ]

    def __str__(self) -> str:
        return self.name
