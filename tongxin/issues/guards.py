"""What the database refuses of an envelope's opening, whoever asks (R27). NEW is the row that comes."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from tongxin.core import triggers
from tongxin.core.triggers import Trigger

_ASKED = "FROM issues_unsealing u WHERE u.id = NEW.unsealing_id AND u.village_id = NEW.village_id"
_AGREED = (
    "FROM issues_unsealingentry e WHERE e.unsealing_id = NEW.unsealing_id AND e.village_id = NEW.village_id"
    " AND e.step = 'agree'"
)
_OUTSIDE = {  # SQLite to the second, and rather too early than too late
    "sqlite": "(NEW.at < u.at OR datetime(NEW.at) >= datetime(u.at, '+72 hours'))",
    "postgres": "(NEW.at < u.at OR NEW.at >= u.at + interval '72 hours')",
}


def _rules(dialect: str) -> list[tuple[str, str]]:
    """Conditions that must not be true, and what is said when one is."""
    return [
        (f"NOT EXISTS (SELECT 1 {_ASKED})", "unsealing: nobody of this village has asked"),
        (f"EXISTS (SELECT 1 {_ASKED} AND {_OUTSIDE[dialect]})", "unsealing: the hours are over"),
        (
            "NEW.step IN ('agree', 'refuse') AND EXISTS"
            f" (SELECT 1 {_ASKED} AND (u.by_id = NEW.by_id OR u.body_id = NEW.body_id))",
            "unsealing: one body is not two",
        ),
        (f"NEW.step = 'read' AND NOT EXISTS (SELECT 1 {_AGREED})", "unsealing: two bodies have not agreed"),
        (
            f"NEW.step = 'read' AND NOT EXISTS (SELECT 1 {_ASKED} AND u.by_id = NEW.by_id)"
            f" AND NOT EXISTS (SELECT 1 {_AGREED} AND e.by_id = NEW.by_id)",
            "unsealing: only the two who agreed read it",
        ),
    ]


def guards(connection: BaseDatabaseWrapper, known: set[str]) -> Iterable[Trigger]:
    """Asked before each insert, on both databases."""
    yield triggers.before_insert(
        "tx_issues_unsealingentry_two",
        "issues_unsealingentry",
        _rules,
        frozenset({"issues_unsealingentry.step", "issues_unsealing.body_id"}),
    )
