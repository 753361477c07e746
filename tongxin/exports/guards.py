"""What the database refuses of an export of many persons, whoever asks (R20). NEW is the row that comes."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from tongxin.core import triggers

_ASKED = "FROM exports_export x WHERE x.id = NEW.export_id AND x.village_id = NEW.village_id"
_AGREED = (
    "FROM exports_exportentry e WHERE e.export_id = NEW.export_id AND e.village_id = NEW.village_id"
    " AND e.step = 'agree'"
)


def _rules(_dialect: str) -> list[tuple[str, str]]:
    """Conditions that must not be true, and what is said when one is; the same on both databases."""
    word, take = "NEW.step IN ('agree', 'refuse')", "NEW.step = 'take'"
    return [
        (f"NOT EXISTS (SELECT 1 {_ASKED})", "export: nobody of this village has asked"),
        (
            f"{word} AND NOT EXISTS (SELECT 1 {_ASKED} AND NEW.at >= x.at AND NEW.at < x.ends_at)",
            "export: it waits for no word any more",
        ),
        (
            f"{word} AND EXISTS (SELECT 1 {_ASKED} AND (x.by_id = NEW.by_id OR x.body_id = NEW.body_id))",
            "export: one body is not two",
        ),
        (f"{take} AND NOT EXISTS (SELECT 1 {_AGREED})", "export: two bodies have not agreed"),
        (
            f"{take} AND NOT EXISTS (SELECT 1 {_AGREED} AND NEW.at >= e.at AND NEW.at < e.ends_at)",
            "export: the hours are over",
        ),
        (
            f"{take} AND NOT EXISTS (SELECT 1 {_ASKED} AND x.by_id = NEW.by_id)",
            "export: only whoever asked takes it",
        ),
    ]


def guards(connection: BaseDatabaseWrapper, known: set[str]) -> Iterable[triggers.Trigger]:
    """Asked before each insert, on both databases."""
    yield triggers.before_insert(
        "tx_exports_exportentry_two",
        "exports_exportentry",
        _rules,
        frozenset({"exports_exportentry.step", "exports_export.body_id"}),
    )
