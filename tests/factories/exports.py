"""Requests to take a list of many persons out, for a village on stage."""

from datetime import date
from typing import TYPE_CHECKING

from tests.factories import rows
from tongxin.core import exporting
from tongxin.exports import actions, queries
from tongxin.exports.actions import Wanted
from tongxin.people.models import Household, Membership, Person, Relation, Residence, Sex

if TYPE_CHECKING:
    from tests.factories.stage import Stage

LONG_AGO = date(2001, 1, 1)
WHY, YES = "镇上要核对今年的医保名单", "镇上确实来过通知，可以给"
ROLL = {"method": "GET", "path": "/v/hh/", "title": "户台账", "persons": 51}


def ask(stage: "Stage", who: str = "clerk", query: str = "as=xlsx", **changed: object) -> queries.Request:
    """Somebody asks to take the roll of households out."""
    wanted = Wanted(**{**ROLL, "query": query, **changed})
    asked = actions.ask_export(stage.village, wanted, by=stage.users[who], reason=WHY)
    return again(stage, asked)


def agreed(stage: "Stage", who: str = "clerk", by: str = "supervisor", **changed: object) -> queries.Request:
    found = ask(stage, who, **changed)
    actions.agree_export(found, by=stage.users[by], words=YES)
    return again(stage, found.asked)


def again(stage: "Stage", asked: object) -> queries.Request:
    """The request as it stands now."""
    found = queries.request(stage.village.pk, asked.pk)
    assert found is not None
    return found


def fill(stage: "Stage") -> None:
    """One waits for the second body, one may be taken."""
    with stage.days_ago(0.2):
        ask(stage)
        agreed(stage, query="as=print")


def many(stage: "Stage", heads: int = exporting.MOST + 1) -> None:
    """So many heads of households that one more than may go out at once is named."""
    ground = {"village": stage.village, "group": stage.groups[0], "grid": stage.grids[0], "opened_on": LONG_AGO}
    there = Household.objects.of(stage.village).filter(closed_on=None).count()
    with rows.rows_at_once():
        for n in range(there, heads):
            person = rows.row(Person, village=stage.village, name=f"户主{n}", sex=Sex.FEMALE, birth_year=1960)
            home = rows.row(Household, number=f"{900 + n}", **ground)
            member = {"person": person, "household": home, "relation": Relation.HEAD, "from_on": LONG_AGO}
            rows.row(Membership, village=stage.village, residence=Residence.REGISTERED, **member)
