"""Numbers of persons are found however they are written, and nothing else is."""

import pytest

from tongxin.core import masking


@pytest.mark.parametrize(
    "text",
    [
        "打 13812345678 找我",
        "138 1234 5678",
        "１３８１２３４５６７８",
        "身份证 999999198001010011",
        "身份证 99999919491231002X",
        "卡号 6222021234567890123",
        "138-1234-5678",
    ],
)
def test_a_number_of_a_person_is_found_and_masked(text):
    assert masking.findings(text)
    assert not masking.findings(masking.scrub(text))


@pytest.mark.parametrize(
    "text",
    ["渠补好了，放水试过，不漏。", "花了 1368.00 元", "2023 年 6 月 20 日", "掏了 80 米，三车淤泥", "23-0617-1"],
)
def test_ordinary_sentences_are_left_alone(text):
    assert not masking.findings(text)
    assert masking.scrub(text) == text


def test_the_usual_masks():
    assert masking.phone("13812345678") == "138****5678"
    assert masking.identity("999999198001010011").startswith("9999")
    assert "19800101" not in masking.identity("999999198001010011")
    assert masking.surname_only("张三丰").startswith("张") and "三丰" not in masking.surname_only("张三丰")
