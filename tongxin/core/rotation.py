"""Sealing anew: other keys, the state's algorithms, secrets from before villages had keys.

What is left to do stands in the data: a text says which key sealed it. So work that is stopped at any point is taken up
again by starting it again, and while it lasts old and new are read alike. A row is written over only as it was read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from tongxin.core import clock, crypto, keyring
from tongxin.core.crypto import BlindIndexField, EncryptedTextField, Unreadable
from tongxin.core.models import KeyPurpose, SealingKey
from tongxin.core.sealing import ERASED, FIRST

BATCH: Final = 200  # rows a transaction: a tenth of a second in which nobody else writes, on SQLite
SETTLED: Final = timedelta(hours=1)  # after which no process and no transaction can hold a retired key any more


@dataclass
class Work:
    """How far one field is: rows to do, done, and such as no key here opens (they stay as they are)."""

    field: EncryptedTextField
    total: int
    done: int = 0
    unread: int = 0

    @property
    def name(self) -> str:
        return f"{self.field.model._meta.db_table}.{self.field.column}"


Say = Callable[[Work], object]


def fields() -> list[EncryptedTextField]:
    """Every encrypted field of the product."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def renew(villages: list[UUID | None] | None = None, purpose: str = KeyPurpose.FIELD) -> int:
    """New keys for these villages (None: for all that have keys, the county too); how many."""
    whose = keyring.villages() if villages is None else villages
    for village in whose:
        keyring.renew(village, purpose)
    return len(whose)


# --- what is sealed ---------------------------------------------------------------------------------------------------
def pending(field: EncryptedTextField) -> models.QuerySet[Any]:
    """Rows whose secret is not sealed by its village's current key."""
    current = SealingKey.objects.filter(purpose=KeyPurpose.FIELD, retired_at=None).values_list("suite", "id")
    heads = [f"{letter}2:{keyring.name_of(id_)}:" for letter, id_ in current]
    return filled(field).exclude(**{f"{field.name}__sealed_by": heads})


def reseal(field: EncryptedTextField, say: Say = lambda work: None, batch: int = BATCH) -> Work:
    """Seal what is pending with the current keys, in the order of the rows' ids, a batch a transaction."""
    work = Work(field, pending(field).count())
    for rows in _batches(field, pending, batch):
        with transaction.atomic():
            for row in rows:
                _reseal(row, work)
        say(work)
    return work


def _reseal(row: models.Model, work: Work) -> None:
    secret = getattr(row, work.field.name)
    try:
        columns = crypto.sealed_for(row, work.field.name, secret.in_clear())
    except Unreadable:
        work.unread += 1
        return
    # 0 when somebody changed it meanwhile: then it is sealed by the current key already, or found at the next start
    work.done += _as_read(row, work.field, secret.stored).update(**columns)


# --- what it is found by ----------------------------------------------------------------------------------------------
def index_pending() -> bool:
    """Whether a retired key of fingerprints has not been emptied yet."""
    return _retired(KeyPurpose.INDEX).filter(emptied_at=None).exists()


def reindex(say: Say = lambda work: None, batch: int = BATCH) -> list[Work]:
    """Make every fingerprint anew with the current key, from the secret that it is of. Starting again is harmless.

    Receipts have no secret beside them: they are found by the key of their day, which therefore is never dropped.
    """
    begun, every = clock.now(), [field for field in fields() if crypto.indexes_of(field)]
    works = [_reindex(field, say, batch) for field in every]
    _retired(KeyPurpose.INDEX).filter(retired_at__lte=begun).update(emptied_at=clock.now())
    return works


def _reindex(field: EncryptedTextField, say: Say, batch: int) -> Work:
    work = Work(field, filled(field).count())
    indexes = crypto.indexes_of(field)
    for rows in _batches(field, filled, batch):
        with transaction.atomic():
            for row in rows:
                _find_anew(row, work, indexes)
        say(work)
    return work


def _find_anew(row: models.Model, work: Work, indexes: list[BlindIndexField]) -> None:
    secret = getattr(row, work.field.name)
    try:
        plain = secret.in_clear()
    except Unreadable:
        work.unread += 1
        return
    made = {index.attname: index.of_text(plain, crypto.village_of(row)) for index in indexes}
    work.done += 1
    if made != {name: getattr(row, name) for name in made}:
        _as_read(row, work.field, secret.stored).update(**made)


# --- what is no longer needed -----------------------------------------------------------------------------------------
def spent() -> list[SealingKey]:
    """Retired keys that seal nothing any more and that nobody can still hold in memory."""
    old = _retired(KeyPurpose.FIELD).filter(retired_at__lt=clock.now() - SETTLED).order_by("id")
    return [key for key in old if not _seals(f"{key.suite}2:{keyring.name_of(key.id)}:")]


def drop() -> int:
    """Take spent keys away. A backup holds the keys of its day, so it stays readable."""
    gone = spent()
    SealingKey.objects.filter(pk__in=[key.pk for key in gone]).delete()
    keyring.forget_keys()
    return len(gone)


def lines_needed() -> set[str]:
    """Ids of the master key's lines that still wrap a village's key or seal a secret of the first scheme."""
    wrapped = SealingKey.objects.exclude(wrapped="").values_list("wrapped", flat=True)
    return {text.split(":")[1] for text in wrapped} | {id_ for id_ in keyring.masters() if _seals(f"{FIRST}{id_}:")}


def _seals(head: str) -> bool:
    return any(filled(field).filter(**{f"{field.name}__sealed_by": [head]}).exists() for field in fields())


# --- rows -------------------------------------------------------------------------------------------------------------
def _retired(purpose: str) -> models.QuerySet[SealingKey]:
    return SealingKey.objects.filter(purpose=purpose, retired_at__isnull=False, destroyed_at=None)


def filled(field: EncryptedTextField) -> models.QuerySet[Any]:
    """Rows that hold a secret, of all villages."""
    empty = Q(**{field.name: None}) | Q(**{f"{field.name}__stored": ""}) | Q(**{f"{field.name}__sealed_by": [ERASED]})
    rows: models.QuerySet[Any] = field.model._base_manager.exclude(empty)
    return rows


def _batches(
    field: EncryptedTextField, asked: Callable[[EncryptedTextField], models.QuerySet[Any]], size: int
) -> Iterator[list[models.Model]]:
    """Rows in the order of their ids; each id once, so that what does not open is passed over and not met again."""
    columns = [one.name for one in field.model._meta.concrete_fields if one.attname == "village_id"]
    columns += ["pk", field.name, *(index.name for index in crypto.indexes_of(field))]
    last = None
    while True:
        rows = asked(field).order_by("pk")
        found = list((rows if last is None else rows.filter(pk__gt=last)).only(*columns)[:size])
        if not found:
            return
        yield found
        last = found[-1].pk


def _as_read(row: models.Model, field: EncryptedTextField, stored: str) -> models.QuerySet[Any]:
    """The row, unless its secret has changed since it was read."""
    rows: models.QuerySet[Any] = type(row)._base_manager.filter(pk=row.pk, **{f"{field.name}__stored": stored})
    return rows
