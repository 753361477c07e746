"""Who holds what today, for the floors below `bodies`, which may not ask upwards. `bodies` says how at start-up.

Who may open which door stands in `tongxin/matrix.toml` (`core.matrix`).
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

Holds = Callable[[Any, UUID, frozenset[str]], bool]
_provider: list[Holds] = []


def register_provider(holds_: Holds) -> None:
    """`bodies` says here, at start-up, how to ask what somebody holds today."""
    _provider[:] = [holds_]


def holds(by: Any, village_id: UUID, *roles: str) -> bool:
    """Whether this actor holds one of the roles in the village today. Without a provider: no (deny by default)."""
    return bool(_provider) and _provider[0](by, village_id, frozenset(roles))


HoldsGrid = Callable[[Any, UUID, UUID], bool]
_grid_provider: list[HoldsGrid] = []


def register_grid_provider(holds_: HoldsGrid) -> None:
    _grid_provider[:] = [holds_]


def holds_grid(by: Any, village_id: UUID, grid_id: UUID) -> bool:
    """Whether this actor is the worker of that grid today."""
    return bool(_grid_provider) and _grid_provider[0](by, village_id, grid_id)
