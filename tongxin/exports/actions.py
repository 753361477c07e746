"""A list of many persons goes out (R20): one asks and gives a reason, another body agrees or refuses, it is made once.

Every step is a row that stays and one entry in the audit chain.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.audit.models import Why
from tongxin.bodies import queries as bodies
from tongxin.core import clock, exporting, holding, sentences
from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.exports import access, queries
from tongxin.exports.models import Export, ExportEntry
from tongxin.exports.queries import Request, State
from tongxin.territory.models import Village

NOT_YOURS = _("This step is not yours to take.")
GONE = _("Somebody was quicker: this request has moved on. Please look again.")
OVER = _("The time is over. Whoever needs the list asks anew.")
TAKEN = _("It has been taken already; it goes out once. Whoever needs it again asks anew.")
NO_SECOND = _(
    "Nobody of another body is there who could agree, so it does not go out. Ask the township to name an officer."
)


@dataclass(frozen=True)
class Wanted:
    """An export as its own page makes it: how that page is asked, what it is called, how many persons it names."""

    method: str
    path: str
    query: str
    title: str
    persons: int


def ask_export(village: Village, wanted: Wanted, *, by: User, reason: str) -> Export:
    """Ask to take a list out; whoever asks has agreed for their own body.

    Raises:
        NotAllowed: no post signs. WrongStatus: asked already. DomainError: no reason, or nobody could agree.
    """
    first = access.signer(by, village.pk)
    if first is None:
        raise NotAllowed(NOT_YOURS)
    reason = sentences.reason(reason, "reason")
    if not access.could_be_agreed(by, village):
        raise DomainError(NO_SECOND)
    with audit.together():
        if any(is_same(one, wanted) for one in queries.running(village.pk, by=by)):
            raise WrongStatus(_("You have asked for this list already. See what becomes of that first."))
        signed = bodies.signed(by, first, village.pk)
        asked = Export(**signed, **vars(wanted), reason=reason, ends_at=signed["at"] + Export.WAITS)
        asked.save(force_insert=True)
        data = {"body": first.body_id, "persons": wanted.persons}
        audit.record("exports.ask", by=by, about=asked, data=data)
    return asked


def is_same(request: Request, wanted: Wanted) -> bool:
    asked = request.asked
    return (asked.method, asked.path, asked.query) == (wanted.method, wanted.path, wanted.query)


def agree_export(request: Request, *, by: User, words: str) -> ExportEntry:
    """Agree for the second body; from now on whoever asked may take it once, until the hours are over.

    Raises:
        NotAllowed: of the same body, or not theirs. WrongStatus: spoken already, or too late. DomainError: no words.
    """
    return _say(ExportEntry.Step.AGREE, request, by=by, words=words)


def refuse_export(request: Request, *, by: User, words: str) -> ExportEntry:
    """Refuse for the second body. That ends the request; raises the same as `agree_export`."""
    return _say(ExportEntry.Step.REFUSE, request, by=by, words=words)


def _say(step: ExportEntry.Step, request: Request, *, by: User, words: str) -> ExportEntry:
    asked, second = request.asked, access.second_signer(by, request)
    if second is None:
        raise NotAllowed(NOT_YOURS)
    words = sentences.reason(words, "words")
    with audit.together():
        now = _held(asked)
        if now.state != State.ASKED:
            raise WrongStatus(OVER if now.state == State.LAPSED else GONE)
        signed = bodies.signed(by, second, asked.village_id)
        ends_at = signed["at"] + hours() if step == ExportEntry.Step.AGREE else None
        entry = ExportEntry(**signed, export=asked, step=step, note=words, ends_at=ends_at)
        entry.save(force_insert=True)
        audit.record(f"exports.{step}", by=by, about=asked, data={"body": second.body_id})
    return entry


def hours() -> timedelta:
    """For how long it may be taken after the second body has agreed: what the setting says, within reason."""
    return min(max(timedelta(hours=settings.EXPORT_HOURS), timedelta(hours=1)), Export.WAITS)


def take_export(request: Request, *, by: User) -> ExportEntry:
    """On record first; whoever calls makes the list in the same transaction.

    Raises:
        NotAllowed: not who asked. WrongStatus: not agreed, taken already, or the hours are over.
    """
    asked = request.asked
    if not access.can_take(by, request):
        raise NotAllowed(NOT_YOURS)
    with audit.together():
        now = _held(asked)
        if now.state != State.READY:
            said = {State.ASKED: _("The other body has not agreed yet."), State.TAKEN: TAKEN}
            raise WrongStatus(said.get(now.state, OVER))
        names = ("by_name", "post_id", "by_post", "body_id", "by_body")
        signed = {"by": by, "at": clock.now(), **{name: getattr(asked, name) for name in names}}
        entry = ExportEntry(village_id=asked.village_id, export=asked, step=ExportEntry.Step.TAKE, **signed)
        entry.save(force_insert=True)
        data = {"persons": asked.persons}
        audit.reading("exports.take", by=by, about=asked, fields=("name",), why=Why.AGREED, data=data)
    return entry


def turned_away(asked: Export, step: str, *, by: User) -> None:
    """Leave an entry of a press that was refused (T09)."""
    with audit.together():
        audit.record("exports.denied", by=by, about=asked, data={"step": step})


def must_cover(asked: Export, leaving: exporting.Leaving) -> None:
    """What was agreed to is what goes out: not a list that names more.

    Raises:
        WrongStatus: it has grown.
    """
    if leaving.persons > asked.persons:
        raise WrongStatus(_("The list names more persons by now than were agreed to. Ask for it anew."))


def _held(asked: Export) -> Request:
    """One at a time: whoever presses in the same moment waits here and then sees what the first has done."""
    holding.hold(Export._base_manager.filter(pk=asked.pk, village_id=asked.village_id))
    holding.after_check()
    now = queries.request(asked.village_id, asked.pk)
    if now is None:
        raise NotAllowed(NOT_YOURS)
    return now
