"""What pages say of the requests to open an envelope: the matter's panel, the lists, the teller's lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from tongxin.core.templatetags.look import day, moment
from tongxin.issues import access, queries
from tongxin.issues.forms.unsealing import AskForm
from tongxin.issues.models import Issue
from tongxin.issues.queries import Opening, State
from tongxin.issues.views.working import StaffRequest


@dataclass(frozen=True)
class Request:
    """A request as the desk reads it."""

    opening: Opening
    sentence: str
    url: str
    is_mine: bool  # this user is the one who has to do something


@dataclass(frozen=True)
class Panel:
    """On a sealed matter's page: what was asked, and the form for whoever may ask now."""

    requests: list[Request]
    form: AskForm | None
    url: str
    is_open: bool = False  # the form came back


def request_of(request: StaffRequest, opening: Opening) -> Request:
    url = reverse("issues:unsealing", args=[opening.asked.pk])
    return Request(opening, sentence(opening), url, is_for(request, opening))


def is_for(request: StaffRequest, opening: Opening) -> bool:
    """Whether it waits for this user: to speak, or to read for the first time."""
    if opening.state == State.ASKED:
        return access.second_signer(request.user, opening) is not None
    has_read = any(entry.by_id == request.user.pk for entry in opening.reads)
    return opening.state == State.OPEN and not has_read and access.can_read_envelope(request.user, opening)


def seen(request: StaffRequest, openings: Sequence[Opening]) -> list[Request]:
    """Those that this user may know of."""
    return [request_of(request, one) for one in openings if access.can_see_opening(request.user, one)]


def waiting(request: StaffRequest) -> list[Request]:
    """For today's page: what waits for this user."""
    if not request.held.may("issues.unsealers"):
        return []
    return [one for one in seen(request, queries.running(request.village.pk)) if one.is_mine]


def panel(request: StaffRequest, issue: Issue, form: AskForm | None = None) -> Panel | None:
    """None for a matter that is not sealed, and for whoever neither asks nor agrees."""
    if not issue.is_sealed or not request.held.may("issues.unsealers"):
        return None
    requests = seen(request, queries.openings_of(issue))
    may_ask = access.signer(request.user, issue) is not None
    if not requests and not may_ask:
        return None
    asks = may_ask and not any(one.opening.is_running for one in requests)
    fresh = (form or AskForm(issue=issue, auto_id="id_unseal_%s")) if asks or form else None
    return Panel(requests, fresh, reverse("issues:unseal", args=[issue.number]), form is not None)


# --- sentences ----------------------------------------------------------------------------------------------------
def sentence(opening: Opening) -> str:
    """How a request stands, for the desk."""
    asked, word = opening.asked, opening.word
    values = {
        "body": asked.by_body,
        "at": moment(asked.at),
        "until": moment(asked.ends_at),
        "other": word.by_body if word is not None else "",
        "then": moment(word.at) if word is not None else "",
    }
    return {
        State.ASKED: _("%(body)s asked on %(at)s. Another body has to agree by %(until)s."),
        State.OPEN: _("%(body)s and %(other)s agreed. The two who signed may read it until %(until)s."),
        State.OVER: _("%(body)s and %(other)s opened it on %(then)s. It has been shut again since %(until)s."),
        State.REFUSED: _("%(body)s asked on %(at)s; %(other)s refused on %(then)s. It stayed shut."),
        State.LAPSED: _("%(body)s asked on %(at)s; nobody agreed in 72 hours. It stayed shut."),
    }[opening.state] % values


def told_to_teller(openings: Sequence[Opening]) -> list[str]:
    """The teller's lines: days and bodies, and the reasons that were written; no name of an officer, no hour."""
    return [line for one in openings for line in _lines(one)]


def _lines(opening: Opening) -> list[str]:
    asked, word = opening.asked, opening.word
    values = {
        "day": day(asked.at),
        "body": asked.by_body,
        "because": asked.reason.rstrip("。.！!"),
        "until": day(asked.ends_at),
        "other": word.by_body if word is not None else "",
        "then": day(word.at) if word is not None else "",
        "why": word.note.rstrip("。.！!") if word is not None else "",
    }
    said = {
        State.ASKED: _("On %(day)s %(body)s asked to open who you are, because: %(because)s. It is shut, and stays so"
                       " unless another body agrees by %(until)s."),
        State.REFUSED: _("On %(day)s %(body)s asked to open who you are, because: %(because)s. On %(then)s %(other)s"
                         " refused, because: %(why)s. It was not opened."),
        State.LAPSED: _("On %(day)s %(body)s asked to open who you are, because: %(because)s. No other body agreed."
                        " It was not opened."),
    }  # fmt: skip
    opened = _("Opened on %(then)s by %(body)s and %(other)s, because: %(because)s.")
    lines = [said.get(opening.state, opened) % values]
    if opening.is_agreed:
        read = dict.fromkeys((day(entry.at), entry.by_body) for entry in opening.reads)
        lines += [_("Read on %(day)s by %(body)s.") % {"day": on, "body": body} for on, body in read]
        if not read:
            lines.append(_("So far nobody has read it.") if opening.state == State.OPEN else _("Nobody has read it."))
    return lines
