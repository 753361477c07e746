"""Six mechanisms: talents, grids, places, services, points, supervision (M1-M6)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.bodies.models import Appointment
from tongxin.bodies.roles import Role
from tongxin.reports.indicators import rows, sections
from tongxin.reports.indicators.kinds import Cell, Form, Indicator, Kind, Records, Sensitivity, Share, Tally
from tongxin.reports.queries import Facts
from tongxin.territory.models import Grid, PlaceKind

LEADERS = (Role.PARTY_GROUP, Role.PARTY_HOUSEHOLD)


def workers(facts: Facts) -> dict[UUID, Appointment]:
    """Grid -> who answers for it on the day; of two the one who has longest."""
    found: dict[UUID, Appointment] = {}
    for row in sorted(facts.appointments(Role.GRID_WORKER), key=lambda a: (a.from_on, a.pk)):
        if row.post.grid_id is not None:
            found.setdefault(row.post.grid_id, row)
    return found


def doubles(facts: Facts) -> set[UUID]:
    """Grids on which somebody who works them also leads a Party group or is a Party-member household."""
    leaders = {row.person_id for row in facts.appointments(*LEADERS)}
    return {
        row.post.grid_id
        for row in facts.appointments(Role.GRID_WORKER)
        if row.post.grid_id is not None and row.person_id in leaders
    }


def grid_leads(facts: Facts) -> Share | None:
    """None while nobody was ever appointed to a grid."""
    if not facts.grids or not any(row.post.role == Role.GRID_WORKER for row in facts.all_appointments):
        return None
    found = doubles(facts)
    return Share(sum(grid.pk in found for grid in facts.grids), len(facts.grids))


def grid_lead_rows(facts: Facts, user: object) -> Records:
    working, found = workers(facts), doubles(facts)
    names = facts.names(row.person_id for row in working.values())

    def cells(grid: Grid) -> list[object]:
        worker = working.get(grid.pk)
        return [grid.name, facts.group_name(grid.group_id), names[worker.person_id] if worker else "", grid.pk in found]

    columns = (
        rows.GRID,
        rows.GROUP,
        Cell("worker", pgettext_lazy("column", "Grid worker")),
        Cell("leads", pgettext_lazy("column", "Party-group leader or Party-member household")),
    )
    totals = facts.totals(rows.by_group(working[pk] for pk in found if pk in working))
    return Records(columns, facts.grids, cells, Tally.SHARE, "leads", totals=totals)


ALL = (
    Indicator(
        code="reserve_cadres",
        name=pgettext_lazy("figure", "Reserve cadres"),
        definition=_("People on the list of reserve cadres on the day. Who was promoted before does not count."),
        unit=sections.OFFICERS,
        section=sections.TALENTS,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="local_experts",
        name=pgettext_lazy("figure", "Local experts"),
        definition=_("People who are listed as local expert on the day, each once."),
        unit=sections.OFFICERS,
        section=sections.TALENTS,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="returnees",
        name=pgettext_lazy("figure", "Returning geese"),
        definition=_("People who came back to start something here and are listed so on the day."),
        unit=sections.OFFICERS,
        section=sections.TALENTS,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="grid_leads_share",
        name=pgettext_lazy("figure", "Grid workers who lead Party members"),
        definition=_(
            "Of the grids on the day, those whose worker also leads a grid Party group or is a Party-member household."
        ),
        unit=sections.PIECES,
        section=sections.GRID_LEADERS,
        form=Form.SHARE,
        sensitivity=Sensitivity.OFFICE,
        count=grid_leads,
        rows=grid_lead_rows,
    ),
    Indicator(
        code="service_centres",
        name=pgettext_lazy("figure", "Party-masses service centre"),
        definition=_("Party-masses service centres in use on the day, and what they are used for."),
        unit=sections.PIECES,
        section=sections.PLACES,
        count=rows.count_places(PlaceKind.SERVICE_CENTRE),
        rows=rows.list_places(PlaceKind.SERVICE_CENTRE),
    ),
    Indicator(
        code="culture_wall_metres",
        name=pgettext_lazy("figure", "Culture wall"),
        definition=_("Length of the culture walls in use on the day. A wall that was pulled down does not count."),
        unit=sections.METRES,
        section=sections.PLACES,
        form=Form.MEASURE,
        count=rows.metres_of(PlaceKind.CULTURE_WALL),
        rows=rows.list_places(PlaceKind.CULTURE_WALL, measured=True),
    ),
    Indicator(
        code="culture_squares",
        name=pgettext_lazy("figure", "Party culture square"),
        definition=_("Party culture squares in use on the day."),
        unit=sections.PIECES,
        section=sections.PLACES,
        count=rows.count_places(PlaceKind.CULTURE_SQUARE),
        rows=rows.list_places(PlaceKind.CULTURE_SQUARE),
    ),
    Indicator(
        code="people_aided",
        name=pgettext_lazy("figure", "People helped"),
        definition=_("People who received funds, goods or service in the period, each once."),
        unit=sections.PERSONS,
        section=sections.AID,
        kind=Kind.FLOW,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="aid_money",
        name=pgettext_lazy("figure", "Funds and goods given"),
        definition=_("Funds and the worth of goods that were handed over in the period."),
        unit=sections.YUAN,
        section=sections.AID,
        kind=Kind.FLOW,
        form=Form.MONEY,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="aid_visits",
        name=pgettext_lazy("figure", "Visits with a service"),
        definition=_("Visits in the period that the person helped has confirmed."),
        unit=sections.TIMES,
        section=sections.AID,
        kind=Kind.FLOW,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="points_months",
        name=pgettext_lazy("figure", "Months of points closed"),
        definition=_("Months whose points were tallied and closed in the period."),
        unit=sections.TIMES,
        section=sections.POINTS,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="points_notices",
        name=pgettext_lazy("figure", "Quarterly notices of points"),
        definition=_("Quarterly notices of points that were shown for their full time in the period."),
        unit=sections.TIMES,
        section=sections.POINTS,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="points_redemptions",
        name=pgettext_lazy("figure", "Year-end redemptions"),
        definition=_("Redemptions of points at the end of a year that were held in the period."),
        unit=sections.TIMES,
        section=sections.POINTS,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="decisions",
        name=pgettext_lazy("figure", "Village decisions"),
        definition=_("Decisions by four deliberations and two openings that were finished in the period."),
        unit=sections.PIECES,
        section=sections.OVERSIGHT,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="decisions_complete_share",
        name=pgettext_lazy("figure", "Went all six steps"),
        definition=_("Of the village decisions, those with all six steps in order."),
        unit=sections.PIECES,
        section=sections.OVERSIGHT,
        kind=Kind.FLOW,
        form=Form.SHARE,
    ),
    Indicator(
        code="supervised_share",
        name=pgettext_lazy("figure", "Looked through by the supervisors"),
        definition=_("Of what was made public in the period, what the supervisors had looked through before."),
        unit=sections.PIECES,
        section=sections.OVERSIGHT,
        kind=Kind.FLOW,
        form=Form.SHARE,
    ),
)
