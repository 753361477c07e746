"""Rights over the register."""

from uuid import UUID

from tongxin.casework.actors import Actor, Operator
from tongxin.core import access

KEEPERS = ("secretary", "clerk")
READERS = ("secretary", "clerk", "committee", "council", "supervisor", "township", "grid_worker")


def can_keep_register(by: Actor, village_id: UUID) -> bool:
    """Everything in the register."""
    return isinstance(by, Operator) or access.holds(by, village_id, *KEEPERS)


def can_keep_household(by: Actor, village_id: UUID, grid_id: UUID | None) -> bool:
    """A keeper; or the grid worker of the grid in which the household lies."""
    return can_keep_register(by, village_id) or (grid_id is not None and access.holds_grid(by, village_id, grid_id))


def can_read_register(by: Actor, village_id: UUID) -> bool:
    return access.holds(by, village_id, *READERS)
