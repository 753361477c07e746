"""The database itself refuses a fork and a number that is taken."""

import pytest
from django.db import IntegrityError, transaction

from tongxin.audit import actions as audit
from tongxin.audit.models import AuditEntry
from tongxin.core.ids import uuid7


@pytest.fixture
def last(village, clerk, entries):
    with audit.together():
        for _n in range(3):
            audit.record("a.b", by=clerk, village_id=village)
    return entries()[-1]


def copied(entry, **changes):
    fields = {f.attname: getattr(entry, f.attname) for f in AuditEntry._meta.concrete_fields}
    return AuditEntry(**{**fields, "id": uuid7(), **changes})


@pytest.mark.parametrize("changes", [{"seq": 9}, {"prev": "f" * 64}])
def test_two_entries_after_the_same_one_are_refused_and_two_of_one_number(last, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        copied(last, **changes).save(force_insert=True)


def test_another_village_counts_for_itself(last):
    copied(last, village_id=uuid7()).save(force_insert=True)


@pytest.mark.parametrize("field", ["act", "prev", "hash"])
def test_what_is_too_long_is_refused(last, field):
    with pytest.raises(Exception, match=r"constraint|too long"), transaction.atomic():
        copied(last, **{"seq": 9, "prev": "e" * 64, field: "x" * 65}).save(force_insert=True)
