"""R14: a broken chain is sealed in the open and goes on; what is broken is told for ever."""

import pytest

from tongxin.audit import actions as audit
from tongxin.audit import queries, verifier
from tongxin.audit.models import Anchor, AuditEntry, Chain
from tongxin.core.ids import uuid7

from .test_chain import ROWS, as_owner, bent, grown


@pytest.fixture
def village(transactional_db):
    made = uuid7()
    grown(made, ROWS)
    return made


def test_a_broken_chain_is_sealed_in_the_open_and_goes_on(village):
    anchor = audit.anchor(village)
    bent(village, 111, "act")
    assert audit.check(village).is_broken
    sealed = audit.seal(village)
    grown(village, 5)
    after = audit.check(village)
    assert (sealed.verdict, after.verdict, after.segment, after.seq) == (3, 3, 2, ROWS + 6)
    assert after.faults == [[1, 111, "changed", 0]]  # told for ever
    seal = AuditEntry.objects.get(village_id=village, act="audit.seal").data["sealed"]
    assert (seal["segment"], seal["seq"], seal["head"], seal["found_head"]) == (1, ROWS, anchor.head, anchor.head)
    lines = list(queries.exported(village))
    assert verifier.checked(lines, [(anchor.seq, anchor.characters)]).verdict == 3
    assert Anchor.objects.filter(village_id=village).count() == 1
    bent(village, ROWS + 3, "why")
    assert audit.check(village).is_broken


def test_rows_lost_at_the_end_are_named_by_the_seal_with_both_heads(village):
    kept = AuditEntry.objects.get(village_id=village, seq=ROWS - 2)
    head = Chain.objects.get(village_id=village).head
    as_owner("DELETE FROM audit_auditentry WHERE seq > %s", ROWS - 2)
    audit.seal(village)
    grown(village, 1)
    seal = AuditEntry.objects.get(village_id=village, act="audit.seal")
    assert (seal.seq, seal.segment, seal.prev) == (ROWS + 1, 2, verifier.first(str(village), 2))
    sealed = seal.data["sealed"]
    assert (sealed["seq"], sealed["head"], sealed["found_seq"], sealed["found_head"]) == (
        ROWS, head, ROWS - 2, kept.hash,
    )  # fmt: skip
    assert audit.check(village).verdict == 3


def test_a_head_that_was_turned_back_is_sealed_too(village):
    before = AuditEntry.objects.get(village_id=village, seq=ROWS - 1)
    Chain.objects.filter(village_id=village).update(seq=before.seq, head=before.hash)
    audit.seal(village)
    grown(village, 1)
    found = audit.check(village)
    assert (found.segment, found.seq) == (2, ROWS + 2)
    assert not found.is_broken
