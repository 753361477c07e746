"""The verbs of the chain: leave an entry for a write, for a reading."""

from tongxin.audit.actions.appending import record, together
from tongxin.audit.actions.readings import reading, reason

__all__ = ["reading", "reason", "record", "together"]
