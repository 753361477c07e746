"""Photos and voice memos of an issue: taken in with the words, developed by the worker."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tongxin.audit import actions as audit
from tongxin.casework import heif, photos, sounds, store
from tongxin.casework.actors import Calendar
from tongxin.casework.models import FileKind, FileState
from tongxin.casework.store import Upload
from tongxin.core import clock, inserting, outbox
from tongxin.core.errors import DomainError
from tongxin.issues.models import Issue, IssueFile


def attach(issue: Issue, uploads: Sequence[Upload], *, purpose: str) -> None:
    """Rows for what lies in the spool, and the word to the worker, in the caller's transaction."""
    for upload in uploads:
        row = IssueFile(
            village_id=issue.village_id,
            issue=issue,
            purpose=purpose,
            kind=upload.kind,
            stem=upload.stem,
            content_type=upload.content_type,
            size=upload.size,
            added_at=clock.now(),
        )
        inserting.insert(row)
        outbox.put("issues.develop", {"file": str(row.pk)}, village_id=issue.village_id)


@dataclass(frozen=True)
class Made:
    """A file that has been redrawn already and waits for its row."""

    upload: Upload
    width: int = 0
    height: int = 0
    size: int = 0


def develop_now(uploads: Sequence[Upload]) -> list[Made]:
    """For what is sealed: redrawn while the teller waits, so that the file as it came is gone before anything else is
    written, and no row of a queue says when.

    Raises:
        DomainError: one of them cannot be read; none is kept.
    """
    made: list[Made] = []
    try:
        for upload in uploads:
            if upload.kind == FileKind.PHOTO:
                drawn = photos.develop(upload.stem)
                made.append(Made(upload, drawn.width, drawn.height, drawn.size))
            else:
                made.append(Made(upload, size=sounds.keep(upload.stem)))
    except (photos.NotAPhoto, sounds.NotASound, heif.Unavailable) as error:
        for upload in uploads:
            store.remove(upload.stem)
        raise DomainError(_("One of the files could not be read. Take it away or choose another."), "photo1") from error
    return made


def keep(issue: Issue, made: Sequence[Made], *, purpose: str) -> None:
    """The rows for what was developed, in the caller's transaction."""
    for one in made:
        row = IssueFile(
            village_id=issue.village_id,
            issue=issue,
            purpose=purpose,
            kind=one.upload.kind,
            state=FileState.READY,
            stem=one.upload.stem,
            content_type=one.upload.content_type,
            size=one.size,
            width=one.width,
            height=one.height,
            added_at=clock.now(),
        )
        inserting.insert(row)


def discard(made: Sequence[Made]) -> None:
    """Nothing has come to hang on them."""
    for one in made:
        store.remove(one.upload.stem)


def date_back(made: Sequence[Made], moment: datetime) -> None:
    for one in made:
        store.date_back(one.upload.stem, moment)


def develop_file(payload: dict[str, Any]) -> None:
    """Outbox handler: redraw a photo, move a memo; what cannot be read is marked so. Repeating it does no harm."""
    row = IssueFile._base_manager.filter(pk=payload["file"]).first()
    if row is None or row.state != FileState.WAITING:
        return
    changes: dict[str, Any]
    try:
        if row.kind == FileKind.PHOTO:
            made = photos.develop(row.stem)
            changes = {"state": FileState.READY, "width": made.width, "height": made.height, "size": made.size}
        else:
            changes = {"state": FileState.READY, "size": sounds.keep(row.stem)}
    except (photos.NotAPhoto, sounds.NotASound):
        changes = {"state": FileState.REFUSED}
    with audit.together():
        if IssueFile._base_manager.filter(pk=row.pk, state=FileState.WAITING).update(**changes):
            audit.record("issues.develop", by=Calendar("issues.develop"), about=row)


def sweep_spool() -> None:
    """Take away uploads whose report was never handed in: a day old, and no row knows them."""

    def known(stems: Collection[str]) -> set[str]:
        return set(IssueFile._base_manager.filter(stem__in=stems).values_list("stem", flat=True))

    store.sweep(known, older_than=timedelta(days=1))
