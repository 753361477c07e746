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


@given(codes, st.data())
def test_two_wrong_symbols_are_noticed_too_and_so_is_any_swap(code, data):
    whole = code + numbers.code_check(code)
    one, other = data.draw(st.lists(st.integers(0, 7), min_size=2, max_size=2, unique=True))
    wrong = list(whole)
    wrong[one], wrong[other] = (data.draw(st.sampled_from(numbers.CODE_ALPHABET)) for _ in range(2))
    if wrong != list(whole):
        assert numbers.code_check("".join(wrong[:6])) != "".join(wrong[6:])


def test_a_code_is_read_tolerantly_and_a_foreign_symbol_has_no_check():
    assert numbers.code_check("ab2-c3d") == numbers.code_check("AB2C3D") != ""
    assert numbers.code_check("AB0C3D") == numbers.code_check("渠") == numbers.code_check("A" * 31) == ""


def test_a_number_is_read_in_one_way_only():
    """Padded to four and no further: a longer one never begins with a zero."""
    assert numbers.compose(2023, 9999).count("-") == 2
    assert numbers.parse(numbers.compose(2023, 10_000)) == (2023, 10_000)
    padded = "23" + "00617"
    with pytest.raises(numbers.BadNumber):
        numbers.parse(padded + numbers.check_digit(padded))
    with pytest.raises(numbers.BadNumber):
        numbers.parse("230000" + numbers.check_digit("230000"))


@pytest.mark.parametrize(
    "text", ["23一0617一1", "编号：23-0617-1", "第 23·0617·1 号", "贰叁零陆幺柒幺", "23—0617—1\u200b"]
)
def test_dashes_and_words_around_it_do_no_harm(text):
    assert numbers.parse(text) == (2023, 617)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text):
    try:
        year, sequence = numbers.parse(text)
    except numbers.BadNumber as refused:
        assert refused.reason in {numbers.EMPTY, numbers.FOREIGN, numbers.LENGTH, numbers.CHECK}
    else:
        assert numbers.parse(numbers.compose(year, sequence)) == (year, sequence)


@pytest.mark.parametrize(("year", "sequence"), [(23, 1), (1999, 1), (2100, 1), (2023, 0), (2023, -1)])
def test_no_number_is_made_for_another_century_or_for_nothing(year, sequence):
    with pytest.raises(ValueError):
        numbers.compose(year, sequence)
