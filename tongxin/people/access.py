"""Rights over the register."""

from uuid import UUID

from tongxin.casework.actors import Actor, Operator
from tongxin.core import access, matrix

KEEPERS = matrix.roles("register.keep")
READERS = matrix.roles("register.read")
ENTER = matrix.right("register.enter")


def can_keep_register(by: Actor, village_id: UUID) -> bool:
    """Everything in the register."""
    return isinstance(by, Operator) or access.holds(by, village_id, *KEEPERS)


def can_keep_household(by: Actor, village_id: UUID, grid_id: UUID | None) -> bool:
    """A keeper; or the grid worker of the grid in which the household lies."""
    if isinstance(by, Operator):
        return True
    on_own_ground = grid_id is not None and access.holds_grid(by, village_id, grid_id)
    return access.holds(by, village_id, *ENTER.by["ground" if on_own_ground else "elsewhere"])


def can_read_register(by: Actor, village_id: UUID) -> bool:
    return access.holds(by, village_id, *READERS)
