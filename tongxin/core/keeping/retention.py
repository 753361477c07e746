"""Seven daily, five weekly, twelve monthly (R52). Only names are read; what is no archive of ours is left alone."""

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

DAILY, WEEKLY, MONTHLY = 7, 5, 12
NAME = re.compile(r"tongxin-(\d{8}T\d{9})Z-[0-9a-f]{6}\.txb")


def new_name(moment: datetime) -> str:
    """Without the ending; to the millisecond, so that names lie in the order in which they were made."""
    moment = moment.astimezone(UTC)
    return f"tongxin-{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03}Z-{secrets.token_hex(3)}"


def made_at(name: str) -> datetime | None:
    """The moment in an archive's name; None for other files."""
    found = NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%dT%H%M%S%f").replace(tzinfo=UTC) if found else None


def kept(names: Iterable[str]) -> set[str]:
    """The newest of each of the last seven days, five weeks and twelve months that have one."""
    dated = sorted(((moment, name) for name in names if (moment := made_at(name))), reverse=True)
    found: set[str] = set()
    for how_many, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-W%V"), (MONTHLY, "%Y-%m")):
        seen: dict[str, str] = {}
        for moment, name in dated:
            seen.setdefault(moment.strftime(period), name)
        found.update(list(seen.values())[:how_many])
    return found


def archives(folder: Path) -> list[Path]:
    """Newest last."""
    return sorted(path for path in folder.glob("*.txb") if made_at(path.name))


def thin_out(folder: Path) -> list[str]:
    """Remove what has had its time, with the file beside it; the names."""
    paths = archives(folder)
    stay = kept(path.name for path in paths)
    removed = []
    for path in paths:
        if path.name not in stay:
            path.unlink(missing_ok=True)
            path.with_suffix(".anchor.json").unlink(missing_ok=True)
            removed.append(path.name)
    return removed
