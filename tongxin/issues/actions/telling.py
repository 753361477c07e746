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
from tongxin.bodies.models import Post
from tongxin.casework.models import Channel, StatusGroup
from tongxin.casework.store import Upload
from tongxin.core import clock, counters, crypto, idempotency, inserting, messages, numbers, outbox, quiet, workdays
from tongxin.core.errors import DomainError, NotAllowed
from tongxin.core.ids import uuid7
from tongxin.issues import access, danger, queries
from tongxin.issues.actions.files import Made, attach, date_back, develop_now, discard, keep
from tongxin.issues.actions.recusing import recuse
from tongxin.issues.models import Envelope, Issue, IssueFile, Kind, Route, Status, Voice
from tongxin.issues.queries import receipts
from tongxin.issues.wording import NOTHING_SAID
from tongxin.issues.workflow import ISSUE
from tongxin.people.models import Household, Person
from tongxin.territory.models import Grid, Group, Place, Village

SEALED_NUMBERS = range(100_000, 1_000_000)  # drawn, and not counted: a gap among the others would tell of them


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
    about_too: Post | None = None
    channel: str = Channel.PAGE
    photos: Sequence[Upload] = ()
    sound: Upload | None = None
    is_hushed: bool = False  # no short message about it: too many were asked for from where it came

    @property
    def sealed(self) -> bool:
        """A complaint is, whether that was ticked or not."""
        return self.is_sealed or self.about_post is not None

    @property
    def uploads(self) -> list[Upload]:
        return [*self.photos, *([self.sound] if self.sound else [])]


@dataclass(frozen=True)
class Told:
    """What the teller gets back. `receipt` is shown once, and only for a sealed matter."""

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
    if not (said.words.strip() or said.uploads):
        raise DomainError(NOTHING_SAID, field="words")
    if by is not None and not access.can_report_for(by, village.pk):
        raise NotAllowed(_("This step is not yours to take."))
    return _told_sealed(village, said, by=by, key=key) if said.sealed else _told(village, said, by=by, key=key)


def _told(village: Village, said: Report, *, by: User | None, key: str, made: Sequence[Made] = ()) -> Told:
    issue_id = uuid7()  # made here, so that the answer is known before the work and costs no second statement
    receipt = _receipt(village, key) if said.sealed else ""
    people, route = _concerned(village, said)
    issue = _drafted(village, said, by=by, issue_id=issue_id, receipt=receipt, route=route)
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
        if said.sealed:
            recuse(issue, people)
            _seal(issue, said)
            keep(issue, made, purpose=IssueFile.Purpose.TOLD)
        else:
            attach(issue, said.uploads, purpose=IssueFile.Purpose.TOLD)
    return Told(issue.pk, issue.number, receipt)


def _told_sealed(village: Village, said: Report, *, by: User | None, key: str) -> Told:
    """By the day and by nobody: no row tells the hour, no queue waits for its photos, and the sheet's key, from which
    the receipt is made, is kept as a hash only.
    """
    made = develop_now(said.uploads)
    told = None
    try:
        with quiet.by_the_day(village.tz):
            told = _told(village, said, by=by, key=crypto.blind_index(key, "sealed sheet") if key else "", made=made)
    finally:
        if told is None or told.is_replayed:
            discard(made)
    date_back(made, quiet.moment(village.tz))
    return told


def _fingerprint(village_id: UUID, said: Report) -> dict[str, Any]:
    """What makes two presses the same press. Files count by size: a phone may shrink a photo anew."""
    about = [str(post.pk) for post in (said.about_post, said.about_too) if post]
    return {
        "category": said.category,
        "words": said.words,
        "place": str(said.place.pk) if said.place else said.place_text,
        "phone": crypto.blind_index(said.phone, "report", village_id) if said.phone else "",
        "sealed": said.is_sealed,
        **({"about": about} if about else {}),
        "files": len(said.uploads),
    }


def _receipt(village: Village, key: str) -> str:
    """Sixteen symbols out of the sheet's own random key, so that a second press shows the same ones: on a slow line the
    first answer is often the one that gets lost, and a receipt that nobody saw opens nothing for ever.
    """
    return receipts.written(int(crypto.blind_index(key, "receipt of", village.pk), 16) if key else secrets.randbits(80))


def _receipt_again(village: Village, key: str, index: str) -> str:
    """The receipt that the first press gave, also when the village's keys have changed since; "" when it gave none."""
    made = (receipts.written(int(bits, 16)) for bits in crypto.blind_indexes(key, "receipt of", village.pk))
    return next((one for one in made if index and crypto.fits(one, "receipt", village.pk, index)), "")


def _drafted(village: Village, said: Report, *, by: User | None, issue_id: UUID, receipt: str, route: str) -> Issue:
    """The matter as it will be kept, its number aside."""
    now = clock.now()
    today = clock.today(village.tz)
    # of a sealed one the hour is not known: whoever takes it gets the rest of the day on top
    from_then = clock.at(today + timedelta(days=1), zone=village.tz) if said.sealed else now
    grid, group = _ground(said)
    who = {} if said.sealed else _who(said)
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
        **who,
        recorded_by=by,
        channel=said.channel,
        told_at=now,
        receipt_index=receipts.index(village.pk, receipt) if receipt else "",
        is_sealed=said.sealed,
        about_post=said.about_post,
        take_by=from_then + timedelta(hours=village.take_hours),
        reply_by=workdays.add_workdays(today, village.reply_workdays),
        due_on=workdays.next_workday(today + timedelta(days=village.finish_days)),
    )


def _take_in(issue: Issue, said: Report, *, by: User | None) -> None:
    """Give it its number, write it down with its first line, and promise what follows."""
    year = clock.day_of(issue.told_at, issue.village.tz).year
    issue.number = _drawn(issue, year) if said.sealed else _next(issue, year)
    inserting.insert(issue)
    ISSUE.enter("report", issue, by=by, channel=said.channel, data={"for": bool(by)})
    if said.phone and not said.sealed and not said.is_hushed:
        due = messages.next_waking_moment(issue.told_at)
        outbox.put("issues.tell_number", {"issue": str(issue.pk)}, issue.village_id, due)


def _next(issue: Issue, year: int) -> str:
    return numbers.compose(year, counters.next_value(issue.village_id, "issues", year))


def _drawn(issue: Issue, year: int) -> str:
    """Of a sealed matter any free one of six digits, so that neither its own nor the next ordinary one says how many
    have come.
    """
    while True:
        number = numbers.compose(year, secrets.choice(SEALED_NUMBERS))
        if not Issue.objects.filter(village=issue.village, number=number).exists():
            return number


def _who(said: Report) -> dict[str, Any]:
    """Who told it, in the row itself: nothing of that for a sealed one."""
    return {
        "household": said.household,
        "told_by": said.told_by,
        "told_by_name": said.told_by_name.strip(),
        "phone": said.phone,
    }


def _seal(issue: Issue, said: Report) -> None:
    """Whatever says who told it goes into the envelope; without any of it there is none."""
    name = said.told_by_name.strip()
    if said.phone or name or said.told_by or said.household:
        Envelope(
            village_id=issue.village_id,
            issue=issue,
            phone=said.phone,
            name=name,
            told_by=said.told_by,
            household=said.household,
        ).save(force_insert=True)


def _ground(said: Report) -> tuple[Grid | None, Group | None]:
    """Where it is: as said, else by the place, else by the teller's household; a grid brings its group."""
    grid, group = said.grid, said.group
    if said.place is not None:
        grid, group = grid or said.place.grid, group or said.place.group
    if said.household is not None and said.place is None and not said.sealed:
        grid = grid or (said.household.grid if group in (None, said.household.group) else None)
        group = group or said.household.group
    return grid, group or (grid.group if grid else None)


def _concerned(village: Village, said: Report) -> tuple[list[queries.Concerned], str]:
    """Whom it is about with their kin, and who is left to take it: by office, not by a name that was typed (R25)."""
    if said.about_post is None:
        return [], Route.COUNCIL
    today = clock.today(village.tz)
    posts = [post.pk for post in (said.about_post, said.about_too) if post is not None]
    people = queries.concerned(village.pk, posts, today)
    return people, queries.route_for(village.pk, posts, people, today)


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
    if not issue.is_open or issue.route != Route.COUNCIL or issue.is_sealed:
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
