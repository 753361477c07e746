"""Questions to the chain."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet

from tongxin.audit.models import AuditEntry, Chain


def stamps(village_id: "UUID | OuterRef") -> "QuerySet[Chain, str]":
    """One row at most, the head of a village's chain: another one after every write and every reading that is noted.

    What was drawn under a stamp is what would be drawn now while the stamp is the same. No row: no entry yet.
    """
    return Chain.objects.filter(village_id=village_id).values_list("head", flat=True)[:1]


def stamp(village_id: UUID) -> str | None:
    return next(iter(stamps(village_id)), None)


def readings(village_id: UUID) -> QuerySet[AuditEntry]:
    """Whoever opened what is masked or sealed."""
    return AuditEntry.objects.filter(village_id=village_id, is_reading=True)
