"""Two bodies open an envelope (R27): one asks and agrees thereby, another agrees or refuses, both read for 72 hours.

Every step is a row that stays and an entry in the audit chain; the teller reads each of them with the receipt.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.audit.models import Why
from tongxin.bodies import queries as bodies
from tongxin.casework import revealing
from tongxin.core import clock, holding, sentences
from tongxin.core.errors import DomainError, NotAllowed, TooMany, WrongStatus
from tongxin.issues import access, queries
from tongxin.issues.models import Issue, Unsealing, UnsealingEntry
from tongxin.issues.queries import Opening, State

CASE_NUMBER_LENGTH = 40
NOT_YOURS = _("This step is not yours to take.")
GONE = _("Somebody was quicker: this request has moved on. Please look again.")
OVER = _("The 72 hours are over. It stays shut; whoever needs it asks anew.")
NO_SECOND = _(
    "Nobody of another body is there who could agree, so it cannot be opened here. Ask the township to name an officer."
)


@dataclass(frozen=True)
class Opened:
    """What the envelope held, in clear; "" for what was not left or cannot be read."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    household: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        return bool(self.name or self.phone or self.household)


def ask_unsealing(issue: Issue, *, by: User, reason: str, case_number: str) -> Unsealing:
    """Ask that it be opened who told a sealed matter; whoever asks has agreed for their own body.

    Raises:
        NotAllowed: not theirs to ask. WrongStatus: a request is under way. DomainError: no reason, no case number, a
        number in the words, or nobody is there for the second body.
    """
    first = access.signer(by, issue)
    if first is None:
        raise NotAllowed(NOT_YOURS)
    if not issue.is_sealed:
        raise DomainError(_("This matter is not sealed: there is no envelope."))
    reason, case_number = sentences.reason(reason, "reason"), " ".join(case_number.split())
    if not case_number or len(case_number) > CASE_NUMBER_LENGTH:
        raise DomainError(_("Write the case number, so that anybody can look it up."), field="case_number")
    if not access.could_be_agreed(by, issue, first):
        raise DomainError(NO_SECOND)
    with audit.together():
        _hold(issue)
        if any(one.is_running for one in queries.openings_of(issue)):
            raise WrongStatus(_("Somebody has asked already. See what becomes of that first."))
        asked = Unsealing(
            **bodies.signed(by, first, issue.village_id), issue=issue, reason=reason, case_number=case_number
        )
        asked.save(force_insert=True)
        audit.record("issues.unseal", by=by, about=issue, data={"unsealing": asked.pk, "body": first.body_id})
    return asked


def agree_unsealing(opening: Opening, *, by: User, words: str) -> UnsealingEntry:
    """Agree for the second body; from now on the two may read, until the hours are over.

    Raises:
        NotAllowed: of the same body, or not theirs. WrongStatus: spoken already, the hours are over, or whoever asked
        may ask no more. DomainError: no words.
    """
    return _say(UnsealingEntry.Step.AGREE, opening, by=by, words=words)


def refuse_unsealing(opening: Opening, *, by: User, words: str) -> UnsealingEntry:
    """Refuse for the second body. That ends the request; raises the same as `agree_unsealing`."""
    return _say(UnsealingEntry.Step.REFUSE, opening, by=by, words=words)


def _say(step: UnsealingEntry.Step, opening: Opening, *, by: User, words: str) -> UnsealingEntry:
    asked = opening.asked
    issue, second = asked.issue, access.second_signer(by, opening)
    if second is None:
        raise NotAllowed(NOT_YOURS)
    words = sentences.reason(words, "words")
    with audit.together():
        issue = _hold(issue)
        now = queries.opening(asked.village_id, asked.pk)
        if now is None or now.state == State.LAPSED:
            raise WrongStatus(OVER)
        if now.state != State.ASKED:
            raise WrongStatus(GONE)
        if step == UnsealingEntry.Step.AGREE and access.signer(now.asked.by, issue) is None:
            raise WrongStatus(_("Whoever asked may not ask any more. It stays shut."))
        entry = UnsealingEntry(**bodies.signed(by, second, issue.village_id), unsealing=asked, step=step, note=words)
        entry.save(force_insert=True)
        data = {"unsealing": asked.pk, "body": second.body_id}
        audit.record(f"issues.unseal_{step}", by=by, about=issue, data=data)
    return entry


def read_envelope(opening: Opening, *, by: User) -> Opened:
    """What the teller left, for one of the two who agreed: on record first, then open.

    Raises:
        NotAllowed: not one of the two. WrongStatus: not agreed, or the hours are over. TooMany: enough for one day.
    """
    asked, mine = opening.asked, opening.signed_by(by.pk)
    if mine is None or not access.can_read_envelope(by, opening):
        raise NotAllowed(NOT_YOURS)
    if opening.state != State.OPEN or asked.is_over(clock.now()):
        raise WrongStatus(OVER if opening.is_agreed else _("The other office has not agreed yet."))
    envelope = queries.envelope(asked.issue)
    secrets = (envelope.name, envelope.phone) if envelope is not None else ()
    fields, about = ("name", "phone", "household"), asked.issue
    signed = {name: getattr(mine, name) for name in ("by_name", "post_id", "by_post", "body_id", "by_body")}
    step = {"unsealing": asked, "step": UnsealingEntry.Step.READ, "at": clock.now(), "by": by}
    texts, enough = [], None
    with audit.together():
        try:
            texts = revealing.reveal_for(
                "issues.unseal_read", secrets, by=by, about=about, fields=fields, why=Why.AGREED
            )
            UnsealingEntry(village_id=asked.village_id, **signed, **step).save(force_insert=True)
        except TooMany as error:  # its entry stays
            enough = error
    if enough is not None:
        raise enough
    if envelope is None:
        return Opened()
    name = envelope.told_by.name if envelope.told_by is not None else texts[0]
    return Opened(name, texts[1], str(envelope.household) if envelope.household is not None else "")


def turned_away(issue: Issue, step: str, *, by: User) -> None:
    """Leave an entry of a press at an envelope that was refused (T09)."""
    with audit.together():
        audit.record("issues.unseal_denied", by=by, about=issue, data={"step": step})


def _hold(issue: Issue) -> Issue:
    """One at a time: whoever presses in the same moment waits here and then sees what the first has done."""
    held = holding.hold(Issue._base_manager.filter(pk=issue.pk, village_id=issue.village_id))
    holding.after_check()
    return held
