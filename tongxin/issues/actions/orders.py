"""The council takes the order: accepts, merges, declines with where to go, refers, dispatches.

A duty member may act between meetings; the next sitting sees every such act (`hold_sitting`).
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.bodies import queries as bodies
from tongxin.bodies.models import Post
from tongxin.casework.actors import Actor
from tongxin.core import clock, holding, idempotency, messages, outbox, workdays
from tongxin.core.errors import DomainError, NotAllowed
from tongxin.core.ids import uuid7
from tongxin.core.inserting import insert_if_new
from tongxin.issues import access, queries
from tongxin.issues.models import Category, CategoryHandler, Issue, IssueEntry, Kind, Sitting, SittingItem, Status
from tongxin.issues.wording import LANGUAGE, clean_title
from tongxin.issues.workflow import ISSUE
from tongxin.territory.models import Village


def accept(issue: Issue, *, by: Actor, title: str = "", note: str = "") -> IssueEntry:
    """Take it on. The title is what the public will read: short, without names or numbers; plain if none is given."""
    title = clean_title(title) or issue.title or plain_title(issue)
    return ISSUE.take("accept", issue, by=by, note=note.strip(), title=title)  # type: ignore[return-value]


def plain_title(issue: Issue) -> str:
    """Group and category, in the village's language: enough for all to read, and nobody's words."""
    with translation.override(LANGUAGE):
        category = str(issue.get_category_display())
    return f"{issue.group.name} · {category}" if issue.group else category


def reclassify(issue: Issue, *, by: Actor, category: str, kind: str = "", title: str = "") -> IssueEntry:
    """Change what it is about, and its title; the clocks run on."""
    if category not in Category.values:
        raise DomainError(_("Choose what it is about."), field="category")
    kind = kind if kind in Kind.values and issue.about_post_id is None else issue.kind
    data = {"from": issue.category, "to": category}
    return ISSUE.take(  # type: ignore[return-value]
        "reclassify", issue, by=by, data=data, category=category, kind=kind, title=clean_title(title) or issue.title
    )


def decline(issue: Issue, *, by: Actor, reason: str, where_to: str) -> IssueEntry:
    """Not the village's: with a reason and where to go, or not at all."""
    return _end("decline", issue, by=by, reason=reason, where_to=where_to)


def refer(issue: Issue, *, by: Actor, reason: str, where_to: str) -> IssueEntry:
    """Passed on to a named office; the village records the hand-over and nothing beyond it (Xinfang rules 15)."""
    return _end("refer", issue, by=by, reason=reason, where_to=where_to)


def give_up(issue: Issue, *, by: Actor, reason: str) -> IssueEntry:
    """Cannot be done, honestly, and why."""
    reason = _needed(reason, "reason", _("Write the reason; the teller will read it."))
    answered: dict[str, Any] = {} if issue.answered_at else {"answered_at": clock.now(), "reply": reason}
    return ISSUE.take("give_up", issue, by=by, note=reason, reason=reason, settled_at=clock.now(), **answered)  # type: ignore[return-value]


def _end(step: str, issue: Issue, *, by: Actor, reason: str, where_to: str) -> IssueEntry:
    reason = _needed(reason, "reason", _("Write the reason; the teller will read it."))
    where_to = _needed(where_to, "where_to", _("Write where they can go, with a telephone number."))
    return ISSUE.take(  # type: ignore[return-value]
        step,
        issue,
        by=by,
        note=reason,
        data={"where_to": where_to},
        reason=reason,
        where_to=where_to,
        settled_at=clock.now(),
    )


def _needed(text: str, field: str, message: object) -> str:
    text = text.strip()
    if not text:
        raise DomainError(message, field=field)
    return text


def merge(issue: Issue, into: Issue, *, by: Actor) -> IssueEntry:
    """Join a report to an open one that says the same. All tellers stay, and all hear the answer.

    Raises:
        DomainError: into itself, into a closed or merged one, or into one of another route (complaints stay alone).
    """
    if into.pk == issue.pk or into.village_id != issue.village_id:
        raise DomainError(_("Choose another matter to merge into."), field="into")
    with audit.together():
        # both are held: were two merged into each other at once, nobody would answer either teller
        both = holding.hold_all(Issue._base_manager.filter(village_id=issue.village_id, pk__in=(issue.pk, into.pk)))
        into = next(one for one in both if one.pk == into.pk)
        holding.after_check()
        if not into.is_open or into.route != issue.route or issue.about_post_id != into.about_post_id:
            raise DomainError(_("That matter cannot take another one in."), field="into")
        # what had been merged into the child follows it; a chain would lose its tellers
        queries.rows().filter(merged_into=issue).update(merged_into=into)
        entry = ISSUE.take("merge", issue, by=by, data={"into": into.number}, merged_into=into, settled_at=clock.now())
        ISSUE.enter("merged_here", into, by=by, data={"number": issue.number})
    return entry  # type: ignore[return-value]


def dispatch(
    issue: Issue, *, by: Actor, post: Post, due_on: date | None = None, note: str = "", title: str = ""
) -> IssueEntry:
    """Give it to a post, by a day. A matter not yet taken on is taken on by the same press.

    A day in the past is refused; one that is no working day moves to the next, and the entry says so.

    Raises:
        DomainError: the post takes no matters, is empty, or is the one complained about.
    """
    today = clock.today()
    due = due_on or queries.default_due(issue, today)
    if due < today:
        raise DomainError(_("That day is already over. Choose a later one."), field="due_on")
    moved = workdays.next_workday(due)
    if post.village_id != issue.village_id or not post.takes_matters or post.ended_on is not None:
        raise DomainError(_("This post takes no matters."), field="post")
    holders = bodies.holders([post.pk], today)[post.pk]
    if not holders:
        raise DomainError(_("Nobody holds this post today. Choose another."), field="post")
    if issue.about_post_id and (post.pk == issue.about_post_id or _is_recused(issue, [h.person_id for h in holders])):
        raise DomainError(_("The matter concerns this post. Choose another."), field="post")
    if issue.is_sealed:
        _passed_on(issue, note, title)
    with audit.together():
        if issue.status == Status.TOLD:
            accept(issue, by=by, title=title)
        title = clean_title(title) or issue.title
        entry = ISSUE.take(
            "dispatch",
            issue,
            by=by,
            note=note.strip(),
            data={
                "post": post.title,
                "to": "、".join(h.person.name for h in holders),
                "due_on": moved.isoformat(),
                "moved_from": due.isoformat() if moved != due else "",
            },
            handler_post=post,
            due_on=moved,
            title=title,
        )
        outbox.put(
            "issues.tell_handler",
            {"issue": str(issue.pk), "entry": str(entry.pk)},
            issue.village_id,
            messages.next_waking_moment(),
        )
    return entry  # type: ignore[return-value]


def _passed_on(issue: Issue, words: str, title: str) -> None:
    """What is passed on of a sealed matter is written for whoever gets it, and says nothing of who told it (R26).

    Raises:
        DomainError: nothing was written, or it holds a number, or what the envelope knows of the teller.
    """
    if not words.strip():
        raise DomainError(_("Write for them what there is to do: they do not see what the teller said."), field="note")
    for text, field in ((words, "note"), (title, "title")):
        if found := queries.betrays(issue, text):
            said = _("This would tell who said it: %(words)s. Take it out.") % {"words": "、".join(found)}
            raise DomainError(said, field=field)


def _is_recused(issue: Issue, persons: Sequence[UUID]) -> bool:
    return issue.recusals.filter(person_id__in=persons).exists()


def hold_sitting(
    village: Village,
    *,
    by: User,
    held_on: date,
    present: int,
    note: str = "",
    entries: Sequence[UUID] = (),
    key: str = "",
) -> Sitting:
    """Record that the council sat and saw what duty members had done since; twice pressed is one sitting.

    Raises:
        DomainError: a day in the future, nobody present.
    """
    if not access.can_hold_sitting(by, village.pk):
        raise NotAllowed(_("This step is not yours to take."))
    if held_on > clock.today(village.tz):
        raise DomainError(_("That day has not come yet."), field="held_on")
    if present < 1:
        raise DomainError(_("Write how many members were present."), field="present")
    with audit.together():
        sitting_id = uuid7()
        claim = idempotency.claim(
            village_id=village.pk,
            actor=str(by.pk),
            operation="issues.hold_sitting",
            key=key,
            body={"held_on": held_on, "present": present},
            response={"sitting": str(sitting_id)},
        )
        if claim.replayed:
            return Sitting.objects.get_queryset().get(pk=claim.response["sitting"])
        sitting = Sitting(
            id=sitting_id,
            village=village,
            held_on=held_on,
            present=present,
            note=note.strip(),
            recorded_by=by,
            recorded_at=clock.now(),
        )
        sitting.save(force_insert=True)
        acts = {act.pk: act for act in queries.duty_acts(village.pk)}
        for pk in entries:
            if pk in acts:  # an act that another sitting sees in this very moment stays with that one
                insert_if_new(SittingItem(village=village, sitting=sitting, entry=acts[pk]))
        audit.record("issues.hold_sitting", by=by, about=sitting)
    return sitting


def set_usual_handler(
    village: Village, *, by: User, category: str, post: Post | None, question: str = ""
) -> CategoryHandler | None:
    """Say which post usually does what, or that none does; the directory and the suggestions read it."""
    if not bodies.held(by, village.pk).has(*access.KEEPERS):
        raise NotAllowed(_("This step is not yours to take."))
    if category not in Category.values:
        raise DomainError(_("Choose what it is about."), field="category")
    if post is None:
        with audit.together():
            CategoryHandler.objects.filter(village=village, category=category).delete()
            audit.record("issues.no_usual_handler", by=by, village_id=village.pk, data={"category": category})
        return None
    if post.village_id != village.pk or not post.takes_matters or post.ended_on is not None:
        raise DomainError(_("This post takes no matters."), field="post")
    with audit.together():
        row, _made = CategoryHandler.objects.update_or_create(
            village=village, category=category, defaults={"post": post, "question": question.strip()}
        )
        audit.record("issues.usual_handler", by=by, about=row, data={"category": category, "post": post.pk})
    return row
