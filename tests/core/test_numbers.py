"""A number survives dialect, the telephone and a wet slip."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import numbers

years, sequences = st.integers(2000, 2099), st.integers(1, 2_000_000)


@given(years, sequences)
def test_what_is_composed_is_read_back(year, sequence):
    assert numbers.parse(numbers.compose(year, sequence)) == (year, sequence)


@given(years, sequences, st.data())
def test_every_wrong_digit_is_noticed(year, sequence, data):
    digits = numbers.compose(year, sequence).replace("-", "")
    at = data.draw(st.integers(0, len(digits) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[at]]))
    with pytest.raises(numbers.BadNumber):
        numbers.parse(digits[:at] + wrong + digits[at + 1 :])


@given(years, sequences, st.data())
def test_every_swap_of_neighbours_is_noticed(year, sequence, data):
    digits = numbers.compose(year, sequence).replace("-", "")
    at = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    if swapped != digits:
        with pytest.raises(numbers.BadNumber):
            numbers.parse(swapped)


@pytest.mark.parametrize("text", ["23-0617-1", "2306171", " 23 0617 1 ", "２３－０６１７－１", "二三零六一七一"])
def test_people_write_it_as_they_like(text):
    assert numbers.parse(text) == (2023, 617)


@pytest.mark.parametrize("text", ["", "23-061", "abc", "23-0617-2", "水渠"])
def test_what_is_no_number_is_refused_with_a_reason(text):
    with pytest.raises(numbers.BadNumber) as refused:
        numbers.parse(text)
    assert refused.value.reason


codes = st.text(numbers.CODE_ALPHABET, min_size=6, max_size=6)


@given(codes, st.data())
def test_a_wrong_symbol_in_a_place_code_is_noticed(code, data):
    at = data.draw(st.integers(0, 5))
    wrong = data.draw(st.sampled_from([s for s in numbers.CODE_ALPHABET if s != code[at]]))
    assert numbers.code_check(code[:at] + wrong + code[at + 1 :]) != numbers.code_check(code)
