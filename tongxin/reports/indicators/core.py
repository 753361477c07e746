"""One core, many bodies: who lives here, and the bodies around one centre (C1-C5)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.bodies.models import Body, BodyKind
from tongxin.bodies.roles import Role
from tongxin.people.models import Household, Membership
from tongxin.reports.indicators import rows, sections
from tongxin.reports.indicators.kinds import Cell, Indicator, Records, Sensitivity
from tongxin.reports.queries import Facts
from tongxin.territory.models import Group

SEVEN = (
    *(BodyKind.COMMITTEE, BodyKind.SUPERVISION, BodyKind.UNION, BodyKind.YOUTH),
    *(BodyKind.WOMEN, BodyKind.COUNCIL, BodyKind.MEDIATION),
)
REGISTERED = Cell("since", pgettext_lazy("column", "Registered on"), "date")


def groups(facts: Facts) -> int | None:
    return len(facts.groups) if facts.all_groups else None


def group_rows(facts: Facts, user: object) -> Records:
    homes, people = facts.by_group(), facts.people_by_group

    def cells(group: Group) -> list[object]:
        return [group.name, group.opened_on, homes[group.pk], rows.at_least_three(people[group.pk])]

    number_of_homes = Cell("households", pgettext_lazy("column", "Households"), "number")
    number_of_people = Cell("people", pgettext_lazy("column", "People registered here"), "number")
    return Records((rows.NAME, rows.SINCE, number_of_homes, number_of_people), facts.groups, cells)


def households(facts: Facts) -> int | None:
    return sum(facts.households_by_ground.values()) if facts.has_households else None


def household_rows(facts: Facts, user: object) -> Records:
    def cells(home: Household) -> list[object]:
        return [home.number, home.house_name, home.group.name, home.grid.name, home.opened_on]

    number, house_name = (
        Cell("number", pgettext_lazy("column", "Household number")),
        Cell("house_name", pgettext_lazy("column", "House name")),
    )
    columns = (number, house_name, rows.GROUP, rows.GRID, REGISTERED)
    return Records(columns, facts.household_rows(), cells, totals=facts.totals(facts.by_group()))


def people(facts: Facts) -> int | None:
    return sum(facts.people_by_group.values()) if facts.has_people else None


def people_rows(facts: Facts, user: object) -> Records:
    """A name, a household and a day: what it takes to see that somebody is counted, and no more."""

    def cells(member: Membership) -> list[object]:
        home = member.household
        return [member.person.name, home.number, home.group.name, home.grid.name, member.from_on]

    members = facts.member_rows().select_related("person", "household", "household__group", "household__grid")
    members = members.defer("person__phone")  # encrypted: not needed here, so not opened
    columns = (
        rows.PERSON,
        Cell("household", pgettext_lazy("column", "Household number")),
        rows.GROUP,
        rows.GRID,
        rows.SINCE,
    )
    return Records(columns, members, cells, totals=facts.totals(facts.people_by_group), hides_few=True)


def party_group_rows(facts: Facts, user: object) -> Records:
    grids: dict[UUID | None, str] = {grid.pk: grid.name for grid in facts.all_grids}

    def cells(body: Body) -> list[object]:
        return [body.name, grids.get(body.grid_id, ""), body.opened_on]

    return Records((rows.NAME, rows.GRID, rows.SINCE), facts.bodies(BodyKind.PARTY_GROUP), cells)


ALL = (
    Indicator(
        code="groups",
        name=pgettext_lazy("figure", "Villager groups"),
        definition=_("Villager groups that exist on the day. A group that was merged before does not count."),
        unit=sections.PIECES,
        section=sections.PEOPLE,
        count=groups,
        rows=group_rows,
    ),
    Indicator(
        code="households",
        name=pgettext_lazy("figure", "Households"),
        definition=_("Households on the roll on the day. Closed ones and those registered later do not count."),
        unit=sections.HOUSEHOLDS,
        section=sections.PEOPLE,
        sensitivity=Sensitivity.OFFICE,
        count=households,
        rows=household_rows,
    ),
    Indicator(
        code="people",
        name=pgettext_lazy("figure", "People registered here"),
        definition=_(
            "People registered in the village and alive on the day, each once. "
            "Who died, moved out or only lives here does not count."
        ),
        unit=sections.PERSONS,
        section=sections.PEOPLE,
        sensitivity=Sensitivity.OFFICE,
        count=people,
        rows=people_rows,
    ),
    Indicator(
        code="party_branches",
        name=pgettext_lazy("figure", "Party branch"),
        definition=_("Party branches of the village that exist on the day."),
        unit=sections.PIECES,
        section=sections.BODIES,
        count=rows.count_bodies(BodyKind.PARTY_BRANCH),
        rows=rows.list_bodies(BodyKind.PARTY_BRANCH),
    ),
    Indicator(
        code="bodies",
        name=pgettext_lazy("figure", "Bodies of the village"),
        definition=_(
            "Village committee, supervisory committee, trade union, youth league, women's federation, "
            "consultation council and mediation committee that exist on the day."
        ),
        unit=sections.PIECES,
        section=sections.BODIES,
        count=rows.count_bodies(*SEVEN),
        rows=rows.list_bodies(*SEVEN),
    ),
    Indicator(
        code="party_groups",
        name=pgettext_lazy("figure", "Grid Party groups"),
        definition=_("Party groups of the grids that exist on the day."),
        unit=sections.PIECES,
        section=sections.BODIES,
        count=rows.count_bodies(BodyKind.PARTY_GROUP),
        rows=party_group_rows,
    ),
    Indicator(
        code="party_households",
        name=pgettext_lazy("figure", "Party-member households"),
        definition=_("People who are appointed as Party-member household on the day, each once."),
        unit=sections.HOUSEHOLDS,
        section=sections.BODIES,
        sensitivity=Sensitivity.OFFICE,
        count=rows.count_holders(Role.PARTY_HOUSEHOLD),
        rows=rows.list_holders(Role.PARTY_HOUSEHOLD),
    ),
)
