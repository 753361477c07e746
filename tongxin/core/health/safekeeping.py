"""Whether there is a backup that would come back: its age, its second place, the last drill (R52, R53)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from tongxin.core import clock, site
from tongxin.core.health import Finding, State, register
from tongxin.core.health.work import said
from tongxin.core.keeping import retention
from tongxin.core.models import Upkeep, UpkeepKind

BACKUP_AFTER = timedelta(hours=26)
DRILL_AFTER = timedelta(days=35)


def last(kind: UpkeepKind, *, ok: bool | None = None) -> Upkeep | None:
    rows = Upkeep.objects.filter(kind=kind).order_by("-at", "-id")
    return (rows if ok is None else rows.filter(is_ok=ok)).first()


def is_watched() -> bool:
    """A copy makes no backups, and a demonstration is made anew instead."""
    row = site.state()
    return not site.is_muted() and not (row is not None and row.is_demo)


def backups() -> Iterator[Finding]:
    name = _("Backup")
    if not is_watched():
        words = _("Nobody backs this up by itself: it is a demonstration or a restored copy.")
        yield Finding(name, State.OK, words)
        return
    newest, good = last(UpkeepKind.BACKUP), last(UpkeepKind.BACKUP, ok=True)
    mend = _("Run: tongxin backup. It says what is in the way.")
    if good is None:
        yield Finding(name, State.FAULT, _("There is no backup yet."), mend)
        return
    words = _("Last made at %(moment)s, %(size)s MB.") % {
        "moment": said(good.at),
        "size": f"{good.facts.get('size', 0) / 1e6:.1f}",
    }
    if not (Path(good.facts.get("folder", settings.BACKUPS)) / str(good.facts.get("path", ""))).is_file():
        gone = _("The archive is no longer there.")
        yield Finding(name, State.FAULT, f"{words} {gone}", mend)
    elif clock.now() - good.at > BACKUP_AFTER:
        yield Finding(name, State.FAULT, words, mend)
    elif newest is not None and not newest.is_ok:
        broke = _("The last try failed: %(words)s") % {"words": newest.words}
        yield Finding(name, State.LATE, f"{words} {broke}", mend)
    else:
        yield Finding(name, State.OK, words)
    yield _second_place(good)


def _second_place(good: Upkeep) -> Finding:
    name = _("Second place of the backups")
    mend = _("Name a folder on another disk or machine with TONGXIN_BACKUP_COPY.")
    if not settings.BACKUPS_COPY:
        words = _("There is none: a fire or a thief takes the site and its backups together.")
        return Finding(name, State.LATE, words, mend)
    found = {path.name for path in retention.archives(Path(settings.BACKUPS_COPY))}
    if good.facts.get("path") not in found:
        words = _("The newest archive is not there.")
        return Finding(name, State.FAULT, words, _("Is the disk mounted? Then run: tongxin backup"))
    return Finding(name, State.OK, _("It has the newest archive."))


def drills() -> Iterator[Finding]:
    name = _("Restore drill")
    newest, good = last(UpkeepKind.DRILL), last(UpkeepKind.DRILL, ok=True)
    mend = _("Run: tongxin restore --drill. It says what is in the way.")
    if newest is not None and not newest.is_ok:
        words = _("The drill of %(moment)s failed: %(words)s") % {"moment": said(newest.at), "words": newest.words}
        yield Finding(name, State.FAULT if is_watched() else State.LATE, words, mend)
    elif good is None:
        first = Upkeep.objects.filter(kind=UpkeepKind.BACKUP, is_ok=True).order_by("at").first()
        is_old = first is not None and clock.now() - first.at > DRILL_AFTER
        state = State.OK if not is_watched() else State.FAULT if is_old else State.LATE
        yield Finding(name, state, _("There has been none yet."), mend if is_watched() else "")
    else:
        words = _("The one of %(moment)s went well: %(tables)s tables, %(rows)s rows, %(files)s files.") % {
            "moment": said(good.at),
            **{key: good.facts.get(key, 0) for key in ("tables", "rows", "files")},
        }
        is_old = is_watched() and clock.now() - good.at > DRILL_AFTER
        yield Finding(name, State.FAULT, words, mend) if is_old else Finding(name, State.OK, words)


def copy() -> Iterator[Finding]:
    """Whether this is the live site at all."""
    name = _("Live site")
    if not site.is_muted():
        yield Finding(name, State.OK, _("Messages and jobs go out from here."))
        return
    mend = _("When the old site is switched off: tongxin site --live, or the button on this page.")
    yield Finding(name, State.LATE, _("Muted: a restored copy. It sends nothing and runs no jobs."), mend)


register("site", copy)
register("backup", backups)
register("drill", drills)
