"""What may stand in public, and the sentence of each step."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from tongxin.casework.models import Channel
from tongxin.core import masking
from tongxin.core.errors import DomainError
from tongxin.issues.models import IssueEntry

TITLE_LENGTH = 60
NOTHING_SAID = _("Say a sentence, or write a few words.")
LANGUAGE = "zh-hans"  # what stands on a village's wall and telephone


def clean_title(text: str) -> str:
    """A public title: one line, short, and without anybody's number. Raises DomainError when a number stands in it."""
    title = " ".join(text.split())[:TITLE_LENGTH]
    if masking.findings(title):
        raise DomainError(_("The title will be public: take the telephone or identity number out."), field="title")
    return title


def clean_reply(text: str, field: str = "reply") -> str:
    """An answer that the public will read. Raises DomainError when it is empty or holds somebody's number."""
    reply = text.strip()
    if not reply:
        raise DomainError(_("Write what was done; one line is enough."), field=field)
    if masking.findings(reply):
        raise DomainError(_("The answer will be public: take the telephone or identity number out."), field=field)
    return reply


def who(entry: IssueEntry) -> str:
    """Post and name of whoever acted, as they were that day."""
    return f"{entry.by_post}{entry.by_name}" if entry.by_post else entry.by_name


def sentence(entry: IssueEntry) -> str:
    """One line of the story: who did what, and by when. Free words stand beside it in `entry.note`."""
    data = entry.data
    values = {
        "who": who(entry),
        "post": data.get("post", ""),
        "to": data.get("to", ""),
        "day": spoken_day(date.fromisoformat(data["due_on"])) if data.get("due_on") else "",
        "where": data.get("where_to", ""),
        "number": data.get("number") or data.get("into", ""),
    }
    if entry.step == "report":
        return _told(entry, values)
    if entry.step in ("confirm", "reopen", "appeal"):
        return _judged(entry, values)
    if entry.step == "dispatch" and data.get("moved_from"):
        return _("%(who)s gave it to %(post)s %(to)s, to be done by %(day)s (moved to a working day).") % values
    return _SENTENCES.get(entry.step, "%(who)s") % values


_SENTENCES = {
    "accept": _("%(who)s took it on."),
    "dispatch": _("%(who)s gave it to %(post)s %(to)s, to be done by %(day)s."),
    "hand_back": _("%(who)s cannot do it there and gave it back."),
    "answer": _("%(who)s says it is done. Please have a look."),
    "lapse": _("Nobody said yes or no, so it was closed without a reply."),
    "decline": _("%(who)s: this is not for the village. Please go to %(where)s."),
    "refer": _("%(who)s passed it on to %(where)s."),
    "give_up": _("%(who)s: this cannot be done."),
    "merge": _("%(who)s joined it to %(number)s, which says the same."),
    "merged_here": _("%(who)s joined %(number)s to this one."),
    "note": _("%(who)s wrote what happened."),
    "reclassify": _("%(who)s changed what it is about."),
    "add": _("The teller said more."),
    "pass_up": _("Nobody there could take it without being concerned; it went one step up."),
}
_TOLD = {
    Channel.CODE: _("Told by scanning the code."),
    Channel.PAGE: _("Told on this page."),
    Channel.PHONE: _("Told by telephone; %(who)s wrote it down."),
    Channel.DOOR: _("Told at the door; %(who)s wrote it down."),
    Channel.DESK: _("Told at the desk; %(who)s wrote it down."),
    Channel.PAPER: _("Told on a paper slip; %(who)s typed it in."),
}
_JUDGED = {
    "confirm": (_("The teller says: it is done."), _("The teller said it is done; %(who)s passed it on.")),
    "reopen": (
        _("The teller says: not yet. Once more, by %(day)s."),
        _("The teller said not yet; %(who)s passed it on."),
    ),
    "appeal": (
        _("The teller says: not yet, for the second time. The supervisors take it up."),
        _("The teller said not yet for the second time; %(who)s passed it on to the supervisors."),
    ),
}


def _told(entry: IssueEntry, values: dict[str, str]) -> str:
    return _TOLD.get(Channel(entry.channel), _TOLD[Channel.PAGE]) % values


def _judged(entry: IssueEntry, values: dict[str, str]) -> str:
    alone, passed_on = _JUDGED[entry.step]
    return (passed_on if entry.by_id else alone) % values


def spoken_day(day: date) -> str:
    """A day as people say it, without the year."""
    return date_format(day, pgettext("date format", "j F"))
