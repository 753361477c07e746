"""Matters and their stories; what keeps a teller unknown."""

from tongxin.issues.models.council import CategoryHandler, Sitting, SittingItem
from tongxin.issues.models.matters import (
    GROUPS,
    PRESSING,
    UPWARDS,
    Category,
    Issue,
    IssueEntry,
    IssueFile,
    IssueQuerySet,
    Kind,
    PartQuerySet,
    Recusal,
    RecusedBecause,
    Route,
    Status,
    Voice,
)
from tongxin.issues.models.sealing import Envelope, Unsealing, UnsealingEntry

__all__ = [
    "GROUPS",
    "PRESSING",
    "UPWARDS",
    "Category",
    "CategoryHandler",
    "Envelope",
    "Issue",
    "IssueEntry",
    "IssueFile",
    "IssueQuerySet",
    "Kind",
    "PartQuerySet",
    "Recusal",
    "RecusedBecause",
    "Route",
    "Sitting",
    "SittingItem",
    "Status",
    "Unsealing",
    "UnsealingEntry",
    "Voice",
]
