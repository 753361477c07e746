"""Where a matter is now, in one sentence a neighbour would say."""

from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.core import clock
from tongxin.core.templatetags.look import day, moment
from tongxin.issues.models import Issue, Route, Status


def taker(issue: Issue) -> str:
    """Who takes the order."""
    return {
        Route.COUNCIL: _("the council"),
        Route.SUPERVISORS: _("the supervisors"),
        Route.TOWNSHIP: _("the township"),
        Route.COUNTY: _("the county"),
    }[Route(issue.route)]


def taken_by(issue: Issue) -> str:
    """By when somebody takes it on; of a sealed one the day, since nobody knows the hour at which it was told."""
    return day(clock.day_of(issue.take_by - timedelta(minutes=1))) if issue.is_sealed else moment(issue.take_by)


def state(issue: Issue, *, is_teller: bool = False) -> str:
    """Who has it and by when; without names or anybody's words."""
    post = issue.handler_post
    values = {
        "who": post.title if post else _("the village"),
        "taker": taker(issue),
        "day": day(issue.due_on),
        "when": taken_by(issue),
        "settled": day(issue.settled_at),
        "where": issue.where_to,
    }
    match issue.status:
        case Status.TOLD:
            text = _("Received. Somebody of %(taker)s takes it on by %(when)s.")
        case Status.TAKEN:
            text = _("Taken on. To be finished by %(day)s.")
        case Status.DISPATCHED:
            text = _("%(who)s is at it, to be finished by %(day)s.")
        case Status.ANSWERED:
            text = (
                _("Done, they say. You say whether it is.")
                if is_teller
                else _("Done, they say. Waiting for the teller.")
            )
        case Status.APPEALED:
            text = _("The supervisors have it; an answer by %(day)s.")
        case Status.SOLVED:
            text = _("You said it is done. Closed on %(settled)s.") if is_teller else _("The teller said it is done.")
        case Status.NO_REPLY:
            text = _("Answered; nobody said yes or no. Closed on %(settled)s.")
        case Status.DECLINED:
            text = _("This is not for the village. Go to %(where)s.")
        case Status.REFERRED:
            text = _("Passed on to %(where)s.")
        case Status.NOT_POSSIBLE:
            text = _("This cannot be done. The reason stands below.") if is_teller else _("This cannot be done.")
        case _other:
            text = _("Somebody said the same. Both are done together.")
    return text % values


def briefly(issue: Issue) -> str:
    """Where an open matter is, in a few characters: for a list that a stranger reads."""
    return {
        Status.TOLD: _("just received"),
        Status.TAKEN: _("somebody has it"),
        Status.DISPATCHED: _("being done"),
        Status.ANSWERED: _("done, they say"),
        Status.APPEALED: _("with the supervisors"),
    }.get(Status(issue.status), "")


def late(issue: Issue, today: date) -> str:
    """What is late, said plainly; "" when nothing is."""
    if issue.status == Status.TOLD and issue.take_by < clock.now():
        return _("Nobody has taken it on in time. Call and ask.")
    if issue.is_open and issue.status != Status.ANSWERED and issue.due_on < today:
        days = (today - issue.due_on).days
        return ngettext("It is one day late.", "It is %(n)d days late.", days) % {"n": days}
    return ""
