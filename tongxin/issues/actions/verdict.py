"""The resident judges: done, or not yet. Silence closes a matter as silence, never as satisfaction."""

from datetime import timedelta

from django.db import transaction

from tongxin.casework.actors import Actor, Calendar
from tongxin.casework.models import Channel
from tongxin.core import clock, workdays
from tongxin.core.errors import WrongStatus
from tongxin.issues import queries
from tongxin.issues.models import Issue, IssueEntry
from tongxin.issues.workflow import ISSUE
from tongxin.territory.models import Village


def confirm(issue: Issue, *, by: Actor, channel: str = Channel.PAGE, note: str = "") -> IssueEntry:
    """'It is done', said on the page, by telephone or at the door."""
    return ISSUE.take("confirm", issue, by=by, channel=channel, note=note.strip(), settled_at=clock.now())  # type: ignore[return-value]


def not_yet(issue: Issue, *, by: Actor, channel: str = Channel.PAGE, note: str = "") -> IssueEntry:
    """'Not yet': the first time back to the handler, the second time to the supervisors."""
    verdict = reopen if issue.reopened == 0 else appeal
    return verdict(issue, by=by, channel=channel, note=note)


def reopen(issue: Issue, *, by: Actor, channel: str = Channel.PAGE, note: str = "") -> IssueEntry:
    """Back to the same handler with a fresh, shorter clock."""
    due = workdays.add_workdays(clock.today(), 5)
    return ISSUE.take(  # type: ignore[return-value]
        "reopen",
        issue,
        by=by,
        channel=channel,
        note=note.strip(),
        data={"due_on": due.isoformat()},
        reopened=1,
        due_on=due,
    )


def appeal(issue: Issue, *, by: Actor, channel: str = Channel.PAGE, note: str = "") -> IssueEntry:
    """The second time: the supervisors take it up."""
    due = workdays.add_workdays(clock.today(), 5)
    return ISSUE.take(  # type: ignore[return-value]
        "appeal",
        issue,
        by=by,
        channel=channel,
        note=note.strip(),
        data={"due_on": due.isoformat()},
        reopened=issue.reopened + 1,
        due_on=due,
    )


def lapse(issue: Issue, *, by: Calendar) -> IssueEntry:
    """Nobody said anything: closed as 'no reply', open for a call-back, never counted as solved."""
    return ISSUE.take("lapse", issue, by=by, channel=Channel.CLOCK, settled_at=clock.now())  # type: ignore[return-value]


def lapse_silent(village: Village, *, by: Calendar) -> int:
    """Close what has been silent for the village's number of days; the clock runs on from each answer."""
    closed = 0
    for issue in queries.silent_since(clock.now() - timedelta(days=village.silence_days)).of(village):
        try:
            with transaction.atomic():
                lapse(issue, by=by)
            closed += 1
        except WrongStatus:  # the teller spoke in this very moment, and goes first
            continue
    return closed
