"""The handler fulfils: writes what happens, answers with a photo of the result, or gives it back with a reason."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.casework.store import Upload
from tongxin.core import clock, idempotency, messages, outbox
from tongxin.core.errors import DomainError
from tongxin.issues.actions.files import attach
from tongxin.issues.models import Issue, IssueEntry, IssueFile
from tongxin.issues.wording import clean_reply
from tongxin.issues.workflow import ISSUE


def note(issue: Issue, *, by: Actor, text: str, key: str = "") -> IssueEntry | None:
    """Write down what happened on the way; the teller reads it. None when this press had come before."""
    text = clean_reply(text, field="text")
    with audit.together():
        claim = idempotency.claim(
            village_id=issue.village_id,
            actor=str(by.pk) if isinstance(by, User) else "",
            operation="issues.note",
            key=key,
            body={"issue": str(issue.pk), "text": text},
            response={},
        )
        return None if claim.replayed else ISSUE.take("note", issue, by=by, note=text)  # type: ignore[return-value]


def hand_back(issue: Issue, *, by: Actor, reason: str) -> IssueEntry:
    """'I cannot do this', with a reason; the council dispatches anew. Nobody is blamed."""
    reason = reason.strip()
    if not reason:
        raise DomainError(_("Write why, so that the council can find another way."), field="reason")
    post = issue.handler_post.title if issue.handler_post else ""
    return ISSUE.take("hand_back", issue, by=by, note=reason, data={"post": post}, handler_post=None)  # type: ignore[return-value]


def answer(issue: Issue, *, by: Actor, reply: str, photos: Sequence[Upload] = ()) -> IssueEntry:
    """Say what was done; a photo helps and is never required. The teller is asked for a yes or no."""
    reply = clean_reply(reply)
    now = clock.now()
    with audit.together():
        entry = ISSUE.take(
            "answer",
            issue,
            by=by,
            note=reply,
            data={"photos": len(photos)},
            reply=reply,
            answered_at=now,
            first_answered_at=issue.first_answered_at or now,
        )
        attach(issue, photos, purpose=IssueFile.Purpose.RESULT)
        outbox.put(
            "issues.tell_tellers",
            {"issue": str(issue.pk), "entry": str(entry.pk)},
            issue.village_id,
            messages.next_waking_moment(),
        )
    return entry  # type: ignore[return-value]
