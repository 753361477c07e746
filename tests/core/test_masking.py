"""Numbers of persons are found however they are written, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import masking

GAPS = st.sampled_from(["", "", "", " ", "-", "　", "\u200b", " - ", "－"])
SCRIPTS = st.sampled_from(["0123456789", "０１２３４５６７８９", "零一二三四五六七八九", "〇一二三四五六七八九"])
DAYS = st.dates().map(lambda day: day.strftime("%m%d"))


@st.composite
def written(draw, digits):
    """The number as somebody might write it: a script, gaps between groups, words around it."""
    script = draw(SCRIPTS)
    text = "".join(script[int(d)] + (draw(GAPS) if i % 4 == 2 else "") for i, d in enumerate(digits))
    return (
        draw(st.sampled_from(["", "电话", "张三", "call ", "（"]))
        + text
        + draw(st.sampled_from(["", "。", "谢谢", "）"]))
    )


def of_length(n, first):
    return st.tuples(st.sampled_from(first), st.text("0123456789", min_size=n - 1, max_size=n - 1)).map("".join)


phones = st.tuples(st.sampled_from("3456789"), st.text("0123456789", min_size=9, max_size=9)).map(
    lambda t: f"1{t[0]}{t[1]}"
)
landlines = st.tuples(st.sampled_from(["0932", "010", "0931"]), of_length(7, "2345678")).map("".join)
identities = st.tuples(
    of_length(6, "123456"), st.integers(1900, 2029).map(str), DAYS, st.text("0123456789", min_size=4, max_size=4)
).map("".join)
cards = st.integers(16, 19).flatmap(lambda n: of_length(n, "456"))


@given(st.one_of(phones, landlines, identities, cards).flatmap(written))
def test_a_number_is_found_in_every_script_with_gaps_and_words_around(text):
    assert masking.findings(text), text
    assert not masking.findings(masking.scrub(text))


@given(st.text(st.sampled_from("0123456789１三零xX 　-*水渠,/"), max_size=60))
def test_scrubbed_is_scrubbed(text):
    once = masking.scrub(text)
    assert masking.findings(once) == []
    assert masking.scrub(once) == once


@given(st.text(max_size=200))
def test_findings_lie_in_the_text_and_do_not_overlap(text):
    edges = [edge for finding in masking.findings(text) for edge in (finding.start, finding.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text) for edge in edges)


@given(st.text(max_size=200))
def test_a_text_with_few_digits_comes_back_as_it_was(text):
    if sum(ch.isnumeric() for ch in text) < 10:
        assert masking.scrub(text) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("打 13812345678 找我", "phone"),
        ("138 1234 5678", "phone"),
        ("+86 13812345678", "phone"),
        ("１３８１２３４５６７８", "phone"),
        ("幺三八一二三四五六七八", "phone"),
        ("张三13812345678", "phone"),
        ("身份证 999999198001010011", "identity"),
        ("身份证 99999919491231002X", "identity"),
        ("老身份证 999999800101001", "identity"),
        ("卡号 6222021234567890123", "card"),
        ("0932-6620000", "landline"),
        ("(0932)6620000", "landline"),
    ],
)
def test_a_number_of_a_person_is_found_by_its_kind(text, kind):
    assert [finding.kind for finding in masking.findings(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "渠补好了，放水试过，不漏。",
        "花了 1368.00 元",
        "2023 年 6 月 20 日",
        "2023-06-20 08:20 到 2023-07-20",
        "掏了 80 米，三车淤泥",
        "23-0617-1",
        "620102001001",  # an official code
        "12345 热线",
    ],
)
def test_ordinary_sentences_are_left_alone(text):
    assert not masking.findings(text)
    assert masking.scrub(text) == text


def test_the_villages_own_telephone_may_stand():
    text = "打 0932-662 0000 或 13812345678"
    assert masking.scrub(text, keep=["09326620000"]) == "打 0932-662 0000 或 138****5678"


@pytest.mark.parametrize(
    ("hide", "text", "shown"),
    [
        (masking.phone, "13812345678", "138****5678"),
        (masking.phone, "138 1234 5678", "138****5678"),
        (masking.phone, "0932-6620000", "093******00"),
        (masking.phone, "6620000", "*****00"),
        (masking.identity, "99999919800101001x", "9999************1X"),
        (masking.card, "6222 0212 3456 7890 123", "***************0123"),
        (masking.surname_only, "张三丰", "张**"),
        (masking.surname_only, "欧阳娜娜", "欧阳**"),
        (masking.surname_only, "欧阳", "欧*"),
        (masking.surname_only, "", ""),
        (masking.name, "王五", "王*"),
    ],
)
def test_the_usual_masks(hide, text, shown):
    assert hide(text) == shown


@pytest.mark.parametrize("hide", [masking.phone, masking.identity, masking.card])
@given(text=st.text("0123456789", max_size=20))
def test_a_mask_hides_at_least_half(hide, text):
    assert hide(text).count("*") * 2 >= len(text) or len(text) == 11
