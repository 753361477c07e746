"""Every kind of fault and every act that exists has its words."""

from tongxin.audit import verifier, wording
from tongxin.audit.queries import Look
from tongxin.core import clock


def test_every_kind_of_fault_has_its_words():
    found = wording.faults([verifier.Fault(1, 3, kind, 5) for kind in verifier.WORDS])
    assert len(set(found)) == len(verifier.WORDS)
    assert all("3" in words for words in found)


def test_an_act_without_words_is_shown_as_it_is():
    look = Look(clock.now(), "", "people.reveal", "", "", "")
    other = Look(clock.now(), "", "else.where", "", "", "")
    said = [line.act for line in wording.lines([look, other])]
    assert said[0] != "people.reveal" and said[1] == "else.where"
