"""Text sealed for one cell of one row (R28), and keyed fingerprints by which it is found (R29)."""

import base64
import hmac
import unicodedata
from datetime import date
from typing import Final
from uuid import UUID

from tongxin.core import clock, keyring
from tongxin.core.ciphers import SUITES, Unopened
from tongxin.core.models import KeyPurpose

FIRST: Final = "g1:"  # sealed by the master key itself, bound to table and column; read, and written no more
ERASED: Final = "x2:"  # taken away on purpose; the day follows
MARKS: Final = (FIRST, "g2:", "s2:", ERASED)  # letter of the suite, second scheme: table, row, column and key are bound
HEAD: Final = 3 + keyring.NAME + 1  # "g2:<name of the key>:"


class Unreadable(ValueError):
    """The stored text does not open: wrong key, wrong place, or altered. Says nothing of the content."""


class Erased(Unreadable):
    """It was taken away on purpose, or its key was destroyed, on `day`."""

    def __init__(self, where: str, day: date | None) -> None:
        super().__init__(f"{where}: erased")
        self.day = day


# --- sealing ------------------------------------------------------------------------------------------------------
def seal(plain: str, column: str, pk: object, village: UUID | None) -> str:
    """Encrypt for one cell. `column` is "table|column"; the cell and the key are bound in, so it cannot be moved."""
    key = keyring.current(village, KeyPurpose.FIELD)
    sealed = key.suite.seal(key.material, plain.encode(), _bound(column, pk, key.name))
    return f"{key.suite.letter}2:{key.name}:{base64.b64encode(sealed).decode()}"


def unseal(stored: str, column: str, pk: object) -> str:
    """Decrypt what `seal` wrote for the same cell.

    Raises:
        Unreadable: with the place only. Erased: on purpose.
    """
    mark, rest = stored[:3], stored[3:]
    if mark == ERASED:
        raise Erased(column, _day(rest))
    name, colon, body = rest.partition(":")
    suite = SUITES.get(mark[:1])
    if mark not in MARKS or not colon or suite is None:
        raise Unreadable(f"{column}: was never sealed")
    try:
        raw = base64.b64decode(body, validate=True)
        if mark == FIRST:
            material, bound = keyring.masters().get(name), f"{column}|{name}".encode()
        else:
            material, bound = _material(name, mark, column), _bound(column, pk, name)
        if material is None:
            raise Unreadable(f"{column}: sealed with a key that is not here")
        return suite.open(material, raw, bound).decode()
    except Unreadable:
        raise
    except (Unopened, ValueError):
        raise Unreadable(f"{column}: does not open") from None


def _material(name: str, mark: str, column: str) -> bytes | None:
    id_ = keyring.id_of(name)
    key = keyring.by_id(id_) if id_ is not None else None
    if key is not None and key.destroyed_at is not None:
        raise Erased(column, clock.day_of(key.destroyed_at))
    usable = key is not None and key.purpose == KeyPurpose.FIELD and key.suite.letter == mark[:1]
    return key.material or None if key is not None and usable else None


def _bound(column: str, pk: object, name: str) -> bytes:
    """R28: table|pk|field|key-id."""
    table, _, field = column.partition("|")
    return f"{table}|{pk}|{field}|{name}".encode()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


# --- finding ------------------------------------------------------------------------------------------------------
def blind_index(value: str, use: str, village: UUID | None = None) -> str:
    """A keyed fingerprint for exact look-up, 32 hex characters (R29). Spellings of one number give one fingerprint:
    full-width, small letters, blanks around and invisible characters do not count. Each village has its own key.
    """
    return _fingerprint(keyring.current(village, KeyPurpose.INDEX), value, use, village)


def blind_indexes(value: str, use: str, village: UUID | None = None) -> list[str]:
    """All fingerprints that a stored one may have, the present one first: ask with `…_index__in=`.

    More than one while keys are being changed, and for receipts of which only the fingerprint is known.
    """
    keys = keyring.of_village(village, KeyPurpose.INDEX)
    if village is not None:  # from before villages had keys of their own
        keys += [key for key in keyring.of_village(None, KeyPurpose.INDEX) if not key.is_current]
    return [_fingerprint(key, value, use, village) for key in keys]


def fits(value: str, use: str, village: UUID | None, index: str) -> bool:
    """Whether a stored fingerprint is that of this value; takes as long whichever key fits."""
    fit = False
    for candidate in blind_indexes(value, use, village):
        fit |= hmac.compare_digest(candidate, index)
    return fit and bool(index)


def levelled(value: str) -> str:
    """What counts of a number: NFKC, invisible characters out, stripped, upper case."""
    if value.isascii():  # nearly always, and a register comes in by the thousand
        return value.strip().upper()
    plain = "".join(ch for ch in unicodedata.normalize("NFKC", value) if unicodedata.category(ch) != "Cf")
    return plain.strip().upper()


def digits_of(text: str) -> str:
    """The digits of a number, however it is written: full-width, with blanks or dashes, with invisible characters."""
    return "".join(ch for ch in levelled(text) if ch in "0123456789")


def _fingerprint(key: keyring.Key, value: str, use: str, village: UUID | None) -> str:
    context = use if village is None else f"{use}|{village}"
    return key.suite.mac(key.material, f"{context}\0{levelled(value)}".encode())[:16].hex()
