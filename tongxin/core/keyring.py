"""Keys for secrets, in two layers (R28): a master key outside the database wraps one random key a village and purpose.

The master key is a line of base64 (32 bytes) in the environment's TONGXIN_FIELD_KEY (commas for lines) or in
DATA/field.key. The first line wraps; all lines unwrap. Villages' keys are rows (`SealingKey`), remembered in a process
for a minute. What a transaction has read is remembered for others only once it has committed: a key whose row was
rolled back must seal nothing.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import Q

from tongxin.core import ciphers, clock
from tongxin.core.ciphers import SUITES, Suite
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import KeyPurpose, SealingKey

REMEMBERED: Final = 60.0  # seconds after which another process's rotation or destruction is seen
NAME: Final = 22  # characters of a key's name in stored text: its id in base64url


# --- the master key -----------------------------------------------------------------------------------------------
def key_lines() -> list[str]:
    """The key lines as they stand in the environment or the file; empty when there are none."""
    given = os.environ.get("TONGXIN_FIELD_KEY", "")
    if not given:
        path = settings.DATA / "field.key"
        given = path.read_text() if path.exists() else ""
    return [line.strip() for line in given.replace(",", "\n").splitlines() if line.strip()]


def read_key(line: str) -> bytes:
    """The 32 bytes of a key line, or `ImproperlyConfigured` without showing the line."""
    try:
        key = base64.b64decode(line.encode(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != ciphers.KEY:
        raise ImproperlyConfigured("The field key is not 32 bytes in base64. Run: tongxin setup_keys")
    return key


def key_id(key: bytes) -> str:
    return hashlib.sha256(b"tongxin key id\0" + key).hexdigest()[:8]


@functools.cache
def masters() -> dict[str, bytes]:
    """Id -> master key, the wrapping one first."""
    keys = [read_key(line) for line in key_lines()]
    if not keys:
        raise ImproperlyConfigured("There is no field key. Run: tongxin setup_keys")
    return {key_id(key): key for key in keys}


def suite() -> Suite:
    """What new keys are made for: the operator's choice (TONGXIN_GM)."""
    return SUITES["s" if settings.GM else "g"]


# --- the keys of villages -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Key:
    """A key of a village. Without `material` it does not open: destroyed, or its master key is not here."""

    id: UUID
    village: UUID | None
    purpose: str
    suite: Suite
    is_current: bool
    destroyed_at: datetime | None
    material: bytes = field(repr=False, default=b"")

    @property
    def name(self) -> str:
        return name_of(self.id)


def name_of(id_: UUID) -> str:
    return base64.urlsafe_b64encode(id_.bytes).decode().rstrip("=")


def id_of(name: str) -> UUID | None:
    """The id of a key's name in stored text; None for what is no name."""
    try:
        return UUID(bytes=base64.urlsafe_b64decode(f"{name}==".encode()))
    except (ValueError, UnicodeError):
        return None


@dataclass(frozen=True)
class _Ring:
    """All keys of one village, the newest first."""

    village: UUID | None
    keys: tuple[Key, ...]
    read_at: float
    epoch: int

    def current(self, purpose: str) -> Key | None:
        return next((key for key in self.keys if key.purpose == purpose and key.is_current), None)


@dataclass(frozen=True)
class _Promise:
    """Lies among the transaction's `on_commit` calls, and so lives exactly as long as what it has read is true here."""

    ring: _Ring

    def __call__(self) -> None:
        _rings[self.ring.village] = self.ring


_rings: dict[UUID | None, _Ring] = {}
_homes: dict[UUID, UUID | None] = {}  # key -> its village
_epoch = 0


def forget_keys() -> None:
    """Read everything again at the next use, also what this transaction has read."""
    global _epoch
    _epoch += 1
    masters.cache_clear()
    _rings.clear()
    _homes.clear()


def _ring(village: UUID | None) -> _Ring:
    found = _rings.get(village)
    if connection.in_atomic_block:
        held = (entry[1] for entry in reversed(connection.run_on_commit) if isinstance(entry[1], _Promise))
        found = next((promise.ring for promise in held if promise.ring.village == village), found)
    if found is None or found.epoch != _epoch or time.monotonic() - found.read_at > REMEMBERED:
        return _read(village)
    return found


def _read(village: UUID | None) -> _Ring:
    rows = SealingKey.objects.filter(village_id=village).order_by("-id")
    ring = _Ring(village, tuple(_key(row) for row in rows), time.monotonic(), _epoch)
    _homes.update((key.id, village) for key in ring.keys)
    if connection.in_atomic_block:
        transaction.on_commit(_Promise(ring))
    else:
        _Promise(ring)()
    return ring


def _key(row: SealingKey) -> Key:
    material = unwrap(row) or b""
    is_current = row.retired_at is None
    return Key(row.id, row.village_id, row.purpose, SUITES[row.suite], is_current, row.destroyed_at, material)


def current(village: UUID | None, purpose: str) -> Key:
    """The key that this village writes with; made when it has none.

    Raises:
        ImproperlyConfigured: it was wrapped by a master key that is not here.
    """
    key = _ring(village).current(purpose) or _make(village, purpose)
    if not key.material:
        raise ImproperlyConfigured("A line of the field key is missing. Put field.key back from its safe copy.")
    return key


def by_id(id_: UUID) -> Key | None:
    """The key of this id; None when there never was one."""
    if id_ in _homes:
        found = _named(_ring(_homes[id_]), id_)
        if found is not None:
            return found
    row = SealingKey.objects.filter(pk=id_).only("village_id").first()  # another process may have made it just now
    return _named(_read(row.village_id), id_) if row is not None else None


def _named(ring: _Ring, id_: UUID) -> Key | None:
    return next((key for key in ring.keys if key.id == id_), None)


def of_village(village: UUID | None, purpose: str) -> list[Key]:
    """All that can be used, the current one first. Makes none: a look-up writes nothing."""
    usable = [key for key in _ring(village).keys if key.purpose == purpose and key.material]
    return sorted(usable, key=lambda key: not key.is_current)


def _make(village: UUID | None, purpose: str) -> Key:
    with transaction.atomic():
        insert_if_new(_fresh(village, purpose))
        key = _read(village).current(purpose)
    if key is None:
        raise ImproperlyConfigured("The keys of this village were changed just now. Try once more.")
    return key


def _fresh(village: UUID | None, purpose: str) -> SealingKey:
    row = SealingKey(village_id=village, purpose=purpose, suite=suite().letter, made_at=clock.now())
    row.wrapped = wrap(row, os.urandom(ciphers.KEY))
    return row


# --- wrapping -----------------------------------------------------------------------------------------------------
def _bound(row: SealingKey) -> bytes:
    """A wrapped key is good in its own row only."""
    return f"tongxin key|{row.id}|{row.village_id or ''}|{row.purpose}|{row.suite}".encode()


def wrap(row: SealingKey, material: bytes) -> str:
    id_, master = next(iter(masters().items()))
    with_ = suite()
    sealed = with_.seal(master, material, _bound(row))
    return f"{with_.letter}:{id_}:{base64.b64encode(sealed).decode()}"


def unwrap(row: SealingKey) -> bytes | None:
    """The key of a row; None when it was destroyed or the master key that wraps it is not here."""
    letter, _, rest = row.wrapped.partition(":")
    id_, _, body = rest.partition(":")
    master = masters().get(id_)
    if master is None or letter not in SUITES:
        return None
    try:
        return SUITES[letter].open(master, base64.b64decode(body, validate=True), _bound(row))
    except (ciphers.Unopened, ValueError):
        return None


# --- changes ------------------------------------------------------------------------------------------------------
def renew(village: UUID | None, purpose: str) -> Key:
    """A new current key; the one before goes on opening what it has sealed."""
    with transaction.atomic():
        now = clock.now()
        SealingKey.objects.filter(village_id=village, purpose=purpose, retired_at=None).update(retired_at=now)
        _fresh(village, purpose).save(force_insert=True)
        _read(village)
    return current(village, purpose)


def rewrap() -> tuple[int, int]:
    """Wrap every village's key by the first line of the master key, one row at a time; nothing else changes.

    Returns:
        How many were wrapped anew, and how many do not open (the line that wraps them is missing).
    """
    first = f"{suite().letter}:{next(iter(masters()))}:"
    done = lost = 0
    for row in SealingKey.objects.exclude(Q(wrapped__startswith=first) | Q(wrapped="")).order_by("id"):
        material = unwrap(row)
        if material is None:
            lost += 1
            continue
        done += SealingKey.objects.filter(pk=row.pk, wrapped=row.wrapped).update(wrapped=wrap(row, material))
    return done, lost


def destroy(village: UUID | None, because: str) -> int:
    """Destroy all keys of a village: what they have sealed is unreadable for ever, and nobody is found by a number.

    Keys in a backup live as long as that backup (docs/operations.md). New secrets of the village get new keys.
    """
    if not because.strip():
        raise ValueError("destroying keys needs a reason")
    now = clock.now()
    with transaction.atomic():
        alive = SealingKey.objects.filter(village_id=village, destroyed_at=None)
        alive.filter(retired_at=None).update(retired_at=now)
        gone = alive.update(wrapped="", destroyed_at=now, destroyed_because=because.strip()[:200])
        _read(village)
    return gone


def villages() -> list[UUID | None]:
    """Every village that has a key, and the county when it has one."""
    return list(SealingKey.objects.order_by("village_id").values_list("village_id", flat=True).distinct())


# --- what came before ---------------------------------------------------------------------------------------------
def first_index_key() -> bytes:
    """The key of the blind indexes from before villages had keys: derived from the oldest line."""
    return hmac.digest(list(masters().values())[-1], b"tongxin blind index", "sha256")


def keep_first_index_key(model: type[SealingKey] = SealingKey) -> None:
    """Keep it as a retired key of the county, so that numbers and receipts from then are found. Twice is once."""
    if model.objects.filter(village_id=None, purpose=KeyPurpose.INDEX, retired_at__isnull=False).exists():
        return
    now = clock.now()
    row = model(village_id=None, purpose=KeyPurpose.INDEX, suite="g", made_at=now, retired_at=now)
    row.wrapped = wrap(row, first_index_key())
    row.save(force_insert=True)
