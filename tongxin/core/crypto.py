"""Personal numbers at rest: AES-256-GCM with a key outside the database, and a keyed blind index for exact look-up.

Keys are lines of base64 (32 bytes each) in the environment's TONGXIN_FIELD_KEY (commas for lines) or in DATA/field.key.
The first line writes; all lines read; the last line also keys the blind index and therefore is never taken out.
"""

import base64
import binascii
import functools
import hashlib
import hmac
import os
import unicodedata
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute

SCHEME = "g1:"  # AES-256-GCM, nonce of 12 bytes in front; another cipher gets another mark


class Unreadable(ValueError):
    """The stored text does not open: wrong key, wrong column, or altered. Says nothing of the content."""


# --- keys -------------------------------------------------------------------------------------------------------
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
    if len(key) != 32:
        raise ImproperlyConfigured("The field key is not 32 bytes in base64. Run: tongxin setup_keys")
    return key


def key_id(key: bytes) -> str:
    return hashlib.sha256(b"tongxin key id\0" + key).hexdigest()[:8]


@functools.cache
def _keys() -> dict[str, bytes]:
    """Id -> key, the writing one first."""
    keys = [read_key(line) for line in key_lines()]
    if not keys:
        raise ImproperlyConfigured("There is no field key. Run: tongxin setup_keys")
    return {key_id(key): key for key in keys}


def forget_keys() -> None:
    """Read the keys again at the next use."""
    _keys.cache_clear()
    _derived.cache_clear()


@functools.cache
def _derived(purpose: str) -> bytes:
    oldest = list(_keys().values())[-1]
    return hmac.digest(oldest, b"tongxin " + purpose.encode(), "sha256")


# --- sealing ----------------------------------------------------------------------------------------------------
def seal(plain: str, context: str) -> str:
    """Encrypt for one column; `context` ("table|field") is bound in, so that a value cannot be moved elsewhere."""
    id_, key = next(iter(_keys().items()))
    nonce = os.urandom(12)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), f"{context}|{id_}".encode())
    return f"{SCHEME}{id_}:{base64.b64encode(nonce + sealed).decode()}"


def unseal(stored: str, context: str) -> str:
    """Decrypt what `seal` wrote for the same context.

    Raises:
        Unreadable: with the context only.
    """
    scheme, _, rest = stored.partition(":")
    id_, _, body = rest.partition(":")
    key = _keys().get(id_)
    if f"{scheme}:" != SCHEME or key is None:
        raise Unreadable(f"{context}: sealed with a key that is not here")
    try:
        raw = base64.b64decode(body, validate=True)
        return AESGCM(key).decrypt(raw[:12], raw[12:], f"{context}|{id_}".encode()).decode()
    except (InvalidTag, ValueError):
        raise Unreadable(f"{context}: does not open") from None


def blind_index(value: str, context: str) -> str:
    """A keyed fingerprint for exact look-up, 32 hex characters (R29). Spellings of one number give one fingerprint:
    full-width, small letters, blanks around and invisible characters do not count.
    """
    plain = unicodedata.normalize("NFKC", value).strip().upper()
    plain = "".join(ch for ch in plain if unicodedata.category(ch) != "Cf")
    return hmac.digest(_derived("blind index"), f"{context}\0{plain}".encode(), "sha256")[:16].hex()


# --- the field --------------------------------------------------------------------------------------------------
class Secret(str):
    """Text that does not show in a repr, and so not in a debugger, a traceback or a log of `%r`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<Secret>"


class _OnlyNone(Exact):
    """`field=None` and nothing else: ciphertext cannot be compared. Look up by a blind index instead."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is not None:
            raise FieldError("An encrypted field cannot be searched; use its blind index.")
        super().__init__(lhs, rhs)


class _Veiled(DeferredAttribute):
    """Whatever is assigned becomes a Secret."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = Secret(value) if isinstance(value, str) else value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that lies encrypted in the database; "" and None lie as they are. A CHECK refuses clear text (R28).

    Args:
        context: bound into the ciphertext; by default "table|column". Give it when the table is renamed later.
    """

    descriptor_class = _Veiled

    def __init__(self, *args: Any, context: str = "", **kwargs: Any) -> None:
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.context:
            kwargs["context"] = self.context
        return name, path, args, kwargs

    @property
    def bound_to(self) -> str:
        return self.context or f"{self.model._meta.db_table}|{self.column}"

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(str(self.column))
        return f"{column} = '' OR substr({column}, 1, {len(SCHEME)}) = '{SCHEME}'"

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is None or value == "":
            return value
        if hasattr(value, "resolve_expression"):  # `bulk_update` wraps our own values, which are sealed further down
            target = getattr(value, "_output_field_or_none", None)
            if isinstance(target, EncryptedTextField) and target.bound_to == self.bound_to:
                return value
        if not isinstance(value, str):
            raise TypeError("an encrypted field takes text")
        return seal(str(value), self.bound_to)

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        if value is None or value == "":
            return value
        return Secret(unseal(value, self.bound_to))

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": _OnlyNone, "isnull": IsNull}.get(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        return None
