"""What happened with an issue, what hangs on it, and what the council has yet to see."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from tongxin.issues.models import (
    Issue,
    IssueEntry,
    IssueFile,
    IssueQuerySet,
    Route,
    Sitting,
    SittingItem,
    Status,
    Voice,
)
from tongxin.issues.queries.seeing import rows

MOST = 200  # acts on one page; a council that has not met for so long begins with the oldest
DUTY = ("accept", "decline", "refer", "merge")  # what a duty member may do between meetings


def story(issue: Issue) -> list[IssueEntry]:
    """The timeline, newest first; of what was merged into it only the merging itself."""
    return list(IssueEntry.objects.filter(issue=issue).order_by("-at", "-id"))


def last_entries(issue: Issue, n: int = 3) -> list[IssueEntry]:
    """The newest lines: for whoever came second."""
    return list(IssueEntry.objects.filter(issue=issue).order_by("-at", "-id")[:n])


def files(issue: Issue, purpose: str | None = None) -> list[IssueFile]:
    found = IssueFile.objects.filter(issue=issue)
    return list((found.filter(purpose=purpose) if purpose else found).order_by("added_at", "id"))


def others_count(issue: Issue) -> int:
    """How many more said the same: merged children and 'me too'."""
    return rows().filter(merged_into=issue).count() + Voice.objects.filter(issue=issue).count()


def late_in_public(village_id: UUID, today: date) -> int:
    """Matters of the council that were not answered in time: due before today and still without an end."""
    return (
        rows()
        .of(village_id)
        .open()
        .filter(route=Route.COUNCIL, due_on__lt=today)
        .exclude(status=Status.ANSWERED)
        .count()
    )


def silent_since(moment: datetime) -> IssueQuerySet:
    """Answered matters whose teller has said nothing since `moment`."""
    return rows().filter(status=Status.ANSWERED, answered_at__lt=moment)


def unseen_acts(village_id: UUID) -> QuerySet[IssueEntry]:
    """What duty members did between meetings and no sitting has seen yet."""
    seen = SittingItem._base_manager.filter(entry=OuterRef("pk"))
    return IssueEntry.objects.filter(~Exists(seen), village_id=village_id, step__in=DUTY, issue__route=Route.COUNCIL)


def duty_acts(village_id: UUID, among: QuerySet[Any, Any] | None = None) -> list[IssueEntry]:
    """The same, oldest first, each with its issue; `among`: ids of the issues that somebody may see."""
    acts = unseen_acts(village_id)
    if among is not None:
        acts = acts.filter(issue__in=among)
    return list(acts.select_related("issue", "issue__group").order_by("at", "id")[:MOST])


def sittings(village_id: UUID) -> list[Sitting]:
    """The latest sittings, newest first, each with `seen`: how many acts it looked at."""
    held = Sitting.objects.filter(village_id=village_id).select_related("recorded_by")
    return list(held.annotate(seen=Count("items")).order_by("-held_on", "-id")[:12])
