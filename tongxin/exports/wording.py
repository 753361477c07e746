"""How a request to take a list out stands, in a sentence."""

from django.utils.translation import gettext as _

from tongxin.core.templatetags.look import moment
from tongxin.exports.queries import Request, State


def sentence(request: Request) -> str:
    asked, word, taken = request.asked, request.word, request.taken
    values = {
        "body": asked.by_body,
        "at": moment(asked.at),
        "by": moment(asked.ends_at),
        "other": word.by_body if word is not None else "",
        "then": moment(word.at) if word is not None else "",
        "until": moment(word.ends_at) if word is not None and word.ends_at is not None else "",
        "taken": moment(taken.at) if taken is not None else "",
    }
    return {
        State.ASKED: _("%(body)s asked on %(at)s to take it out. Another body has to agree by %(by)s."),
        State.READY: _("%(body)s asked and %(other)s agreed. Whoever asked may take it once, until %(until)s."),
        State.TAKEN: _("%(body)s asked and %(other)s agreed. It was taken on %(taken)s."),
        State.OVER: _("%(body)s asked and %(other)s agreed, and nobody took it by %(until)s. It does not go out."),
        State.REFUSED: _("%(body)s asked on %(at)s; %(other)s refused on %(then)s. It does not go out."),
        State.LAPSED: _("%(body)s asked on %(at)s; no other body agreed by %(by)s. It does not go out."),
    }[request.state] % values
