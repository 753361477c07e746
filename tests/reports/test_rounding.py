"""Round numbers never say more than there is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.reports.rounding import Style, floor_to, plain, rounded


@pytest.mark.parametrize(
    ("value", "style", "number", "said"),
    [
        (106, Style.ODD, 100, Style.ODD),
        (100, Style.ODD, 100, Style.EXACT),
        (817, Style.ODD, 800, Style.ODD),
        (16_340_000, Style.ODD, 16_000_000, Style.ODD),
        (630_000, Style.ODD, 630_000, Style.EXACT),
        (Decimal("21200.00"), Style.LEAST, 20_000, Style.LEAST),
        (Decimal("20000.00"), Style.LEAST, 20_000, Style.LEAST),
        (7, Style.LEAST, 7, Style.EXACT),
        (Decimal("1368.00"), Style.EXACT, 1368, Style.EXACT),
        (Decimal("180.5"), Style.EXACT, Decimal("180.5"), Style.EXACT),
        (0, Style.ODD, 0, Style.EXACT),
    ],
)
def test_a_number_is_said_by_rule(value, style, number, said):
    found = rounded(value, style)
    assert (found.number, found.style) == (number, said)


def test_ten_thousands_are_said_only_when_they_come_out_even():
    assert rounded(16_340_000, Style.ODD).myriads == 1600
    assert rounded(16_340_000, Style.ODD).is_myriads
    assert not rounded(12_345, Style.EXACT).is_myriads
    assert not rounded(9_999, Style.ODD).is_myriads


@given(st.integers(min_value=0, max_value=10**9), st.sampled_from(list(Style)))
def test_what_is_said_is_never_more_and_at_least_half_of_what_is_there(value, style):
    said = rounded(value, style).number
    assert said <= value < 2 * said or value == said == 0


@given(st.integers(min_value=1, max_value=10**9))
def test_a_word_for_more_is_said_exactly_when_there_is_more(value):
    said = rounded(value, Style.ODD)
    assert (said.style is Style.ODD) == (value > said.number)


def test_digits_are_kept_from_the_left():
    assert [floor_to(16_340_000, n) for n in (1, 2, 3)] == [10_000_000, 16_000_000, 16_300_000]
    assert plain(Decimal("1368.00")) == 1368
