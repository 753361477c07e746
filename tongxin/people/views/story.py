"""The history of a household in sentences, old to new."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tongxin.people.models import RegisterEntry, Relation, Residence, Sex


@dataclass(frozen=True)
class Change:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Line:
    """One entry; `changes` when something known was written over."""

    entry: RegisterEntry
    changes: list[Change] = field(default_factory=list)


def told(entries: Iterable[RegisterEntry]) -> list[Line]:
    return [Line(entry, _changes(entry)) for entry in entries]


def _changes(entry: RegisterEntry) -> list[Change]:
    labels = {
        "name": pgettext("person", "Name"),
        "sex": _("Sex"),
        "birth_year": _("Year of birth"),
        "phone": _("Telephone"),
        "relation": _("Relation to the head"),
        "residence": _("Residence"),
        "is_away": _("Home or away"),
        "house_name": _("House name"),
        "grid": _("Grid"),
        "group": _("Group"),
    }
    keys = [key for key in labels if key in entry.new and key in entry.old]
    return [Change(labels[key], _said(key, entry.old[key]), _said(key, entry.new[key])) for key in keys]


def _said(key: str, value: Any) -> str:
    """The value as a person reads it."""
    words: dict[str, Any] = {"sex": Sex, "relation": Relation, "residence": Residence}
    if key == "is_away":
        return _("Away") if value else _("At home")
    if key in words:
        return str(dict(words[key].choices).get(value, value))
    return str(value) or "—"
