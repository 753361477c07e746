"""What a person has told under their own telephone, when they ask that it be taken away."""

from uuid import UUID

from django.db.models import Q

from tongxin.core import crypto, erasure
from tongxin.issues.models import Envelope, Issue, Voice


def erase_teller(village_id: UUID, person_id: UUID, phone: str) -> int:
    """Name and telephone of matters told by this person, or under this telephone; how many secrets."""
    tails = crypto.blind_indexes(crypto.last_four(phone), "issue-tail", village_id) if phone else []
    count = 0
    for model, theirs in ((Issue, Q(told_by=person_id)), (Voice, Q(pk__in=[]))):
        rows = model._base_manager.filter(village_id=village_id)
        same = [row.pk for row in rows.filter(phone_tail_index__in=tails) if row.phone == phone]
        count += erasure.erase(rows.filter(theirs | Q(pk__in=same)))
    envelopes = Envelope._base_manager.filter(village_id=village_id)
    same = [row.pk for row in envelopes if phone and row.phone == phone]
    return count + erasure.erase(envelopes.filter(Q(told_by=person_id) | Q(pk__in=same)))
