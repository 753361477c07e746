"""Sixteen symbols, forgiving to the hand, unforgiving to the guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import stage
from tongxin.issues.models import Issue
from tongxin.issues.queries import receipts

CODE = "0123456789ABCDEF"


@pytest.mark.parametrize(
    "typed",
    [
        "0123 4567 89AB CDEF",
        "0123-4567-89ab-cdef",
        "oi23 4567 89ab cdef",
        "OL23456789ABCDEF",
        "O|23456789ABCDEF",
        "Ｏｌ２３４５６７８９ＡＢＣＤＥＦ",
        "0123一4567一89AB一CDEF",
        "0123\u200b4567\n89AB\tCDEF",
    ],
)
def test_however_it_is_written_it_is_the_same(typed):
    assert receipts.tidy(typed) == CODE


def test_it_can_be_spoken_in_chinese_digits():
    assert receipts.tidy("幺二三四五六七八九零〇一二三四五") == "1234567890012345"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", receipts.EMPTY),
        (" - ", receipts.EMPTY),
        (CODE[:-1], receipts.SHORT),
        (CODE * 2, receipts.OVER),
        ("*" + CODE[1:], receipts.FOREIGN),
        ("支" + CODE[1:], receipts.FOREIGN),
    ],
)
def test_what_cannot_be_one_says_why_by_its_shape(typed, reason):
    with pytest.raises(receipts.BadReceipt) as refused:
        receipts.tidy(typed)
    assert refused.value.reason == reason


@given(st.integers(min_value=0, max_value=(1 << 80) - 1))
def test_eighty_bits_are_sixteen_symbols_and_back(bits):
    written = receipts.written(bits)
    assert len(written) == 16 and receipts.tidy(receipts.grouped(written).lower()) == written
    assert sum(receipts.SYMBOLS.index(ch) << 5 * i for i, ch in enumerate(written)) == bits


def test_it_is_kept_as_a_hash_and_found_by_it_alone(here):
    issue = stage.told(here, "s", is_sealed=True)
    receipt = here.receipts["s"]
    assert receipts.by_receipt(here.village.pk, receipt) == issue
    kept = Issue.objects.get(pk=issue.pk).receipt_index
    assert len(kept) == 32 and receipt not in kept
    other = "0" if receipt[-1] != "0" else "1"
    assert receipts.by_receipt(here.village.pk, receipt[:-1] + other) is None


def test_one_of_the_neighbour_opens_nothing_here(here):
    stage.told(here, "s", is_sealed=True)
    neighbour = stage.settle(stage.village("shiping", "石坪村", 2))
    assert receipts.by_receipt(neighbour.village.pk, here.receipts["s"]) is None


def test_every_sealed_matter_has_one_and_no_two_have_the_same(here):
    for n in range(20):
        stage.told(here, f"s{n}", is_sealed=True, phone="" if n % 2 else "13822220001")
    assert len(set(here.receipts.values())) == 20 and all(len(code) == 16 for code in here.receipts.values())
    stage.told(here, "plain")
    assert here.receipts["plain"] == ""
