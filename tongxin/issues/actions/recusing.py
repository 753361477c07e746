"""A complaint never reaches whom it is about (R25): who that is, by person; and one step up when nobody is left."""

import logging
from collections.abc import Iterable

from django.db import transaction

from tongxin.casework.actors import Calendar
from tongxin.casework.models import Channel
from tongxin.core import clock
from tongxin.core.errors import WrongStatus
from tongxin.issues import queries
from tongxin.issues.models import UPWARDS, Issue, IssueEntry, Recusal, RecusedBecause, Route
from tongxin.issues.workflow import ISSUE
from tongxin.territory import queries as territory
from tongxin.territory import scope

log = logging.getLogger(__name__)


def recuse(issue: Issue, people: Iterable[queries.Concerned]) -> int:
    """Keep who may not see it, in the caller's transaction; whoever stands there already stays. How many are new."""
    known = set(queries.recused(issue.pk))
    added = 0
    for one in people:
        if one.person_id not in known:
            Recusal(
                village_id=issue.village_id,
                issue=issue,
                person_id=one.person_id,
                because=one.because,
                post_id=one.post_id,
                at=clock.now(),
            ).save(force_insert=True)
            known.add(one.person_id)
            added += 1
    return added


def pass_up(issue: Issue, *, by: Calendar) -> IssueEntry | None:
    """Lay a complaint that nobody here may open one desk higher. None when it lies where somebody can open it, or
    nobody stands above.
    """
    day = clock.today(issue.village.tz)
    if not queries.is_orphan(issue.village_id, issue.pk, issue.route, day):
        return None
    higher = UPWARDS[UPWARDS.index(Route(issue.route)) + 1 :]
    free = (route for route in higher if not queries.is_orphan(issue.village_id, issue.pk, route, day))
    to = next(free, Route.COUNTY)
    if to == issue.route:
        return None
    return ISSUE.take("pass_up", issue, by=by, channel=Channel.CLOCK, data={"to": to}, route=to)  # type: ignore[return-value]


def watch(issue: Issue, *, by: Calendar) -> None:
    """What has changed around an open complaint: new kin of whom it is about, nobody left to take it."""
    officers = issue.recusals.filter(because=RecusedBecause.OFFICE).values_list("person_id", flat=True)
    with transaction.atomic():
        kin = queries.kin(issue.village_id, list(officers))
        recuse(issue, [queries.Concerned(person, RecusedBecause.KIN) for person in sorted(kin)])
        pass_up(issue, by=by)


def watch_everywhere() -> None:
    """Every morning, over all open complaints of all villages."""
    for village in territory.villages():
        with scope.village(village.pk):
            rows = queries.rows().of(village).open().exclude(route=Route.COUNCIL).select_related("village")
            for issue in rows:
                try:
                    watch(issue, by=Calendar("issues.recuse"))
                except WrongStatus:  # somebody took a step in this very moment; tomorrow is another day
                    log.info("a complaint moved while it was looked at")
