"""A passkey answers for its host, to what was asked, once it is ours."""

import contextlib
import json

import pytest
from fido2.utils import websafe_decode, websafe_encode
from hypothesis import given
from hypothesis import strategies as st

from tests.accounts.authenticator import Authenticator
from tongxin.accounts import passkeys
from tongxin.accounts.models import Passkey, User
from tongxin.core import clock

HOST = "localhost"
WHO = User(username="clerk", name="文书")


def made(device: Authenticator, host: str = HOST) -> Passkey:
    options, state = passkeys.ask_for_new(WHO, host, [])
    kept = passkeys.registered(host, state, device.make(options))
    return Passkey(user=WHO, host=host, name="n", made_at=clock.now(), **vars(kept))


def test_it_is_made_and_answers():
    device = Authenticator()
    row = made(device)
    options, state = passkeys.ask_for(HOST, [row])
    assert json.loads(json.dumps(options))["allowCredentials"][0]["id"] == row.credential
    assert passkeys.answered(HOST, state, [row], device.sign(options)) == (row, 1)


def test_known_ones_are_left_out_when_a_new_one_is_made():
    row = made(Authenticator())
    options, _state = passkeys.ask_for_new(WHO, HOST, [row])
    assert [one["id"] for one in options["excludeCredentials"]] == [row.credential]


def test_an_answer_to_another_question_is_refused():
    device = Authenticator()
    row = made(device)
    asked, _state = passkeys.ask_for(HOST, [row])
    _options, state = passkeys.ask_for(HOST, [row])
    with pytest.raises(passkeys.Refused):
        passkeys.answered(HOST, state, [row], device.sign(asked))


@pytest.mark.parametrize("origin", ["http://localhost.evil.example", "https://evil.example", "http://127.0.0.1"])
def test_an_answer_from_another_page_is_refused(origin):
    device = Authenticator()
    row = made(device)
    options, state = passkeys.ask_for(HOST, [row])
    with pytest.raises(passkeys.Refused):
        passkeys.answered(HOST, state, [row], device.sign(options, origin=origin))


def test_somebody_elses_key_is_refused():
    device, thief = Authenticator(), Authenticator()
    row = made(device)
    thief.credential = device.credential
    options, state = passkeys.ask_for(HOST, [row])
    with pytest.raises(passkeys.Refused):
        passkeys.answered(HOST, state, [row], thief.sign(options))
    unknown = Authenticator()
    with pytest.raises(passkeys.Refused):
        passkeys.answered(HOST, state, [row], unknown.sign(options))


@pytest.mark.parametrize("answer", ["", "[]", "{}", "null", '"a"', "{", '{"id": 1}', '{"response": null}', "[" * 9000])
def test_what_is_no_answer_is_refused(answer):
    row = made(Authenticator())
    _options, state = passkeys.ask_for(HOST, [row])
    with pytest.raises(passkeys.Refused):
        passkeys.answered(HOST, state, [row], answer)
    with pytest.raises(passkeys.Refused):
        passkeys.registered(HOST, state, answer)


def test_any_changed_byte_of_an_answer_is_refused_and_nothing_else_breaks():
    device = Authenticator()
    row = made(device)
    options, state = passkeys.ask_for(HOST, [row])
    whole = json.loads(device.sign(options))
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        text = whole["response"][part]
        for at in range(0, len(text) - 2, 7):
            other = "A" if text[at] != "A" else "B"
            whole["response"][part] = text[:at] + other + text[at + 1 :]
            with pytest.raises(passkeys.Refused):
                passkeys.answered(HOST, state, [row], json.dumps(whole))
        whole["response"][part] = text
    assert passkeys.answered(HOST, state, [row], json.dumps(whole))[0] == row


@given(st.binary(max_size=40), st.integers(0, 250))
def test_an_attestation_with_anything_in_it_is_refused_or_taken_and_never_breaks(junk, at):
    device = Authenticator()
    options, state = passkeys.ask_for_new(WHO, HOST, [])
    whole = json.loads(device.make(options))
    raw = websafe_decode(whole["response"]["attestationObject"])
    whole["response"]["attestationObject"] = websafe_encode(raw[:at] + junk + raw[at + len(junk) :])
    with contextlib.suppress(passkeys.Refused):
        passkeys.registered(HOST, state, json.dumps(whole))
