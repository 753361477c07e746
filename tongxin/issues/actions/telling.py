"""A resident speaks: for themselves, or through somebody who writes it down."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.bodies import queries as bodies
from tongxin.bodies.models import Post
from tongxin.bodies.roles import Role
from tongxin.casework.models import Channel, StatusGroup
from tongxin.casework.store import Upload
from tongxin.core import clock, counters, crypto, idempotency, inserting, messages, numbers, outbox, workdays
from tongxin.core.errors import DomainError, NotAllowed
from tongxin.core.ids import uuid7
from tongxin.issues import access, danger
from tongxin.issues.actions.files import attach
from tongxin.issues.models import Issue, IssueFile, Kind, Recusal, Route, Status, Voice
from tongxin.issues.workflow import ISSUE
from tongxin.people.models import Household, Person
from tongxin.territory.models import Grid, Group, Place, Village

RECEIPT_SYMBOLS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 symbols without lookalikes; 16 of them are 80 bits (R22)


@dataclass(frozen=True, kw_only=True)
class Report:
    """What was said. Words, a photo or a voice memo: one of the three is enough."""

    category: str
    kind: str = Kind.HARD
    words: str = ""
    place: Place | None = None
    place_text: str = ""
    group: Group | None = None
    grid: Grid | None = None
    household: Household | None = None
    told_by: Person | None = None
    told_by_name: str = ""
    phone: str = ""
    is_sealed: bool = False
    about_post: Post | None = None
    channel: str = Channel.PAGE
    photos: Sequence[Upload] = ()
    sound: Upload | None = None


@dataclass(frozen=True)
class Told:
    """What the teller gets back. `receipt` is shown once, and only for a sealed matter without a telephone."""

    issue_id: UUID
    number: str
    receipt: str = ""
    is_replayed: bool = False


def report(village: Village, said: Report, *, by: User | None, key: str) -> Told:
    """Take a matter in: number, clocks, timeline, files, consequences in one transaction; twice pressed is one.

    Raises:
        DomainError: nothing was said. KeyReused: the key came before with other words.
        NotAllowed: a logged-in user without a post in this village writes down for somebody.
    """
    if not (said.words.strip() or said.photos or said.sound):
        raise DomainError(_("Say a sentence, or write a few words."), field="words")
    if by is not None and not access.can_report_for(by, village.pk):
        raise NotAllowed(_("This step is not yours to take."))
    issue_id = uuid7()  # made here, so that the answer is known before the work and costs no second statement
    receipt = _receipt(village, key) if (said.is_sealed or said.about_post) and not said.phone else ""
    issue = _drafted(village, said, by=by, issue_id=issue_id, receipt=receipt)
    body = _fingerprint(village.pk, said)
    with audit.together():  # others wait for it: whatever can be reckoned before has been
        claim = idempotency.claim(
            village_id=village.pk,
            actor=str(by.pk) if by else "",
            operation="issues.report",
            key=key,
            body=body,
            response={"issue": str(issue_id)},
        )
        if claim.replayed:
            first = Issue.objects.only("number", "receipt_index").get(pk=claim.response["issue"])
            return Told(first.pk, first.number, _receipt_again(village, key, first.receipt_index), is_replayed=True)
        _take_in(issue, said, by=by)
    return Told(issue.pk, issue.number, receipt)


def _fingerprint(village_id: UUID, said: Report) -> dict[str, Any]:
    """What makes two presses the same press. Files count by size: a phone may shrink a photo anew."""
    return {
        "category": said.category,
        "words": said.words,
        "place": str(said.place.pk) if said.place else said.place_text,
        "phone": crypto.blind_index(said.phone, "report", village_id) if said.phone else "",
        "sealed": said.is_sealed,
        "files": len(said.photos) + bool(said.sound),
    }


def _receipt(village: Village, key: str) -> str:
    """Sixteen symbols out of the sheet's own random key, so that a second press shows the same ones: on a slow line the
    first answer is often the one that gets lost, and a receipt that nobody saw opens nothing for ever.
    """
    return _spelled(int(crypto.blind_index(key, "receipt of", village.pk), 16) if key else secrets.randbits(80))


def _receipt_again(village: Village, key: str, index: str) -> str:
    """The receipt that the first press gave, also when the village's keys have changed since; "" when it gave none."""
    made = (_spelled(int(bits, 16)) for bits in crypto.blind_indexes(key, "receipt of", village.pk))
    return next((one for one in made if index and crypto.fits(one, "receipt", village.pk, index)), "")


def _spelled(bits: int) -> str:
    return "".join(RECEIPT_SYMBOLS[bits >> 5 * i & 31] for i in range(16))


def _drafted(village: Village, said: Report, *, by: User | None, issue_id: UUID, receipt: str) -> Issue:
    """The matter as it will be kept, its number aside."""
    now = clock.now()
    today = clock.today(village.tz)
    grid, group = _ground(said)
    route = _route(said)
    return Issue(
        id=issue_id,
        village=village,
        status=Status.TOLD,
        status_group=StatusGroup.OPEN,
        kind=Kind.COMPLAINT if said.about_post else said.kind,
        category=said.category,
        route=route,
        words=said.words.strip(),
        place=said.place,
        place_text=said.place_text.strip(),
        group=group,
        grid=grid,
        is_urgent=danger.is_danger(said.words),
        household=said.household,
        told_by=said.told_by,
        told_by_name=said.told_by_name.strip(),
        recorded_by=by,
        channel=said.channel,
        told_at=now,
        phone=said.phone,
        receipt_index=crypto.blind_index(receipt, "receipt", village.pk) if receipt else "",
        is_sealed=said.is_sealed or said.about_post is not None,
        about_post=said.about_post,
        take_by=now + timedelta(hours=village.take_hours),
        reply_by=workdays.add_workdays(today, village.reply_workdays),
        due_on=workdays.next_workday(today + timedelta(days=village.finish_days)),
    )


def _take_in(issue: Issue, said: Report, *, by: User | None) -> None:
    """Give it its number, write it down with its first line, and promise what follows."""
    year = clock.day_of(issue.told_at, issue.village.tz).year
    issue.number = numbers.compose(year, counters.next_value(issue.village_id, "issues", year))
    inserting.insert(issue)
    ISSUE.enter("report", issue, by=by, channel=said.channel, data={"for": bool(by)})
    if said.about_post is not None:
        _recuse(issue, said.about_post)
    attach(issue, [*said.photos, *([said.sound] if said.sound else [])], purpose=IssueFile.Purpose.TOLD)
    if said.phone and not issue.is_sealed:
        due = messages.next_waking_moment(issue.told_at)
        outbox.put("issues.tell_number", {"issue": str(issue.pk)}, issue.village_id, due)


def _ground(said: Report) -> tuple[Grid | None, Group | None]:
    """Where it is: as said, else by the place, else by the teller's household; a grid brings its group."""
    grid, group = said.grid, said.group
    if said.place is not None:
        grid, group = grid or said.place.grid, group or said.place.group
    if said.household is not None and said.place is None:
        grid = grid or (said.household.grid if group in (None, said.household.group) else None)
        group = group or said.household.group
    return grid, group or (grid.group if grid else None)


def _route(said: Report) -> str:
    if said.about_post is None:
        return Route.COUNCIL
    return Route.TOWNSHIP if said.about_post.role in (Role.SUPERVISOR, Role.TOWNSHIP) else Route.SUPERVISORS


def _recuse(issue: Issue, post: Post) -> None:
    """By office held, not by a name that was typed (R25)."""
    for appointment in bodies.holders([post.pk], clock.today())[post.pk]:
        Recusal(village_id=issue.village_id, issue=issue, person=appointment.person, at=clock.now()).save()


def join(
    issue: Issue,
    *,
    by: User | None,
    key: str,
    phone: str = "",
    household: Household | None = None,
    channel: str = Channel.PAGE,
) -> None:
    """Say 'me too' to an open matter; pressed twice it is one voice.

    Raises:
        DomainError: the matter is closed, or not one that others can join.
        NotAllowed: a logged-in user without a post in this village writes it down.
    """
    if not issue.is_open or issue.route != Route.COUNCIL:
        raise DomainError(_("This matter is already closed. Please report it anew."))
    if by is not None and not access.can_report_for(by, issue.village_id):
        raise NotAllowed(_("This step is not yours to take."))
    who = crypto.blind_index(phone, "join", issue.village_id) if phone else ""  # a bare hash of it would be guessed
    with audit.together():
        claim = idempotency.claim(
            village_id=issue.village_id,
            actor=str(by.pk) if by else "",
            operation="issues.join",
            key=key,
            body={"issue": str(issue.pk), "who": who},
            response={"issue": str(issue.pk)},
        )
        if claim.replayed:
            return
        voice = Voice(
            village_id=issue.village_id,
            issue=issue,
            at=clock.now(),
            channel=channel,
            household=household,
            phone=phone,
            recorded_by=by,
        )
        voice.save(force_insert=True)
        audit.record("issues.join", by=by, about=issue, data={"voice": voice.pk})
