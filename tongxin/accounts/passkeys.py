"""Passkeys (WebAuthn) as a second factor, by the `fido2` library: what to ask the browser, and what it answered.

A passkey answers for the host it was made at and no other, so a copied page at another address gets nothing.
"""

import base64
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tongxin.accounts.models import Passkey, User

State = dict[str, Any]
MOST = 16 * 1024  # characters of an answer; a real one has about a thousand
# All that JSON, CBOR, COSE and the library raise over an answer that somebody made up.
WRONG = (
    *(ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError, OverflowError),
    *(struct.error, UnsupportedAlgorithm),
)


class Refused(ValueError):
    """The answer does not fit what was asked. Says nothing more: the library's words are for its developers."""


@dataclass(frozen=True)
class Made:
    """A new passkey as it is kept."""

    credential: str
    public_key: str
    signatures: int


def ask_for_new(user: User, host: str, known: Sequence[Passkey]) -> tuple[dict[str, Any], State]:
    """(what `navigator.credentials.create` wants, what to remember until the answer comes)."""
    options, state = _server(host).register_begin(
        PublicKeyCredentialUserEntity(id=user.pk.bytes, name=user.username, display_name=user.name),
        credentials=[_credential(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(options.public_key), dict(state)


def registered(host: str, state: State, answer: str) -> Made:
    """Raises Refused."""
    try:
        data = _server(host).register_complete(state, _read(answer))
        made = data.credential_data
        if made is None:
            raise Refused
        credential = websafe_encode(made.credential_id)
        key = base64.b64encode(bytes(made)).decode()
    except WRONG as error:
        raise Refused from error
    return Made(credential, key, data.counter)


def ask_for(host: str, known: Sequence[Passkey]) -> tuple[dict[str, Any], State]:
    """(what `navigator.credentials.get` wants, what to remember until the answer comes)."""
    options, state = _server(host).authenticate_begin(
        [_credential(one) for one in known], user_verification=UserVerificationRequirement.PREFERRED
    )
    return dict(options.public_key), dict(state)


def answered(host: str, state: State, known: Sequence[Passkey], answer: str) -> tuple[Passkey, int]:
    """(the passkey that has signed, how often it has signed so far). Raises Refused."""
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        used = _server(host).authenticate_complete(state, [_credential(one) for one in known], response)
        signatures = response.response.authenticator_data.counter
        name = websafe_encode(used.credential_id)
    except WRONG as error:
        raise Refused from error
    return next(one for one in known if one.credential == name), signatures


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host, name=host))


def _credential(row: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(base64.b64decode(row.public_key))


def _read(answer: str) -> dict[str, Any]:
    found = json.loads(answer) if len(answer) <= MOST else None
    if not isinstance(found, dict):
        raise Refused
    return found
