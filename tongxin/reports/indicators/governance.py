"""Three kinds of governance joined: self-governance, law, virtue (G1-G5, L1-L3, V1-V4)."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.bodies.models import BodyKind
from tongxin.bodies.roles import Role
from tongxin.issues.models import Issue
from tongxin.reports.indicators import rows, sections
from tongxin.reports.indicators.kinds import Cell, Form, Indicator, Kind, Records, Sensitivity, Share, Tally
from tongxin.reports.queries import Facts
from tongxin.territory.models import PlaceCode, PlaceKind


def matters_solved(facts: Facts) -> int | None:
    return len(facts.solved) if facts.has_matters else None


def matter_rows(facts: Facts, user: object) -> Records:
    def cells(issue: Issue) -> list[object]:
        days = [facts.day(moment) for moment in (issue.told_at, issue.answered_at, issue.settled_at)]
        return [*rows.matter_cells(facts, issue), *days]

    shown, hidden = rows.split(facts, user)
    columns = (
        rows.TITLE,
        rows.GROUP,
        Cell("told", pgettext_lazy("column", "Told on"), "date"),
        Cell("answered", pgettext_lazy("column", "Answered on"), "date"),
        Cell("settled", pgettext_lazy("column", "Confirmed on"), "date"),
    )
    return Records(columns, shown, cells, hidden=hidden)


def closed_loop(facts: Facts) -> Share | None:
    """Of no matter at all there is no share."""
    if not facts.solved:
        return None
    return Share(sum(story.is_closed_loop for story in facts.stories.values()), len(facts.solved))


def closed_loop_rows(facts: Facts, user: object) -> Records:
    def cells(issue: Issue) -> list[object]:
        story = facts.stories[issue.pk]
        steps = (story.report, story.accept, story.dispatch, story.answer, story.confirm)
        return [*rows.matter_cells(facts, issue), *(facts.day(at) for at in steps), story.is_closed_loop]

    shown, hidden = rows.split(facts, user)
    columns = (
        rows.TITLE,
        rows.GROUP,
        Cell("report", pgettext_lazy("column", "Told on"), "date"),
        Cell("accept", pgettext_lazy("column", "Taken on"), "date"),
        Cell("dispatch", pgettext_lazy("column", "Given out on"), "date"),
        Cell("answer", pgettext_lazy("column", "Answered on"), "date"),
        Cell("confirm", pgettext_lazy("column", "Confirmed on"), "date"),
        Cell("complete", pgettext_lazy("column", "All five")),
    )
    return Records(columns, shown, cells, Tally.SHARE, "complete", hidden)


def place_codes(facts: Facts) -> int | None:
    return len(facts.codes) if facts.all_codes else None


def place_code_rows(facts: Facts, user: object) -> Records:
    """The place and the day; the symbols hang on the wall and need no second list."""
    places = {place.pk: place for place in facts.all_places}

    def cells(code: PlaceCode) -> list[object]:
        place = places[code.place_id]
        return [place.name, facts.group_name(place.group_id), code.issued_on]

    return Records(
        (
            Cell("place", pgettext_lazy("column", "Place")),
            rows.GROUP,
            Cell("since", pgettext_lazy("column", "Issued on"), "date"),
        ),
        facts.codes,
        cells,
    )


SELF = (
    Indicator(
        code="matters_solved",
        name=pgettext_lazy("figure", "Pressing matters solved"),
        definition=_(
            "Hard matters, vexing matters and calls for help that were answered and whose teller said yes in the "
            "period. Merged, declined, passed-on and unanswered ones, suggestions and complaints do not count."
        ),
        unit=sections.MATTERS,
        section=sections.SELF,
        kind=Kind.FLOW,
        count=matters_solved,
        rows=matter_rows,
    ),
    Indicator(
        code="closed_loop_share",
        name=pgettext_lazy("figure", "Went all five steps"),
        definition=_(
            "Of the pressing matters solved, those whose story holds all five steps: "
            "told, taken on, given out, answered, confirmed."
        ),
        unit=sections.MATTERS,
        section=sections.SELF,
        kind=Kind.FLOW,
        form=Form.SHARE,
        count=closed_loop,
        rows=closed_loop_rows,
    ),
    Indicator(
        code="place_codes",
        name=pgettext_lazy("figure", "Yixing codes in use"),
        definition=_("Codes on places in use that are valid on the day. Revoked ones do not count."),
        unit=sections.PIECES,
        section=sections.SELF,
        count=place_codes,
        rows=place_code_rows,
    ),
    Indicator(
        code="village_rules_version",
        name=pgettext_lazy("figure", "Village rules in force"),
        definition=_("The version of the village rules in force on the day, and when it was adopted."),
        unit=sections.NOTHING,
        section=sections.SELF,
        form=Form.TEXT,
    ),
    Indicator(
        code="integrity_files",
        name=pgettext_lazy("figure", "Integrity files with entries"),
        definition=_("Households whose integrity file holds at least one entry with its evidence on the day."),
        unit=sections.HOUSEHOLDS,
        section=sections.SELF,
        sensitivity=Sensitivity.OFFICE,
    ),
    Indicator(
        code="precept_activities",
        name=pgettext_lazy("figure", "Activities on family ways"),
        definition=_("Activities on family mottoes, ways and rules that were held in the period."),
        unit=sections.EVENTS,
        section=sections.SELF,
        kind=Kind.FLOW,
    ),
)

LAW = (
    Indicator(
        code="law_activities",
        name=pgettext_lazy("figure", "Law lectures"),
        definition=_("Law lectures held in the period in village, school and market. Planned ones do not count."),
        unit=sections.EVENTS,
        section=sections.LAW,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="law_teams",
        name=pgettext_lazy("figure", "Teams of law lecturers"),
        definition=_("Teams of law lecturers that exist on the day."),
        unit=sections.TEAMS,
        section=sections.LAW,
        count=rows.count_bodies(BodyKind.LAW_TEAM),
        rows=rows.list_bodies(BodyKind.LAW_TEAM),
    ),
    Indicator(
        code="legal_advisers",
        name=pgettext_lazy("figure", "Legal adviser"),
        definition=_("People who are appointed as legal adviser of the village on the day."),
        unit=sections.OFFICERS,
        section=sections.LAW,
        sensitivity=Sensitivity.OFFICE,
        count=rows.count_holders(Role.LEGAL_ADVISER),
        rows=rows.list_holders(Role.LEGAL_ADVISER),
    ),
    Indicator(
        code="legal_service_rooms",
        name=pgettext_lazy("figure", "Public legal service rooms"),
        definition=_("Public legal service rooms in use on the day."),
        unit=sections.PIECES,
        section=sections.LAW,
        count=rows.count_places(PlaceKind.LAW_ROOM),
        rows=rows.list_places(PlaceKind.LAW_ROOM),
    ),
    Indicator(
        code="mediation_committees",
        name=pgettext_lazy("figure", "Mediation committee"),
        definition=_("People's mediation committees that exist on the day."),
        unit=sections.PIECES,
        section=sections.LAW,
        count=rows.count_bodies(BodyKind.MEDIATION),
        rows=rows.list_bodies(BodyKind.MEDIATION),
    ),
    Indicator(
        code="mediators",
        name=pgettext_lazy("figure", "Mediators"),
        definition=_("People who are appointed as mediator on the day, each once."),
        unit=sections.OFFICERS,
        section=sections.LAW,
        sensitivity=Sensitivity.OFFICE,
        count=rows.count_holders(Role.MEDIATOR),
        rows=rows.list_holders(Role.MEDIATOR),
    ),
    Indicator(
        code="liaison_persons",
        name=pgettext_lazy("figure", "Liaison persons for disputes"),
        definition=_("People who are appointed to tell the mediators of a dispute early, on the day."),
        unit=sections.OFFICERS,
        section=sections.LAW,
        sensitivity=Sensitivity.OFFICE,
    ),
)

VIRTUE = (
    Indicator(
        code="civilised_households",
        name=pgettext_lazy("figure", "Civilised households"),
        definition=_("Households that were given the title in the period. Titles taken back do not count."),
        unit=sections.HOUSEHOLDS,
        section=sections.VIRTUE,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="outstanding_volunteers",
        name=pgettext_lazy("figure", "Outstanding volunteers"),
        definition=_("People who were given the title in the period. Titles taken back do not count."),
        unit=sections.OFFICERS,
        section=sections.VIRTUE,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="outstanding_contributors",
        name=pgettext_lazy("figure", "Outstanding contributors"),
        definition=_("People who were given the title in the period. Titles taken back do not count."),
        unit=sections.OFFICERS,
        section=sections.VIRTUE,
        kind=Kind.FLOW,
    ),
    Indicator(
        code="best_post_holders",
        name=pgettext_lazy("figure", "Best holders of public-welfare posts"),
        definition=_("People who were given the title in the period and held such a post in it."),
        unit=sections.OFFICERS,
        section=sections.VIRTUE,
        kind=Kind.FLOW,
    ),
)

ALL = (*SELF, *LAW, *VIRTUE)
