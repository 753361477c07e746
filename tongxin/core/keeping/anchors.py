"""What every backup says in the clear about how far things had come, so that a restore of an older one knows.

Heads and counts only, never contents: the file beside each archive may be mailed, printed, carried by hand (R13, R54).
An app says in `ready()` what it counts, and what it does when its numbers go back in time.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from tongxin.core import clock
from tongxin.core.models import Counter

Leap = dict[str, Any]
_Key = tuple[UUID | None, str, int]


@dataclass(frozen=True)
class Anchor:
    """`now()` is JSON about this moment; `catch_up(heard)` brings a restored database past what later anchors said,
    and answers which numbers it left out."""

    name: str
    now: Callable[[], Any]
    catch_up: Callable[[Sequence[Any]], list[Leap]]


_anchors: dict[str, Anchor] = {}


def register(name: str, now: Callable[[], Any], catch_up: Callable[[Sequence[Any]], list[Leap]]) -> None:
    _anchors[name] = Anchor(name, now, catch_up)


def all_now() -> dict[str, Any]:
    """What goes beside the archive."""
    return {name: anchor.now() for name, anchor in sorted(_anchors.items())}


def heard(folders: Sequence[Path], site_id: str) -> list[dict[str, Any]]:
    """The anchors of this site that lie beside the archives in these folders; a broken file is passed over."""
    found = []
    for path in sorted({path.resolve() for folder in folders for path in folder.glob("*.anchor.json")}):
        try:
            told = json.loads(path.read_text("utf-8"))
            if told["site"] == site_id:
                found.append(dict(told["anchors"]))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def catch_up(told: Sequence[dict[str, Any]]) -> list[Leap]:
    """In the restored database: go past everything that was ever anchored, and past what no anchor knows."""
    with transaction.atomic():
        return [
            leap
            for name, anchor in sorted(_anchors.items())
            for leap in anchor.catch_up([one[name] for one in told if name in one])
        ]


# --- the counters -------------------------------------------------------------------------------------------------
SPARE = 50  # numbers that may have been given out after the last anchor
ROUND = 100


def _counters() -> dict[str, int]:
    rows = Counter.objects.values_list("village_id", "name", "year", "value")
    return {f"{village or ''}/{name}/{year}": value for village, name, year, value in rows}


def _past(told: Sequence[Any]) -> list[Leap]:
    """The newest year of every counter goes on at the next hundred with fifty to spare: no number twice on paper.

    A counter that began after the backup is begun here, so that the new year does not start at 1 a second time.
    """
    have = {(row.village_id, row.name, row.year): row for row in Counter.objects.select_for_update()}
    highest: dict[_Key, int] = {key: row.value for key, row in have.items()}
    for one in told:
        for text, value in dict(one).items():
            village, _, rest = text.partition("/")
            name, _, year = rest.rpartition("/")
            key = (UUID(village) if village else None, name, int(year))
            highest[key] = max(highest.get(key, 0), int(value))
    this_year = clock.today().year
    newest = {(village, name): 0 for village, name, _year in highest}
    for village, name, year in highest:
        newest[village, name] = max(newest[village, name], year)
    for (village, name), year in newest.items():
        if 2000 < year < this_year:
            highest[village, name, this_year] = 0
            newest[village, name] = this_year
    leaps = []
    for (village, name), year in sorted(newest.items(), key=str):
        key = (village, name, year)
        row = have.get(key) or Counter(village_id=village, name=name, year=year, value=0)
        value = -(-(highest[key] + SPARE) // ROUND) * ROUND
        leaps.append({"name": name, "year": year, "from": row.value + 1, "to": value})
        row.value = value
        row.save()
    return leaps


register("counters", _counters, _past)
