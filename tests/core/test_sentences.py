import pytest

from tongxin.core import sentences
from tongxin.core.errors import DomainError


def test_a_sentence_is_taken_without_its_margins():
    assert sentences.reason("  要向本人核实补偿款的账目 ", "words") == "要向本人核实补偿款的账目"


@pytest.mark.parametrize("text", ["", "九个字的理由不够长", "打给13822220001问问是不是"])
def test_what_is_too_short_or_holds_a_number_is_not(text):
    with pytest.raises(DomainError) as refused:
        sentences.reason(text, "words")
    assert refused.value.field == "words"
