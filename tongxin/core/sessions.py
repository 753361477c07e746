"""Sessions as rows, so that they can be listed and ended (R46). The cookie's key lies in the row as a hash only.

A session of somebody who is logged in ends after `STAFF_IDLE` without a click and after `STAFF_LONGEST` in any case;
one of nobody (a half-done log-in, a message for the next page) after `STAFF_LONGEST`. What is over is taken away when
it is asked for, so nothing depends on a nightly job.
"""

import contextlib
import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import OperationalError, models

from tongxin.core import clock
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import LoginSession

TOUCH = timedelta(seconds=60)  # `seen_at` is written at most once in this time: a click costs no write


def hashed(key: str) -> str:
    """A session key has 165 random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(b"tongxin session\0" + key.encode()).hexdigest()


def over(now: datetime) -> models.Q:
    """Sessions that have ended by time."""
    idle = models.Q(user_id__isnull=False, seen_at__lte=now - settings.STAFF_IDLE)
    return models.Q(ends_at__lte=now) | idle


class SessionStore(SessionBase):
    """What Django's session middleware works with."""

    def load(self) -> dict[str, Any]:
        now = clock.now()
        row = LoginSession.objects.filter(key=hashed(self.session_key)).first() if self.session_key else None
        if row is not None and row.is_over(now, settings.STAFF_IDLE):
            LoginSession.objects.filter(pk=row.pk).delete()
            row = None
        if row is None:
            self._session_key: str | None = None
            return {}
        if row.user_id is not None and now - row.seen_at > TOUCH:
            with contextlib.suppress(OperationalError):  # a full disk: reading goes on, the idle time is not prolonged
                LoginSession.objects.filter(pk=row.pk, seen_at__lt=now).update(seen_at=now)
        return dict(self.decode(row.data))

    def exists(self, session_key: str) -> bool:
        return LoginSession.objects.filter(key=hashed(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Raises CreateError when the key is taken, UpdateError when the session was ended meanwhile."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        now, key = clock.now(), hashed(self.session_key)
        user_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        row = LoginSession(
            key=key,
            user_id=user_id,
            data=self.encode(data),
            started_at=now,
            seen_at=now,
            ends_at=now + settings.STAFF_LONGEST,
        )
        if must_create:
            if not insert_if_new(row):
                raise CreateError
        elif not LoginSession.objects.filter(key=key).update(user_id=user_id, data=row.data, seen_at=now):
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            LoginSession.objects.filter(key=hashed(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        LoginSession.objects.filter(over(clock.now())).delete()


def of_user(user_id: UUID) -> list[tuple[LoginSession, dict[str, Any]]]:
    """The living sessions of a log-in with what lies in them, the one seen last first."""
    store = SessionStore()
    rows = LoginSession.objects.filter(user_id=user_id).exclude(over(clock.now())).order_by("-seen_at", "-id")
    return [(row, dict(store.decode(row.data))) for row in rows]


def end(user_id: UUID, *, only: UUID | None = None, but: str = "") -> int:
    """End sessions of a log-in: all, one by its row's id, or all `but` the one with this key. How many ended."""
    rows = LoginSession.objects.filter(user_id=user_id)
    if only is not None:
        rows = rows.filter(pk=only)
    if but:
        rows = rows.exclude(key=hashed(but))
    return rows.delete()[0]
