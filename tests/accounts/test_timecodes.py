"""Time codes as the standard has them: its own examples, a clock a little wrong, and no step further."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from tongxin.accounts import timecodes

SECRET = base64.b32encode(b"12345678901234567890").decode()  # RFC 6238, appendix B
NOW = datetime(2026, 6, 15, 8, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "last_six"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_examples_of_the_standard(seconds, last_six):
    assert timecodes.code_at(SECRET, seconds // 30) == last_six


@pytest.mark.parametrize("early", [-1, 0, 1])
def test_a_telephone_half_a_minute_wrong_is_understood(early):
    step = timecodes.step_of(NOW) + early
    assert timecodes.fitting_step(SECRET, timecodes.code_at(SECRET, step), NOW) == step


@pytest.mark.parametrize("early", [-2, 2, 100])
def test_what_is_older_or_newer_does_not_fit(early):
    assert timecodes.fitting_step(SECRET, timecodes.code_at(SECRET, timecodes.step_of(NOW) + early), NOW) is None


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_does_not_fit(typed):
    assert timecodes.fitting_step(SECRET, typed, NOW) is None


def test_secrets_have_160_bits_and_differ():
    made = {timecodes.new_secret() for _ in range(50)}
    assert len(made) == 50 and all(len(base64.b32decode(one)) == 20 for one in made)


def test_the_address_for_the_app_is_escaped():
    address = timecodes.address(SECRET, "同心 柳沟村", "clerk & co?secret=x")
    assert address.startswith("otpauth://totp/%E5%90%8C") and address.count("?") == 1 and address.count("secret=") == 1
    assert timecodes.step_of(NOW) != timecodes.step_of(NOW + timedelta(seconds=30))
