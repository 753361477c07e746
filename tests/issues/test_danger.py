"""Words that call for a telephone before a form."""

import pytest

from tongxin.issues.danger import WORDS, is_danger


@pytest.mark.parametrize("text", ["隔壁着火了", "娃娃触电了快来人", "他喝农药了", "河里有人落水", "打架出血了"])
def test_danger_is_heard_in_a_sentence(text):
    assert is_danger(text)


@pytest.mark.parametrize("text", ["", "路上有个坑", "火车票补贴", "电表走得快", "药店几点开门", "打水的井台结冰"])
def test_everyday_words_are_none(text):
    assert not is_danger(text)


def test_each_word_is_heard_by_itself_and_stands_there_once():
    assert all(is_danger(word) for word in WORDS) and len(set(WORDS)) == len(WORDS)
