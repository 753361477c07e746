"""Walking along the chains at night; sealing a broken one in the open and going on (R14). Nothing hashes anew."""

import logging
from typing import Any
from uuid import UUID

from django.db import connections, router, transaction
from django.utils.translation import gettext_lazy as _

from tongxin.audit import queries, verifier
from tongxin.audit.actions.appending import Draft, append_to, held
from tongxin.audit.models import ActorKind, AuditEntry, Chain, ChainCheck
from tongxin.core import clock, outbox
from tongxin.core.errors import DomainError

TOPIC = "audit.check"
KEPT = 20  # faults of one walk; the export shows them all
log = logging.getLogger(__name__)


def check_everywhere() -> None:
    """Every night: promise a walk along each chain, one piece of work each, so that several workers share them."""
    for village_id in Chain.objects.order_by("village_id").values_list("village_id", flat=True):
        with transaction.atomic():
            outbox.put(TOPIC, {"village": str(village_id)}, village_id)


def check_one(payload: dict[str, Any]) -> None:
    """Outbox handler."""
    check(UUID(payload["village"]))


def check(village_id: UUID) -> ChainCheck:
    """Walk along the whole chain, keep what was found, and say it aloud when it is broken."""
    walk = queries.walked(village_id)
    row = ChainCheck(
        village_id=village_id,
        at=clock.now(),
        segment=walk.segment,
        seq=walk.seq,
        verdict=walk.verdict,
        faults=[list(fault) for fault in walk.faults[:KEPT]],
    )
    with transaction.atomic():
        row.save(force_insert=True)
    if row.is_broken:
        log.error("audit: the chain of %s is broken: %s", village_id, "; ".join(map(str, walk.faults[:KEPT])))
    return row


def seal(village_id: UUID) -> ChainCheck:
    """Close a broken segment with what was found, in the open, and go on with a new one. What is broken stays broken.

    Raises:
        DomainError: the chain is whole.
    """
    found = check(village_id)
    if not found.is_broken:
        raise DomainError(_("This chain is whole; there is nothing to seal."))
    connection = connections[router.db_for_write(AuditEntry)]
    with transaction.atomic():
        segment, seq, head = held(village_id, connection)
        last = AuditEntry.objects.filter(village_id=village_id).order_by("-seq").first()
        segment, end = max(segment, last.segment if last else 1), max(seq, last.seq if last else 0)
        sealed = {
            "segment": segment,
            "seq": end,
            "head": head,
            "found_seq": last.seq if last else 0,
            "found_head": last.hash if last else "",
            "check": str(found.pk),
        }
        entry = Draft(
            village_id, "audit.seal", ActorKind.OPERATOR, None, "audit.chaincheck", found.pk, data={"sealed": sealed}
        )
        append_to(village_id, [entry], (segment + 1, end, verifier.first(str(village_id), segment + 1)))
    log.warning("audit: segment %s of the chain of %s is sealed; it goes on in the next", segment, village_id)
    return check(village_id)
