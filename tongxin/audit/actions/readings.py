"""Opening what is masked or sealed leaves an entry: who, when, what, why (R19, T09)."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from tongxin.audit import queries
from tongxin.audit.actions.appending import draft, leave, together
from tongxin.audit.models import Why
from tongxin.core import clock
from tongxin.core.errors import DomainError, TooMany

A_DAY = 200  # of one log-in; nobody calls more people, and who copies the register does not get far
REFUSED = "audit.too_many"
log = logging.getLogger(__name__)


def reading(
    act: str, *, by: object, about: models.Model, fields: Sequence[str], why: str, data: dict[str, Any] | None = None
) -> None:
    """Leave the entry of a reading, before what is read is shown.

    Args:
        about: the row whose fields are opened.
        fields: their names.
        why: a code of `Why`; what somebody pressed goes through `reason` first.

    Raises:
        TooMany: this log-in has opened enough today; that leaves an entry too.
    """
    entry = draft(act, by, about, None, {"fields": list(fields), **(data or {})})
    entry = replace(entry, is_reading=True, why=why)
    too_many = entry.actor_id is not None and _today(entry.village_id, entry.actor_id) >= A_DAY
    with together():
        leave(replace(entry, act=REFUSED) if too_many else entry)
    if too_many:
        log.warning("audit: log-in %s has opened %s masked things today and is refused", entry.actor_id, A_DAY)
        tomorrow = clock.at(clock.today() + timedelta(days=1))
        raise TooMany(tomorrow, _("You have opened very many today. Tomorrow you can go on."))


def reason(pressed: str) -> str:
    """The reason that somebody gave for opening what is masked.

    Raises:
        DomainError: none, or one that is not offered.
    """
    if pressed not in {code for code, _label in Why.given()}:
        raise DomainError(_("Say what you need it for."), field="why")
    return pressed


def _today(village_id: UUID, actor_id: UUID) -> int:
    since = clock.at(clock.today())
    rows = queries.readings(village_id).filter(actor_id=actor_id, at__gte=since)
    return rows.exclude(act=REFUSED)[:A_DAY].count()
