"""The plan of the demonstration's matters, read from `matters.toml`."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

PLAN = Path(__file__).with_name("matters.toml")


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One matter, from its words to its end. `told` is local wall time; `days` runs from telling to the answer."""

    key: str
    category: str
    words: str
    title: str = ""
    told: str = ""
    path: str = ""
    place: str = ""
    group: int = 0
    post: str = ""
    reply: str = ""
    channel: str = "code"
    kind: str = "hard"
    days: int = 6
    note: str = ""
    order: str = ""  # what a sealed matter's handler is told instead of its words
    photo: str = ""
    voices: int = 0
    ago: int = 0
    due: int = 0
    stage: str = ""

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.told)


def plan() -> dict[str, list[Matter]]:
    """By section: solved, merged, working, sent_on, near_misses, fresh."""
    raw: dict[str, list[dict[str, Any]]] = tomllib.loads(PLAN.read_text())
    return {section: [Matter(**row) for row in rows] for section, rows in raw.items()}
