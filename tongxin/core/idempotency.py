"""Pressed twice is done once (R6).

    with transaction.atomic():
        claim = idempotency.claim(village_id=…, actor=…, operation="issues.report", key=key, body={…})
        if claim.replayed:
            return claim.response
        … the work …
        claim.keep(response)

One INSERT, and one UPDATE to keep the answer; none when the answer is known beforehand (`response=`; ids are ours to
make). On PostgreSQL a second press waits at the unique index until the first has committed, then replays it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from tongxin.core import clock
from tongxin.core.errors import KeyReused
from tongxin.core.ids import uuid7
from tongxin.core.inserting import insert_if_new, must_be_in_transaction
from tongxin.core.models import Idempotency


@dataclass
class Claim:
    """`replayed` says that the work has been done before; `response` is what it answered then."""

    id: UUID
    replayed: bool
    response: Any = None

    def keep(self, response: Any) -> None:
        """Remember the answer: JSON, without names or numbers of persons."""
        self.response = response
        Idempotency.objects.filter(pk=self.id).update(response=response)

    def drop(self) -> None:
        """Forget the key: the work is done, and doing it again is harmless."""
        Idempotency.objects.filter(pk=self.id).delete()


def claim(
    *, village_id: UUID | None, actor: str, operation: str, key: str, body: Mapping[str, Any], response: Any = None
) -> Claim:
    """Claim the key for this request, inside the transaction of the work.

    Args:
        actor: who presses: a user's id, or "" for whoever is not logged in.
        key: the UUID that the form brought along. Without one every press counts as the first.
        body: what makes two presses the same press; hashed, never kept.

    Raises:
        KeyReused: the key has come before with another body.
    """
    must_be_in_transaction(Idempotency)
    row = Idempotency(
        village_id=village_id,
        actor=actor,
        operation=operation,
        key=shortened(key) if key else str(uuid7()),
        request_hash=fingerprint(body),
        response=response,
        at=clock.now(),
    )
    if insert_if_new(row):
        return Claim(row.pk, replayed=False, response=response)
    first = Idempotency.objects.filter(village_id=village_id, actor=actor, operation=operation, key=row.key).first()
    if first is None:  # gone between the two statements: the nightly sweep, and nothing that a person does
        raise IntegrityError("the idempotency key was taken and is gone")
    if first.request_hash != row.request_hash:
        raise KeyReused(_("This form was already sent with other words. Please open it again."))
    return Claim(first.pk, replayed=True, response=first.response)


def fingerprint(body: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON: sorted keys, UTF-8, ids and days as text."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def shortened(key: str) -> str:
    """The key as it is kept: a long one as its hash, and one that no form of ours has made, which may be anything."""
    return key if len(key) <= 64 and key.isprintable() else hashlib.sha256(key.encode()).hexdigest()
