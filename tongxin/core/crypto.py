"""Fields for personal numbers: sealed in the table, masked wherever they are printed.

    phone = EncryptedTextField(mask="phone")            str(person.phone) is 138****5678, for everybody, always
    phone_index = BlindIndexField(of="phone", use="phone")

The clear text comes out of `casework.revealing.reveal` for a person's eyes, and out of `in_clear()` for the few places
that work with it (tests/architecture/test_secrets.py lists them).
"""

import hmac
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, Value
from django.db.models.expressions import Case, Col, When
from django.db.models.functions import Cast
from django.db.models.lookups import Exact, IsNull
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from tongxin.core import masking
from tongxin.core.keyring import forget_keys as forget_keys
from tongxin.core.keyring import key_id as key_id
from tongxin.core.keyring import key_lines as key_lines
from tongxin.core.keyring import read_key as read_key
from tongxin.core.sealing import MARKS, seal, unseal
from tongxin.core.sealing import Erased as Erased
from tongxin.core.sealing import Unreadable as Unreadable
from tongxin.core.sealing import blind_index as blind_index
from tongxin.core.sealing import blind_indexes as blind_indexes
from tongxin.core.sealing import digits_of as digits_of
from tongxin.core.sealing import fits as fits

DASH: Final = "—"
_STORED: Final = re.compile(r"(?:[gs]2:[A-Za-z0-9_-]{22}|g1:[0-9a-f]{8}):[A-Za-z0-9+/]+=*\Z")


# --- what a row holds ---------------------------------------------------------------------------------------------
class Sealed:
    """A secret as it lies in the database. It is no text and opens on its own row only; `values_list` gives these."""

    __slots__ = ("plain", "stored")

    def __init__(self, stored: str) -> None:
        self.stored = stored
        self.plain: str | None = None  # once opened

    def __repr__(self) -> str:
        return "<Sealed>"

    def __str__(self) -> str:
        raise TypeError("a sealed value opens on its row only: fetch the row")

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            raise TypeError("a sealed value opens on its row only: fetch the row")
        return isinstance(other, Sealed) and self.stored == other.stored

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return Sealed, (self.stored,)  # what was opened stays in this process


class Secret:
    """What an encrypted field gives: prints masked, opens lazily, equals its clear text, is false when empty."""

    __slots__ = ("_field", "_raw", "_row")

    def __init__(self, field: "EncryptedTextField", row: models.Model, raw: str | Sealed) -> None:
        self._field, self._row, self._raw = field, row, raw

    def in_clear(self) -> str:
        """The clear text, for work that needs it. For a person's eyes: `casework.revealing.reveal`.

        Raises:
            Unreadable. Erased: on purpose; there is nothing to work with, and nothing to mend.
        """
        if isinstance(self._raw, str):
            return self._raw
        if self._raw.plain is None:
            self._raw.plain = unseal(self._raw.stored, self._field.bound_to, self._row.pk)
        return self._raw.plain

    @property
    def trouble(self) -> str:
        """Why it cannot be read, as a sentence; "" when it can."""
        try:
            self.in_clear()
        except Erased as gone:
            if gone.day is None:
                return _("This was erased on purpose. Nobody can read it any more.")
            return _("Erased on %(day)s on purpose. Nobody can read it any more.") % {"day": gone.day.isoformat()}
        except Unreadable:
            return _("This does not open with the keys of this machine. Tell whoever looks after it.")
        return ""

    def sealed(self) -> Sealed:
        """For this row's cell, to be stored."""
        return Sealed(seal(self.in_clear(), self._field.bound_to, self._row.pk, village_of(self._row)))

    @property
    def is_loaded(self) -> bool:
        """As it came from the database; not assigned since."""
        return isinstance(self._raw, Sealed)

    @property
    def stored(self) -> str:
        """As it lies in the database; "" for what was assigned."""
        return self._raw.stored if isinstance(self._raw, Sealed) else ""

    def __str__(self) -> str:
        try:
            return self._field.masked(self.in_clear())
        except Unreadable:
            return DASH

    def __repr__(self) -> str:
        return "<Secret>"

    def __bool__(self) -> bool:
        return self._raw != "" if isinstance(self._raw, str) else True

    def __eq__(self, other: object) -> bool:
        try:
            mine = self.in_clear()
            theirs = other.in_clear() if isinstance(other, Secret) else other
        except Unreadable:
            return False
        return isinstance(theirs, str) and hmac.compare_digest(mine.encode(), theirs.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        raise TypeError("a secret is kept in its field only")


def village_of(row: models.Model) -> UUID | None:
    """Whose key seals a row's secrets: its village's, or the county's for a row without one."""
    village: UUID | None = getattr(row, "village_id", None)
    return village


# --- the fields ---------------------------------------------------------------------------------------------------
if TYPE_CHECKING:
    _Text = models.TextField[str | Secret | Sealed | None, Secret]
    _Chars = models.CharField[str, str]
    _Lookup = Lookup[bool]
else:
    _Text, _Chars, _Lookup = models.TextField, models.CharField, Lookup


class _OnlyNone(Exact):
    """`field=None` or `field=""`, which lie as they are, and nothing else: ciphertext cannot be compared. Look up by a
    blind index instead.
    """

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is not None and rhs != "":
            raise FieldError("An encrypted field cannot be searched; use its blind index.")
        super().__init__(lhs, rhs)


class _Stored(_Lookup):
    """Stored text, compared as it lies: for `core.rotation`, which must not write over what has changed meanwhile."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = %s", [*params, self.rhs]


class _SealedBy(_Lookup):
    """Stored text that begins with one of these heads ("g2:<name of the key>:"), or with one of these marks."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: BaseDatabaseWrapper) -> Any:
        left, params = self.process_lhs(compiler, connection)
        heads = list(self.rhs)
        if not heads:
            return "1 = 0", []
        marks = ", ".join(["%s"] * len(heads))
        return f"substr({left}, 1, {len(heads[0])}) IN ({marks})", [*params, *heads]


class _Veiled(DeferredAttribute):
    """Whatever is read is a Secret of this row; None stays None."""

    field: "EncryptedTextField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        raw = instance.__dict__.get(self.field.attname)
        if raw is None and self.field.attname not in instance.__dict__:
            super().__get__(instance, cls)  # deferred: fetched now, by `__set__`
            raw = instance.__dict__[self.field.attname]
        return None if raw is None else Secret(self.field, instance, raw)

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Secret):  # another row's, or what `refresh_from_db` fetched for this one
            same = value._row.pk == instance.pk and value._field == self.field
            value = value._raw if same else value.in_clear()
        elif not (value is None or isinstance(value, str | Sealed)) and not hasattr(value, "resolve_expression"):
            raise TypeError("an encrypted field takes text")
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(_Text):
    """Text that lies encrypted in the database; "" and None lie as they are. A CHECK refuses clear text (R28).

    `save`, `bulk_create`, `bulk_update` seal for the row at hand; a loaded value that nobody assigned is not written
    again. `update()` has no row: give it `sealed_for(row, "phone", text)`.

    Args:
        mask: how it is printed: "phone", "identity", "card", "name"; else stars.
        context: bound into the ciphertext; by default "table|column". Give it when the table is renamed later.
        marks: what the CHECK lets in; only old migrations say it.
    """

    descriptor_class = _Veiled
    if TYPE_CHECKING:
        _pyi_private_set_type: str | Secret | Sealed  # type: ignore[assignment]
        _pyi_private_get_type: Secret  # type: ignore[assignment]

    def __init__(
        self, *args: Any, mask: str = "", context: str = "", marks: tuple[str, ...] = MARKS, **kwargs: Any
    ) -> None:
        self.mask, self.context, self.marks = mask, context, tuple(marks)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.context:
            kwargs["context"] = self.context
        if self.marks != MARKS:
            kwargs["marks"] = self.marks
        return name, path, args, kwargs

    @property
    def bound_to(self) -> str:
        return self.context or f"{self.model._meta.db_table}|{self.column}"

    def masked(self, plain: str) -> str:
        hide = {"phone": masking.phone, "identity": masking.identity, "card": masking.card, "name": masking.name}
        return hide[self.mask](plain) if self.mask and plain else "****" if plain else ""

    def db_check(self, connection: BaseDatabaseWrapper) -> str:
        column = connection.ops.quote_name(str(self.column))
        marks = ", ".join(f"'{mark}'" for mark in self.marks)
        return f"{column} = '' OR substr({column}, 1, 3) IN ({marks})"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """What was loaded and not assigned stays as it lies: nothing is sealed anew, nothing erased comes back."""
        value = getattr(model_instance, self.attname)
        if isinstance(value, Secret) and value.is_loaded:
            return Secret(self, model_instance, value.in_clear()) if add else F(self.attname)
        return value

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(value, Sealed):
            return value.stored
        if isinstance(value, Secret) and not value.is_loaded:
            return value.sealed().stored if value else ""
        if value is None or (isinstance(value, str) and not value):
            return value
        if hasattr(value, "resolve_expression") and self._is_own(value):
            return value
        raise TypeError("an encrypted field takes text, sealed for its row: crypto.sealed_for(row, field, text)")

    def _is_own(self, value: Any) -> bool:
        """This very column, or what `bulk_update` makes of our values: those are sealed further down."""
        if isinstance(value, Col):
            return value.target == self
        if isinstance(value, Value):
            return value.value is None or isinstance(value.value, Secret | Sealed)
        parts = value.get_source_expressions() if isinstance(value, Case | When | Cast) else []
        if isinstance(value, When):
            parts = parts[1:]
        return bool(parts) and all(self._is_own(part) for part in parts)

    def get_prep_value(self, value: Any) -> Any:
        if value in (None, ""):
            return value
        raise FieldError("An encrypted field cannot be searched; use its blind index.")

    def to_python(self, value: Any) -> Any:
        """Stored text (`loaddata`) is never sealed a second time."""
        if isinstance(value, str) and _STORED.match(value):
            return Sealed(value)
        return value if isinstance(value, Secret | Sealed) else super().to_python(value)

    def value_to_string(self, obj: models.Model) -> str:
        """For `dumpdata`: as it lies, never in clear."""
        value = getattr(obj, self.attname)
        if not value:
            return ""
        return str(value.stored or value.sealed().stored)

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        return Sealed(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": _OnlyNone, "isnull": IsNull, "stored": _Stored, "sealed_by": _SealedBy}.get(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        return None


def whole(text: str) -> str:
    return text


def last_four(text: str) -> str:
    """The last four digits; "" when there are fewer."""
    digits = digits_of(text)
    return digits[-4:] if len(digits) >= 4 else ""


class BlindIndexField(_Chars):
    """The fingerprint of an encrypted field of the same row, or of a part of it; written along with it.

    Args:
        of: the encrypted field.
        use: what it is for; fingerprints of two uses cannot be compared.
        part: what of the text counts; "" gives no fingerprint.
    """

    def __init__(self, *args: Any, of: str = "", use: str = "", part: Callable[[str], str] = whole, **kwargs: Any):
        self.of, self.use, self.part = of, use, part
        super().__init__(*args, **{"max_length": 32, "blank": True, "editable": False} | kwargs)

    def deconstruct(self) -> Any:
        """A plain column for the migrations: what fills it is no matter of the table."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def of_text(self, text: str, village: UUID | None) -> str:
        part = self.part(text)
        return blind_index(part, self.use, village) if part else ""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if self.of not in model_instance.__dict__ and not add:  # deferred, so not assigned
            return F(self.attname)
        secret: Secret | None = getattr(model_instance, self.of)
        if secret is not None and secret.is_loaded and not add:
            return F(self.attname)
        made = self.of_text(secret.in_clear(), village_of(model_instance)) if secret else ""
        setattr(model_instance, self.attname, made)
        return made


def indexes_of(field: EncryptedTextField) -> list[BlindIndexField]:
    """The fingerprints that are written along with an encrypted field."""
    every = field.model._meta.concrete_fields
    return [one for one in every if isinstance(one, BlindIndexField) and one.of == field.name]


def sealed_for(row: models.Model, name: str, text: str) -> dict[str, Any]:
    """The columns to `update()` this row with: the secret, sealed for it, and its fingerprints."""
    field = row._meta.get_field(name)
    if not isinstance(field, EncryptedTextField):
        raise FieldError(f"{name} is no encrypted field")
    columns: dict[str, Any] = {name: Secret(field, row, text).sealed() if text else ""}
    for index in indexes_of(field):
        columns[index.attname] = index.of_text(text, village_of(row)) if text else ""
    return columns
