"""What the teller of a sealed matter does with the receipt: says more, says done or not yet. Written by the day."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction

from tongxin.casework.actors import Teller
from tongxin.casework.models import Channel
from tongxin.casework.store import Upload
from tongxin.core import idempotency, quiet
from tongxin.core.errors import DomainError
from tongxin.issues import queries
from tongxin.issues.actions import verdict
from tongxin.issues.actions.files import date_back, develop_now, discard, keep
from tongxin.issues.models import Issue, IssueEntry, IssueFile
from tongxin.issues.wording import NOTHING_SAID
from tongxin.issues.workflow import ISSUE


@contextmanager
def by_the_day(issue: Issue) -> Iterator[datetime]:
    """By the day, and behind what has happened already."""
    last = queries.last_entries(issue, 1)
    with quiet.by_the_day(issue.village.tz, last[0].at if last else None) as at:
        yield at


def add(issue: Issue, *, by: Teller, words: str, uploads: Sequence[Upload] = (), key: str = "") -> IssueEntry | None:
    """Say more. None when this press had come before.

    Raises:
        DomainError: nothing was said, or a file cannot be read. WrongStatus: it is closed by now.
    """
    words = words.strip()
    if not words and not uploads:
        raise DomainError(NOTHING_SAID, field="words")
    made = develop_now(uploads)
    entry = None
    try:
        with by_the_day(issue) as at, transaction.atomic():
            claim = idempotency.claim(
                village_id=issue.village_id,
                actor="",
                operation="issues.add",
                key=key,
                body={"issue": str(issue.pk), "words": words, "files": len(uploads)},
                response={},
            )
            if not claim.replayed:
                entry = ISSUE.take("add", issue, by=by, channel=Channel.PAGE, note=words, data={"files": len(made)})
                keep(issue, made, purpose=IssueFile.Purpose.TOLD)
    finally:
        if entry is None:
            discard(made)
    date_back(made, at)
    return entry  # type: ignore[return-value]


def judge(issue: Issue, *, by: Teller, is_done: bool, note: str = "") -> IssueEntry:
    """'It is done', or 'not yet'."""
    with by_the_day(issue):
        return verdict.confirm(issue, by=by, note=note) if is_done else verdict.not_yet(issue, by=by, note=note)
