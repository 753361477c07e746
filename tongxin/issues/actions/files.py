"""Photos and voice memos of an issue: taken in with the words, developed by the worker."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from tongxin.audit import actions as audit
from tongxin.casework import photos, sounds, store
from tongxin.casework.actors import Calendar
from tongxin.casework.models import FileKind, FileState
from tongxin.casework.store import Upload
from tongxin.core import clock, inserting, outbox
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
