"""The verbs of the chain: leave an entry for a write or a reading; hand its head out; look it over; seal it."""

from tongxin.audit.actions.anchors import anchor, anchor_everywhere, hand_over
from tongxin.audit.actions.appending import record, together
from tongxin.audit.actions.checks import check, check_everywhere, check_one, seal
from tongxin.audit.actions.readings import reading, reason

__all__ = [
    "anchor",
    "anchor_everywhere",
    "check",
    "check_everywhere",
    "check_one",
    "hand_over",
    "reading",
    "reason",
    "record",
    "seal",
    "together",
]
