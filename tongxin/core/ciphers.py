"""The algorithms behind secrets: the international ones by default, the state's (GM/T) where they must be used.

A suite is one letter, and the letter stands in whatever it wrote: texts of both suites are read side by side. Pure.
"""

import hmac
import os
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

KEY: Final = 32  # bytes of key material, for every suite
NONCE: Final = 12  # random: one key writes some 10^4 texts, and 2^32 would be the limit (NIST SP 800-38D, 8.3)
TAG: Final = 16


class Unopened(ValueError):
    """The text does not open: another key, another place, or altered."""


@dataclass(frozen=True)
class Suite:
    """`letter` marks it in stored text; the names are for people."""

    letter: str
    cipher: str
    digest: str

    def seal(self, key: bytes, plain: bytes, bound: bytes) -> bytes:
        """Nonce, ciphertext and tag of `plain`, good only together with `bound`."""
        nonce = os.urandom(NONCE)
        if self.letter == "g":
            return nonce + AESGCM(key).encrypt(nonce, plain, bound)
        encryptor = Cipher(algorithms.SM4(self._short(key)), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        return nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, key: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Raises Unopened."""
        if len(sealed) < NONCE + TAG:
            raise Unopened
        nonce, body, tag = sealed[:NONCE], sealed[NONCE:-TAG], sealed[-TAG:]
        try:
            if self.letter == "g":
                return AESGCM(key).decrypt(nonce, body + tag, bound)
            decryptor = Cipher(algorithms.SM4(self._short(key)), modes.GCM(nonce, tag)).decryptor()
            decryptor.authenticate_additional_data(bound)
            return decryptor.update(body) + decryptor.finalize()
        except InvalidTag:
            raise Unopened from None

    def mac(self, key: bytes, text: bytes) -> bytes:
        """HMAC, 32 bytes in both suites."""
        if self.letter == "g":
            return hmac.digest(key, text, "sha256")
        made = HMAC(key, hashes.SM3())
        made.update(text)
        return made.finalize()

    def _short(self, key: bytes) -> bytes:
        """SM4 takes 16 bytes: derived, so that no two algorithms ever share a key."""
        return self.mac(key, b"tongxin sm4 key")[:16]

    def works(self) -> bool:
        """Whether the library at hand was built with these algorithms."""
        try:
            return self.open(b"k" * KEY, self.seal(b"k" * KEY, b"a", b"b"), b"b") == b"a"
        except UnsupportedAlgorithm:
            return False


SUITES: Final = {
    suite.letter: suite for suite in (Suite("g", "AES-256-GCM", "HMAC-SHA-256"), Suite("s", "SM4-GCM", "HMAC-SM3"))
}
