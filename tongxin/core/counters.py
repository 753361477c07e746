"""Numbers without gaps: the 617th matter of a village's year."""

from uuid import UUID

from django.db.models import F

from tongxin.core.inserting import insert_if_new, must_be_in_transaction
from tongxin.core.models import Counter


def next_value(village_id: UUID | None, name: str, year: int) -> int:
    """The next number of that counter, from 1, inside the caller's transaction.

    The counter's row stays locked until the caller commits, so that a rolled-back number is given out again and two
    callers never get the same; take it late, after what is slow.
    """
    must_be_in_transaction(Counter)
    rows = Counter.objects.filter(village_id=village_id, name=name, year=year)
    if not rows.update(value=F("value") + 1):
        insert_if_new(Counter(village_id=village_id, name=name, year=year, value=0))
        rows.update(value=F("value") + 1)
    return rows.values_list("value", flat=True).get()
