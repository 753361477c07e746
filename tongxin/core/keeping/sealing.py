"""An archive that only the holders of two keys can open, and that shows when a byte is missing or wrong.

    tongxin-backup/1\\n                          what this is
    {"recipients": …}\\n  sha256 of it\\n         a fresh content key, sealed by HPKE (RFC 9180) to each public key
    chunks of 64 KiB, each AES-256-GCM           the number of the chunk and whether it is the last are in its nonce
    txb-end\\n  length of the whole, 8 bytes      tells a cut archive from an altered one; trusted for nothing else

The key of the chunks is derived from the content key and the header, so no header can be exchanged. A chunk is handed
on only after its seal was checked, and the end only after the last chunk: memory stays small for any size.
"""

import base64
import binascii
import hashlib
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"tongxin-backup/1\n"
END = b"txb-end\n"
TRAILER = len(END) + 8
CHUNK, TAG = 64 * 1024, 16
HEADER_AT_MOST = 64 * 1024
SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Refused(Exception):
    """This archive is not opened; the words say which of the three it is."""


class WrongKey(Refused):
    """None of the keys that it was sealed to."""


class CutShort(Refused):
    """The end is missing."""


class Altered(Refused):
    """A byte is not what it was."""


# --- keys ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Recipient:
    """A public key and whose it is."""

    name: str
    key: X25519PublicKey

    @property
    def id(self) -> str:
        return key_id(self.key)

    @property
    def line(self) -> str:
        """As it is kept in a file: whose, what, and groups of four that a person can read out."""
        return _line(self.name, "public", self.key.public_bytes_raw())


def key_id(key: X25519PublicKey) -> str:
    """Eight characters by which a key is named on paper and in messages."""
    return hashlib.sha256(b"tongxin backup key\0" + key.public_bytes_raw()).hexdigest()[:8]


def new_pair(name: str) -> tuple[Recipient, str]:
    """A recipient and the line of the private key, which this box must forget."""
    private = X25519PrivateKey.generate()
    return Recipient(name, private.public_key()), private_line(name, private)


def private_line(name: str, private: X25519PrivateKey) -> str:
    return _line(name, "private", private.private_bytes_raw())


def read_public(line: str) -> Recipient:
    """Raises:
    ValueError: not a line of a public key, or one with a slip of the pen.
    """
    name, raw = _read_line(line, "public")
    return Recipient(name, X25519PublicKey.from_public_bytes(raw))


def read_private(line: str) -> X25519PrivateKey:
    """Raises:
    ValueError: not a line of a private key, or one with a slip of the pen.
    """
    return X25519PrivateKey.from_private_bytes(_read_line(line, "private")[1])


def _line(name: str, kind: str, raw: bytes) -> str:
    text = base64.b32encode(raw + _check(kind, raw)).decode()
    return f"{name} {kind} {'-'.join(text[at : at + 4] for at in range(0, len(text), 4))}"


def _read_line(line: str, kind: str) -> tuple[str, bytes]:
    words = line.split(maxsplit=2)
    if len(words) != 3 or words[1] != kind:
        raise ValueError(f"not a {kind} key: a line begins with a name and the word {kind}")
    text = "".join(ch for ch in words[2].upper() if ch.isalnum())
    try:
        raw = base64.b32decode(text)
    except binascii.Error:
        raw = b""
    if len(raw) != 35 or _check(kind, raw[:32]) != raw[32:]:
        raise ValueError(f"the {kind} key of {words[0]} is mistyped: compare it letter by letter")
    return words[0], raw[:32]


def _check(kind: str, raw: bytes) -> bytes:
    return hashlib.sha256(f"tongxin {kind} key\0".encode() + raw).digest()[:3]


# --- writing ------------------------------------------------------------------------------------------------------
class Writer(io.RawIOBase):
    """Seals what is written to it into `out`, which it hashes as well; `close` writes the end."""

    def __init__(self, out: BinaryIO, recipients: Sequence[Recipient], about: dict[str, Any]) -> None:
        if not recipients:
            raise ValueError("an archive is sealed to somebody")
        super().__init__()
        content_key = os.urandom(32)
        header = json.dumps(
            about
            | {
                "kem": "X25519",
                "cipher": "AES-256-GCM",
                "chunk": CHUNK,
                "recipients": [
                    {"name": to.name, "key": to.id, "sealed": _b64(SUITE.encrypt(content_key, to.key, _info(to.id)))}
                    for to in recipients
                ],
            },
            sort_keys=True,
        ).encode()
        self._out, self._size, self._hash = out, 0, hashlib.sha256()
        self._aead = AESGCM(_chunk_key(content_key, header))
        self._waiting, self._count = bytearray(), 0
        self._put(MAGIC + header + b"\n" + hashlib.sha256(header).hexdigest().encode() + b"\n")

    @property
    def size(self) -> int:
        return self._size

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        while len(self._waiting) > CHUNK:  # the last chunk is written by `finish`, which alone knows that it is
            self._seal(bytes(self._waiting[:CHUNK]), is_last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Without it the archive counts as cut short, as it is when whoever writes it breaks off."""
        self._seal(bytes(self._waiting), is_last=True)
        self._waiting.clear()
        self._put(END + (self._size + TRAILER).to_bytes(8, "big"))

    def _seal(self, plain: bytes, *, is_last: bool) -> None:
        self._put(self._aead.encrypt(_nonce(self._count, is_last), plain, None))
        self._count += 1

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._hash.update(data)
        self._size += len(data)


def _chunk_key(content_key: bytes, header: bytes) -> bytes:
    salt = hashlib.sha256(header).digest()
    return HKDF(SHA256(), 32, salt, b"tongxin backup chunks").derive(content_key)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _info(id_: str) -> bytes:
    return b"tongxin backup content key " + id_.encode()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


# --- reading ------------------------------------------------------------------------------------------------------
class Reader(io.RawIOBase):
    """Reads an archive; never hands on a byte whose seal was not checked.

    Raises:
        Altered, CutShort, WrongKey: here, or at the chunk where it shows.
    """

    def __init__(self, path: Path, keys: Sequence[X25519PrivateKey]) -> None:
        super().__init__()
        self._file = path.open("rb")
        try:
            self.header = self._open(keys)
        except BaseException:
            self._file.close()
            raise

    def _open(self, keys: Sequence[X25519PrivateKey]) -> dict[str, Any]:
        self._length = os.fstat(self._file.fileno()).st_size
        self._is_whole = self._has_end()
        self._file.seek(0)
        header, raw = self._header()
        try:
            content_key, self.opened_by = self._content_key(header["recipients"], keys)
        except (KeyError, TypeError, AttributeError):
            raise self._fault("its header") from None
        self._aead = AESGCM(_chunk_key(content_key, raw))
        self._left = self._length - self._file.tell() - TRAILER
        self._ready = memoryview(b"")
        self._count, self._is_done = 0, False
        return header

    def _has_end(self) -> bool:
        if self._length < len(MAGIC) + TRAILER:
            return False
        self._file.seek(self._length - TRAILER)
        return self._file.read(TRAILER) == END + self._length.to_bytes(8, "big")

    def _fault(self, where: str) -> Refused:
        """Which of the two it is: a whole length with a wrong byte, or an end that is not there."""
        if self._is_whole:
            return Altered(f"The archive was altered: {where} is not what was written.")
        return CutShort(f"The archive is cut short: it ends after {self._length} bytes, without its end.")

    def _header(self) -> tuple[dict[str, Any], bytes]:
        if self._file.read(len(MAGIC)) != MAGIC:
            if self._is_whole or self._length < len(MAGIC):
                raise self._fault("its first line")
            raise Refused("This is no archive of ours.")
        raw, check = self._file.readline(HEADER_AT_MOST).rstrip(b"\n"), self._file.readline(65)
        if hashlib.sha256(raw).hexdigest().encode() + b"\n" != check:
            raise self._fault("its header")
        header: dict[str, Any] = json.loads(raw)
        return header, raw

    def _content_key(self, recipients: list[dict[str, str]], keys: Sequence[X25519PrivateKey]) -> tuple[bytes, str]:
        mine = {key_id(key.public_key()): key for key in keys}
        for to in recipients:
            if key := mine.get(to["key"]):
                try:
                    return SUITE.decrypt(base64.b64decode(to["sealed"]), key, _info(to["key"])), to["name"]
                except (InvalidTag, ValueError):
                    raise self._fault("the sealed key in its header") from None
        sealed_to = ", ".join(f"{to['name']} {to['key']}" for to in recipients)
        raise WrongKey(f"Wrong key: the archive is sealed to {sealed_to}; this is {', '.join(mine) or 'none'}.")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            parts = []
            while part := self.read(CHUNK):
                parts.append(part)
            return b"".join(parts)
        got = bytearray()
        while len(got) < size:
            if not self._ready:
                if self._is_done:
                    break
                self._ready = memoryview(self._chunk())
                continue
            taken = self._ready[: size - len(got)]
            self._ready = self._ready[len(taken) :]
            got += taken
        return bytes(got)

    def _chunk(self) -> bytes:
        wanted = min(CHUNK + TAG, self._left)
        is_last = self._left <= CHUNK + TAG
        sealed = self._file.read(max(wanted, 0))
        try:
            plain = self._aead.decrypt(_nonce(self._count, is_last), sealed, None)
        except (InvalidTag, ValueError):
            at = self._file.tell() - len(sealed)
            raise self._fault(f"something in bytes {at} to {at + len(sealed)}") from None
        self._left -= len(sealed)
        self._count += 1
        if is_last:
            self._is_done = True
            if not self._is_whole:
                raise Altered(f"The archive was altered: its last {TRAILER} bytes are not what was written.")
        return plain

    def close(self) -> None:
        self._file.close()
        super().close()


def verify(path: Path, keys: Sequence[X25519PrivateKey]) -> dict[str, Any]:
    """Check every byte of an archive without writing any; its header.

    Raises:
        Refused: which says what is wrong.
    """
    with Reader(path, keys) as reader:
        while reader.read(CHUNK):
            pass
        return reader.header
