"""From a number, four digits, words or a neighbourhood to issues; and who it is told for."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q

from tongxin.casework.actors import Teller
from tongxin.casework.models import StatusGroup
from tongxin.core import clock, crypto, numbers
from tongxin.issues.models import Issue, IssueQuerySet, Route, Voice
from tongxin.issues.queries.seeing import rows
from tongxin.people.models import Household, Membership, Relation


def by_number(village_id: UUID, text: str) -> Issue | None:
    """The issue of a spoken or typed number. Raises `numbers.BadNumber` when the check digit does not fit."""
    year, sequence = numbers.parse(text)
    return rows().of(village_id).filter(number=numbers.compose(year, sequence)).select_related("group", "place").first()


def found_by_text(query: IssueQuerySet, text: str) -> IssueQuerySet:
    """Narrow a list to a number, whole or in part, or to a word of the title or of what was said."""
    text = text.strip()
    if not text:
        return query
    try:
        return query.filter(number=numbers.compose(*numbers.parse(text)))
    except numbers.BadNumber:
        digits = re.sub(r"[^\d-]", "", text)
        near = Q(title__icontains=text) | Q(words__icontains=text, is_sealed=False)  # a search is no way to read
        return query.filter(near | Q(number__contains=digits) if len(digits) >= 3 else near)


def by_tail(village_id: UUID, tail: str, group_id: UUID | None) -> list[Issue]:
    """Open or lately settled issues told with a phone that ends in these four digits, in that group."""
    indexes = crypto.blind_indexes(tail, "issue-tail", village_id)
    since = clock.now() - timedelta(days=180)
    found = (
        rows()
        .of(village_id)
        .filter(
            Q(phone_tail_index__in=indexes)
            | Exists(Voice._base_manager.filter(issue=OuterRef("pk"), phone_tail_index__in=indexes))
        )
    )
    if group_id is not None:
        found = found.filter(Q(group=group_id) | Q(group__isnull=True))
    return list(found.filter(Q(status_group=StatusGroup.OPEN) | Q(settled_at__gte=since)).order_by("-told_at")[:10])


def prove(issue: Issue, *, tail: str) -> Teller | None:
    """The right of the teller, for the last four digits of the phone; None when they don't fit.

    What is sealed has none: four digits can be tried for every neighbour whose telephone one knows.
    """
    if tail and not issue.is_sealed and crypto.fits(tail, "issue-tail", issue.village_id, issue.phone_tail_index):
        return Teller(issue.pk, "phone")
    return None


def similar(
    village_id: UUID,
    category: str,
    *,
    place_id: UUID | None = None,
    group_id: UUID | None = None,
    household_id: UUID | None = None,
    leave_out: UUID | None = None,
    among: IssueQuerySet | None = None,
) -> list[Issue]:
    """Open reports that may be the same: of this category, at the place, by the household in 48 h, or in the group."""
    if place_id is None and group_id is None and household_id is None:
        return []
    near = Q()
    if place_id is not None:
        near |= Q(place=place_id)
    if household_id is not None:
        near |= Q(household=household_id, told_at__gte=clock.now() - timedelta(hours=48))
    if group_id is not None:
        near |= Q(group=group_id, told_at__gte=clock.now() - timedelta(days=15))
    found = (rows().of(village_id) if among is None else among).open()
    found = found.filter(near, category=category, route=Route.COUNCIL)
    if leave_out is not None:
        found = found.exclude(pk=leave_out)
    return list(found.select_related("group", "place").order_by("-told_at")[:5])


def of_household(household_id: UUID) -> list[Issue]:
    return list(
        rows()
        .filter(household=household_id, is_sealed=False)
        .filter(route=Route.COUNCIL)
        .select_related("group", "place")
        .order_by(F("settled_at").desc(nulls_first=True), "-told_at")[:20]
    )


@dataclass(frozen=True)
class Home:
    """A household as somebody at its door knows it."""

    household: Household
    head: str

    @property
    def name(self) -> str:
        return self.household.house_name or self.head or self.household.number


def households_like(village_id: UUID, text: str, day: date, grids: Collection[UUID] | None) -> list[Home]:
    """Up to twelve households by number, house name or the name (or initials) of somebody in it.

    Args:
        grids: only in these grids; None for the whole village.
    """
    text = text.strip()
    if not text:
        return []
    living = Membership._base_manager.filter(household=OuterRef("pk"), village_id=village_id, from_on__lte=day)
    living = living.exclude(to_on__lte=day)
    named = Q(person__name__icontains=text) | Q(person__name_initials__istartswith=text)
    found = Household.objects.of(village_id).on(day)
    if grids is not None:
        found = found.filter(grid__in=grids)
    found = found.filter(Q(number__startswith=text) | Q(house_name__icontains=text) | Exists(living.filter(named)))
    return homes(list(found.select_related("group", "grid").order_by("number")[:12]), day)


def homes(households: list[Household], day: date) -> list[Home]:
    """With the name of each one's head, in one query."""
    heads = (
        Membership.objects.filter(household__in=households, relation=Relation.HEAD, from_on__lte=day)
        .exclude(to_on__lte=day)
        .values_list("household", "person__name")
    )
    names = dict(heads) if households else {}
    return [Home(row, names.get(row.pk, "")) for row in households]
