"""Who may open the rows behind a figure. The figures themselves are everybody's."""

from uuid import UUID

from tongxin.bodies import queries as bodies
from tongxin.reports.indicators.kinds import Indicator, Sensitivity


def can_open_rows(user: object, village_id: UUID, indicator: Indicator) -> bool:
    """What stands in public anyway: everybody. Rows about households and people: staff of this village."""
    return indicator.sensitivity is Sensitivity.OPEN or bool(bodies.held(user, village_id))
