"""Rights over the ground: the village's keepers, and the operator who sets it up."""

from uuid import UUID

from tongxin.casework.actors import Actor, Operator
from tongxin.core import access, matrix

KEEPERS = matrix.roles("ground.keep")


def can_keep_ground(by: Actor, village_id: UUID) -> bool:
    """Groups, grids, places and their codes."""
    return isinstance(by, Operator) or access.holds(by, village_id, *KEEPERS)
