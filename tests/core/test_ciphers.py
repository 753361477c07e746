"""The two suites of algorithms."""

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core.ciphers import SUITES, Suite, Unopened

KEY = bytes(range(32))
both = pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.cipher)


@both
@given(plain=st.binary(max_size=80), bound=st.binary(max_size=80))
def test_what_is_sealed_opens_with_what_it_was_bound_to(suite, plain, bound):
    sealed = suite.seal(KEY, plain, bound)
    assert suite.open(KEY, sealed, bound) == plain
    assert len(sealed) == len(plain) + 28
    assert sealed != suite.seal(KEY, plain, bound)
    with pytest.raises(Unopened):
        suite.open(KEY, sealed, bound + b"!")
    with pytest.raises(Unopened):
        suite.open(KEY[::-1], sealed, bound)


@both
@given(data=st.data())
def test_a_flipped_bit_or_a_cut_is_refused(suite, data):
    sealed = suite.seal(KEY, b"13812345678", b"here")
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    flipped = bytearray(sealed)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Unopened):
        suite.open(KEY, bytes(flipped), b"here")
    with pytest.raises(Unopened):
        suite.open(KEY, sealed[: data.draw(st.integers(0, len(sealed) - 1))], b"here")


def test_the_states_algorithms_are_the_states():
    """GB/T 32905-2016, example 1: SM3 of "abc"; and HMAC over it differs from that over SHA-256."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert SUITES["s"].mac(KEY, b"abc") != SUITES["g"].mac(KEY, b"abc")
    assert len(SUITES["s"].mac(KEY, b"abc")) == len(SUITES["g"].mac(KEY, b"abc")) == 32


def test_one_suite_does_not_open_the_others_text():
    for one, other in (("g", "s"), ("s", "g")):
        with pytest.raises(Unopened):
            SUITES[other].open(KEY, SUITES[one].seal(KEY, b"a", b"b"), b"b")


def test_whether_the_library_has_them_can_be_asked(monkeypatch):
    from cryptography.exceptions import UnsupportedAlgorithm

    assert all(suite.works() for suite in SUITES.values())

    def absent(*args):
        raise UnsupportedAlgorithm("no SM4 here")

    monkeypatch.setattr(Suite, "seal", absent)
    assert not SUITES["s"].works()
