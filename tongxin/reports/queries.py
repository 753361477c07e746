"""The registers of one village as a report needs them: each table asked once, then counted in memory.

Rows with a first and a last day hold from the first up to, and without, the last: [from, to).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from tongxin.bodies.models import Appointment, Body
from tongxin.bodies.roles import Role
from tongxin.core import clock
from tongxin.issues.models import PRESSING, Issue, IssueEntry, Route, Status
from tongxin.people.models import Household, Membership, Person, Residence
from tongxin.reports.period import Period
from tongxin.territory.models import Grid, Group, Place, PlaceCode, Village

M = TypeVar("M", Group, Grid, Place, Body)
FIVE_STEPS = ("report", "accept", "dispatch", "answer", "confirm")
REPORTED_ROLES = (Role.GRID_WORKER, Role.PARTY_GROUP, Role.PARTY_HOUSEHOLD, Role.LEGAL_ADVISER, Role.MEDIATOR)


@dataclass(frozen=True)
class Total:
    """So many in one villager group; `label` is empty for what belongs to the whole village."""

    label: str
    number: int


@dataclass(frozen=True)
class Story:
    """When each of the five steps of a matter was taken: first report, acceptance, dispatch; last answer; the yes."""

    report: datetime | None = None
    accept: datetime | None = None
    dispatch: datetime | None = None
    answer: datetime | None = None
    confirm: datetime | None = None

    @property
    def is_closed_loop(self) -> bool:
        return all((self.report, self.accept, self.dispatch, self.answer, self.confirm))


class Facts:
    """What is written down about a village on the last day and within the period; a query a table, when asked."""

    def __init__(self, village: Village, period: Period) -> None:
        self.village = village
        self.period = period
        self.on = period.on

    # --- the ground -----------------------------------------------------------------------------------------------
    @cached_property
    def all_groups(self) -> list[Group]:
        return list(Group.objects.filter(village=self.village, opened_on__lte=self.on).order_by("number", "opened_on"))

    @cached_property
    def groups(self) -> list[Group]:
        return self.held(self.all_groups)

    @cached_property
    def all_grids(self) -> list[Grid]:
        return list(Grid.objects.filter(village=self.village, opened_on__lte=self.on).order_by("number", "opened_on"))

    @cached_property
    def grids(self) -> list[Grid]:
        return self.held(self.all_grids)

    @cached_property
    def all_places(self) -> list[Place]:
        return list(
            Place.objects.filter(village=self.village, opened_on__lte=self.on).order_by("opened_on", "name", "id")
        )

    def places(self, kind: str) -> list[Place]:
        return [place for place in self.held(self.all_places) if place.kind == kind]

    @cached_property
    def all_codes(self) -> list[PlaceCode]:
        return list(PlaceCode.objects.filter(village=self.village, issued_on__lte=self.on).order_by("issued_on", "id"))

    @cached_property
    def codes(self) -> list[PlaceCode]:
        """Codes that led somewhere on the day: not revoked, on a place in use."""
        in_use = {place.pk for place in self.held(self.all_places)}
        return [
            code
            for code in self.all_codes
            if code.place_id in in_use and (code.revoked_on is None or code.revoked_on > self.on)
        ]

    # --- households and people ------------------------------------------------------------------------------------
    def household_rows(self) -> QuerySet[Household]:
        rows = Household.objects.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=self.on), village=self.village, opened_on__lte=self.on
        )
        return rows.select_related("group", "grid").order_by("group__number", "number")

    @cached_property
    def households_by_ground(self) -> Counter[tuple[UUID, UUID]]:
        """(group, grid) -> households on the day."""
        rows = (
            self.household_rows()
            .select_related(None)
            .order_by()
            .values_list("group_id", "grid_id")
            .annotate(n=Count("pk"))
        )
        return Counter({(group, grid): n for group, grid, n in rows})

    @cached_property
    def has_households(self) -> bool:
        """Whether any household was ever on the roll by that day."""
        return (
            bool(self.households_by_ground)
            or Household.objects.filter(village=self.village, opened_on__lte=self.on).exists()
        )

    def by_group(self) -> Counter[UUID]:
        found: Counter[UUID] = Counter()
        for (group, _grid), n in self.households_by_ground.items():
            found[group] += n
        return found

    def by_grid(self) -> Counter[UUID]:
        found: Counter[UUID] = Counter()
        for (_group, grid), n in self.households_by_ground.items():
            found[grid] += n
        return found

    def member_rows(self) -> QuerySet[Membership]:
        """Registered here, alive, from <= day < to; somebody who stands on two rolls that day is one person."""
        then = Q(to_on__isnull=True) | Q(to_on__gt=self.on)
        # by the person alone: a person is of one village, and with the village named SQLite would walk the whole roll
        same = Membership._base_manager.filter(
            then, person=OuterRef("person"), residence=Residence.REGISTERED, from_on__lte=self.on, pk__lt=OuterRef("pk")
        )
        rows = Membership.objects.filter(
            then,
            Q(person__died_on__isnull=True) | Q(person__died_on__gt=self.on),
            ~Exists(same),
            village=self.village,
            residence=Residence.REGISTERED,
            from_on__lte=self.on,
        )
        return rows.order_by("household__group__number", "household__number", "relation", "pk")

    @cached_property
    def people_by_group(self) -> Counter[UUID]:
        rows = self.member_rows().order_by().values_list("household__group_id").annotate(n=Count("pk"))
        return Counter(dict(rows))

    @cached_property
    def has_people(self) -> bool:
        if self.people_by_group:
            return True
        begun = Membership.objects.filter(village=self.village, residence=Residence.REGISTERED, from_on__lte=self.on)
        return begun.exists()

    # --- bodies and posts -----------------------------------------------------------------------------------------
    @cached_property
    def all_bodies(self) -> list[Body]:
        return list(Body.objects.filter(village=self.village, opened_on__lte=self.on).order_by("opened_on", "name"))

    def bodies(self, *kinds: str) -> list[Body]:
        return [body for body in self.held(self.all_bodies) if body.kind in kinds]

    @cached_property
    def all_appointments(self) -> list[Appointment]:
        """Of the roles that a figure counts, whoever held one by that day. Names are fetched with the rows only."""
        return list(
            Appointment.objects.filter(village=self.village, from_on__lte=self.on, post__role__in=REPORTED_ROLES)
            .select_related("post", "post__grid")
            .order_by("post__position", "from_on", "id")
        )

    def appointments(self, *roles: str) -> list[Appointment]:
        return [
            row
            for row in self.all_appointments
            if row.post.role in roles and (row.to_on is None or row.to_on > self.on)
        ]

    def names(self, persons: Iterable[UUID]) -> dict[UUID, str]:
        wanted = Person.objects.filter(village=self.village, pk__in=set(persons))
        return dict(wanted.values_list("pk", "name"))

    # --- matters --------------------------------------------------------------------------------------------------
    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        """The period in moments of the village's own days: [first, after the last)."""
        zone = self.village.tz
        return clock.at(self.period.from_on, zone=zone), clock.at(self.on + timedelta(days=1), zone=zone)

    @cached_property
    def solved(self) -> list[Issue]:
        """Pressing matters that were answered, and whose teller said yes within the period."""
        first, after = self.span
        return list(
            Issue.objects.filter(
                village=self.village,
                kind__in=PRESSING,
                status=Status.SOLVED,
                answered_at__isnull=False,
                settled_at__gte=first,
                settled_at__lt=after,
            )
            .only("id", "village_id", "number", "title", "group_id", "told_at", "answered_at", "settled_at")
            .order_by("settled_at", "id")
        )

    @cached_property
    def stories(self) -> dict[UUID, Story]:
        """The five steps of each solved matter."""
        rows = (
            IssueEntry.objects.filter(
                village=self.village, issue__in=[issue.pk for issue in self.solved], step__in=FIVE_STEPS
            )
            .order_by("at", "id")
            .values_list("issue_id", "step", "at")
        )
        found: dict[UUID, dict[str, datetime]] = {}
        for issue, step, at in rows:
            steps = found.setdefault(issue, {})
            if step not in steps or step in {"answer", "confirm"}:
                steps[step] = at
        return {issue.pk: Story(**found.get(issue.pk, {})) for issue in self.solved}

    @cached_property
    def has_matters(self) -> bool:
        """Whether anybody had told a matter by that day."""
        return bool(self.solved) or self._ordinary().filter(told_at__lt=self.span[1]).exists()

    def _ordinary(self) -> QuerySet[Issue]:
        """Complaints are in no figure, and not even in whether there are any (R25)."""
        return Issue.objects.filter(village=self.village, route=Route.COUNCIL)

    @cached_property
    def told(self) -> Counter[tuple[str, str]]:
        """Pressing matters told in the period: (status on the last day, "" while open; subject) -> how many."""
        first, after = self.span
        rows = (
            Issue.objects.filter(village=self.village, kind__in=PRESSING, told_at__gte=first, told_at__lt=after)
            .order_by()
            .values_list("status", "category")
            .annotate(n=Count("pk"), settled=Count("pk", filter=Q(settled_at__lt=after)))
        )
        found: Counter[tuple[str, str]] = Counter()
        for status, category, n, settled in rows:
            found[status, category] += settled
            found["", category] += n - settled
        return +found

    def told_by_end(self) -> Counter[str]:
        return _sums((end, n) for (end, _category), n in self.told.items())

    def told_by_category(self) -> Counter[str]:
        return _sums((category, n) for (_end, category), n in self.told.items())

    # --- help -----------------------------------------------------------------------------------------------------
    def held(self, rows: Iterable[M]) -> list[M]:
        """Those that still held on the day."""
        return [row for row in rows if row.ended_on is None or row.ended_on > self.on]

    def day(self, moment: datetime | None) -> date | None:
        """The village's day of a moment."""
        return clock.day_of(moment, self.village.tz) if moment else None

    def group_name(self, group_id: UUID | None) -> str:
        return next((group.name for group in self.all_groups if group.pk == group_id), "")

    def totals(self, counted: Counter[UUID]) -> tuple[Total, ...]:
        """By villager group in their order: those of the day, and former ones that still hold some."""
        shown = [g for g in self.all_groups if g in self.groups or counted[g.pk]]
        rest = sum(counted.values()) - sum(counted[g.pk] for g in shown)
        return (*(Total(g.name, counted[g.pk]) for g in shown), *([Total("", rest)] if rest else []))


def _sums(items: Iterable[tuple[str, int]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for key, n in items:
        found[key] += n
    return found
