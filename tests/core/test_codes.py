"""Codes on paper: readable, random, and read however they are typed."""

import pytest

from tongxin.core import codes


def test_they_hold_nothing_that_looks_alike():
    drawn = codes.readable(4, 4)
    assert len(drawn) == 19 and set(drawn) <= set(codes.READABLE) | {"-"}
    assert not set("0o1li") & set(codes.READABLE)
    assert len({codes.readable(4, 4) for _ in range(200)}) == 200


def test_digits_keep_the_zeros_in_front():
    drawn = [codes.digits(8) for _ in range(500)]
    assert all(len(one) == 8 and one.isascii() and one.isdigit() for one in drawn)
    assert any(one.startswith("0") for one in drawn)


@pytest.mark.parametrize("typed", ["k7mw-3xqd", "K7MW 3XQD", "Ｋ７ＭＷ－３ＸＱＤ", " k7mw3xqd\n", "k7mw—3xqd"])
def test_capitals_blanks_and_dashes_do_not_count(typed):
    assert codes.plain(typed) == "k7mw3xqd"
