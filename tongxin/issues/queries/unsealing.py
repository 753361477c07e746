"""What has become of the requests to open envelopes (R27), and whether there is anybody who could agree."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from tongxin.bodies.models import Appointment, Post, Signed
from tongxin.core import clock
from tongxin.issues.models import Envelope, Issue, Recusal, Unsealing, UnsealingEntry

Step = UnsealingEntry.Step
WORDS = (Step.AGREE, Step.REFUSE)
MOST = 100  # on one page


class State(StrEnum):
    ASKED = "asked"  # the second body has not spoken
    OPEN = "open"  # both agreed, and the hours run
    OVER = "over"  # both agreed, and the hours have passed
    REFUSED = "refused"
    LAPSED = "lapsed"  # nobody agreed in time


@dataclass(frozen=True)
class Opening:
    """A request with what became of it."""

    asked: Unsealing
    word: UnsealingEntry | None  # the second body's
    state: State
    reads: list[UnsealingEntry] = field(default_factory=list)

    @property
    def is_running(self) -> bool:
        return self.state in (State.ASKED, State.OPEN)

    @property
    def is_agreed(self) -> bool:
        return self.state in (State.OPEN, State.OVER)

    @property
    def second_id(self) -> UUID | None:
        """Who agreed for the second body."""
        return self.word.by_id if self.word is not None and self.word.step == Step.AGREE else None

    def signed_by(self, user_id: UUID | None) -> Signed | None:
        """The row by which one of the two has agreed; None for everybody else."""
        if user_id is None:
            return None
        return self.asked if self.asked.by_id == user_id else self.word if self.second_id == user_id else None


def openings(village_id: UUID, **which: Any) -> list[Opening]:
    """Requests, the newest first. Two questions, whatever there is: the receipt's page must not tell by its time."""
    now = clock.now()
    theirs = {f"unsealing__{name}": value for name, value in which.items()}
    rows = Unsealing.objects.filter(village_id=village_id, **which).select_related("issue__village", "by")
    entries = list(UnsealingEntry.objects.filter(village_id=village_id, **theirs).order_by("at", "id"))
    asked = list(rows.order_by("-at", "-id")[:MOST])
    people = {one.by_id: one.by for one in asked}
    for one in asked:
        one.by = people[one.by_id]  # one log-in, so that what it holds is looked up once
    return [_opening(one, [entry for entry in entries if entry.unsealing_id == one.pk], now) for one in asked]


def _opening(asked: Unsealing, entries: list[UnsealingEntry], now: datetime) -> Opening:
    word = next((entry for entry in entries if entry.step in WORDS), None)
    if word is None:
        state = State.LAPSED if asked.is_over(now) else State.ASKED
    elif word.step == Step.REFUSE:
        state = State.REFUSED
    else:
        state = State.OVER if asked.is_over(now) else State.OPEN
    return Opening(asked, word, state, [entry for entry in entries if entry.step == Step.READ])


def opening(village_id: UUID, pk: UUID) -> Opening | None:
    """One request as it stands now."""
    return next(iter(openings(village_id, pk=pk)), None)


def openings_of(issue: Issue) -> list[Opening]:
    return openings(issue.village_id, issue_id=issue.pk)


def running(village_id: UUID) -> list[Opening]:
    """Requests whose hours run and that are not refused."""
    found = openings(village_id, at__gt=clock.now() - Unsealing.WINDOW)
    return [one for one in found if one.is_running]


def envelope(issue: Issue) -> Envelope | None:
    """Whatever the teller left; None when they left nothing."""
    return Envelope.objects.filter(issue=issue).select_related("told_by", "household").first()


def bodies_concerned(issue: Issue) -> frozenset[UUID]:
    """The bodies of the offices that a complaint is about; of no other matter any."""
    if issue.about_post_id is None:
        return frozenset()
    posts = Recusal._base_manager.filter(village_id=issue.village_id, issue=issue, post__isnull=False).values("post")
    rows = Post._base_manager.filter(village_id=issue.village_id)
    about = rows.filter(pk=issue.about_post_id) | rows.filter(pk__in=posts)
    return frozenset(about.values_list("body_id", flat=True))


def has_second(issue: Issue, roles: Collection[str], first: Collection[UUID], body_id: UUID) -> bool:
    """Whether somebody with a log-in could agree today who does not sit where whoever asks sits.

    Args:
        roles: those that may agree on this issue.
        first: the bodies in which whoever asks sits; `body_id`: the one for which they sign.
    """
    shut = {*bodies_concerned(issue), body_id}
    recused = Recusal.objects.filter(issue=issue).values("person")
    held = Appointment.objects.of(issue.village_id).on(clock.today(issue.village.tz))
    out = held.filter(post__body__in=shut).values("person")
    free = held.filter(post__role__in=roles, person__user__is_active=True).exclude(post__body__in=first)
    return free.exclude(person__in=out).exclude(person__in=recused).exists()
