"""A village is an id here, and an actor somebody with a kind."""

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

import pytest

from tongxin.audit.models import AuditEntry
from tongxin.core.ids import uuid7


@dataclass
class Somebody:
    pk: UUID = field(default_factory=uuid7)
    actor_kind: ClassVar[str] = "user"


@pytest.fixture
def village(db) -> UUID:
    return uuid7()


@pytest.fixture
def clerk() -> Somebody:
    return Somebody()


@pytest.fixture
def entries(village):
    """The entries of the village, oldest first."""

    def of(village_id=village):
        return list(AuditEntry.objects.filter(village_id=village_id).order_by("seq"))

    return of
