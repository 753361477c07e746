"""Questions to the chain."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.audit import verifier
from tongxin.audit.models import INSTALLATION, Anchor, AuditEntry, Chain, ChainCheck, Why, body
from tongxin.core import clock, health

A_FETCH = 2000  # rows


def stamps(village_id: "UUID | OuterRef") -> "QuerySet[Chain, str]":
    """One row at most, the head of a village's chain: another one after every write and every reading that is noted.

    What was drawn under a stamp is what would be drawn now while the stamp is the same. No row: no entry yet.
    """
    return Chain.objects.filter(village_id=village_id).values_list("head", flat=True)[:1]


def stamp(village_id: UUID) -> str | None:
    return next(iter(stamps(village_id)), None)


def readings(village_id: UUID) -> QuerySet[AuditEntry]:
    """Whoever opened what is masked or sealed."""
    return AuditEntry.objects.filter(village_id=village_id, is_reading=True)


# --- walking along a chain ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Head:
    """Where a chain says that it stands, and the last row that is there, seen in one statement."""

    segment: int
    seq: int
    head: str
    last: int


def head(village_id: UUID) -> Head | None:
    """None before the first entry."""
    rows = AuditEntry.objects.filter(village_id=OuterRef("village_id")).values("village_id")
    last = Subquery(rows.annotate(last=Max("seq")).values("last"))
    found = Chain.objects.filter(village_id=village_id).annotate(last=last).first()
    return Head(found.segment, found.seq, found.head, found.last or 0) if found else None


def rows(village_id: UUID, up_to: int) -> Iterator[tuple[verifier.Json, str, str]]:
    """(what is hashed, prev, hash) of every entry in its order."""
    columns = [*AuditEntry.HASHED, "prev", "hash"]
    found = AuditEntry.objects.filter(village_id=village_id, seq__lte=up_to).order_by("seq")
    for row in found.values_list(*columns).iterator(chunk_size=A_FETCH):
        yield body(row[:-2]), row[-2], row[-1]


def walked(village_id: UUID) -> verifier.Walk:
    """The verifier's walk along the whole chain as it lies here, past the anchors that were handed out."""
    stands = head(village_id)
    anchors = Anchor.objects.filter(village_id=village_id).values_list("seq", "characters")
    walk = verifier.Walk(str(village_id), anchors)
    if stands is None:
        walk.end(0, walk.head)
        return walk
    end = max(stands.seq, stands.last)
    for row in rows(village_id, end):
        walk.take(*row)
    walk.end(stands.seq, stands.head)
    return walk


def exported(village_id: UUID) -> Iterator[str]:
    """The lines of an export: about it, the rows, the head."""
    stands, name = head(village_id), names().get(village_id, ("", ""))[1]
    about = {"tongxin": "audit chain", "village": str(village_id), "name": name, "at": clock.now().isoformat()}
    yield _line(about)
    if stands is not None:
        for entry, prev, hash_ in rows(village_id, max(stands.seq, stands.last)):
            yield _line({"body": entry, "prev": prev, "hash": hash_})
    seq, last = (stands.seq, stands.head) if stands else (0, verifier.first(str(village_id), 1))
    yield _line({"end": {"seq": seq, "head": last}})


def _line(about: verifier.Json) -> str:
    return json.dumps(about, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


# --- what was handed out, what was looked over ------------------------------------------------------------------------
def last_anchor(village_id: UUID) -> Anchor | None:
    return Anchor.objects.filter(village_id=village_id).order_by("-seq").first()


def last_check(village_id: UUID) -> ChainCheck | None:
    return ChainCheck.objects.filter(village_id=village_id).order_by("-at", "-id").first()


@dataclass(frozen=True)
class Paper:
    """What the chain says to twelve characters on a paper. `still`: the row that they were taken from is unchanged."""

    anchor: Anchor
    still: bool


def paper(village_id: UUID, characters: str) -> Paper | None:
    """None when this chain never had such a head."""
    anchor = Anchor.objects.filter(village_id=village_id, characters=characters).order_by("-seq").first()
    if anchor is None:
        return None
    row = AuditEntry.objects.filter(village_id=village_id, seq=anchor.seq).first()
    still = row is not None and verifier.linked(row.prev, row.body) == row.hash
    return Paper(anchor, still and row is not None and verifier.characters(row.hash) == characters)


# --- what only higher floors know -------------------------------------------------------------------------------------
Names = Callable[[], Mapping[UUID, tuple[str, str]]]
_names: list[Names] = []


def register_names(names_: Names) -> None:
    """`territory` says what the villages are called: id -> (short name in addresses, name)."""
    _names[:] = [names_]


def names() -> dict[UUID, tuple[str, str]]:
    """The chains by name; that of the installation among them."""
    known = dict(_names[0]()) if _names else {}
    return {**known, INSTALLATION: ("installation", "")}


def named(text: str) -> UUID:
    """The chain that somebody names at the command line, by short name or id.

    Raises:
        LookupError: says which there are.
    """
    for village_id, (slug, _name) in names().items():
        if text in (slug, str(village_id)):
            return village_id
    raise LookupError(f"No such village: {text}. There are: {', '.join(slug for slug, _name in names().values())}")


# --- how it stands, for whoever looks after the site -------------------------------------------------------------
def findings() -> Iterator[health.Finding]:
    """Every chain walked from its first row: whole, whole since a seal, or broken."""
    name, count = _("Audit chains"), 0
    for village in Chain.objects.order_by("village_id").values_list("village_id", flat=True):
        walk, count = walked(village), count + 1
        if not walk.verdict:
            continue
        of = names().get(village, ("", str(village)))[1]
        words = _("%(village)s: %(fault)s") % {"village": of, "fault": walk.faults[-1]}
        state = health.State.FAULT if walk.verdict == 1 else health.State.LATE
        yield health.Finding(name, state, words, _("Keep everything as it is; SECURITY.md says what comes next."))
        count = -1_000_000
    if count >= 0:
        words = ngettext("%(count)s chain is whole.", "%(count)s chains are whole.", count) % {"count": count}
        yield health.Finding(name, health.State.OK, words)


def heads() -> dict[str, Any]:
    """{village: [segment, seq, head]} beside every backup; a head says nothing of what was written."""
    return {str(c.village_id): [c.segment, c.seq, c.head] for c in Chain.objects.order_by("village_id")}


def behind(heard: Sequence[Any]) -> list[dict[str, Any]]:
    """After a restore: which entries later anchors knew and this database does not. They are lost, not made up."""
    here = {str(chain.village_id): chain.seq for chain in Chain.objects.all()}
    furthest: dict[str, int] = {}
    for one in heard:
        for village, (_segment, seq, _head) in dict(one).items():
            furthest[village] = max(furthest.get(village, 0), int(seq))
    return [
        {"name": f"audit {village}", "year": clock.today().year, "from": here.get(village, 0) + 1, "to": seq}
        for village, seq in sorted(furthest.items())
        if seq > here.get(village, 0)
    ]


@dataclass(frozen=True)
class Subject:
    """How the readings of one kind of thing are shown: which of them to whom, and what they are called."""

    reach: Callable[[HttpRequest], "QuerySet[Any]"]  # the things that this reader may know of
    named: Callable[[Collection[UUID]], Mapping[UUID, tuple[str, str]]]  # id -> (words, address)


Readers = Callable[[UUID, Collection[UUID]], Mapping[UUID, str]]
_subjects: dict[str, Subject] = {}
_readers: list[Readers] = []


def register_subject(label: str, subject: Subject) -> None:
    """A higher app says it for a table of its own ("issues.issue"). What nobody speaks for is shown to nobody."""
    _subjects[label] = subject


def register_readers(readers: Readers) -> None:
    """`bodies` says who a log-in is: its name and post."""
    _readers[:] = [readers]


# --- who looked -------------------------------------------------------------------------------------------------------
def looks(request: HttpRequest, village_id: UUID) -> "QuerySet[AuditEntry]":
    """The readings of whatever this reader may know of, newest first: a complaint about them is not in their list."""
    known = Q(pk__in=[])
    for label, subject in _subjects.items():
        known |= Q(subject=label, subject_id__in=subject.reach(request))
    return readings(village_id).filter(known).order_by("-seq")


@dataclass(frozen=True)
class Look:
    """One reading as a person reads it."""

    at: datetime
    who: str
    act: str
    about: str
    url: str
    why: str


def told(village_id: UUID, rows: Sequence[AuditEntry]) -> list[Look]:
    people = who({row.actor_id for row in rows if row.actor_id}, village_id)
    things: dict[UUID, tuple[str, str]] = {}
    for label, subject in _subjects.items():
        if ids := {row.subject_id for row in rows if row.subject == label and row.subject_id}:
            things.update(subject.named(ids))
    found = []
    for row in rows:
        about, url = things.get(row.subject_id, ("", "")) if row.subject_id else ("", "")
        name = people.get(row.actor_id, "") if row.actor_id else ""
        why = Why(row.why).label if row.why in Why.values else row.why
        found.append(Look(row.at, name or row.get_actor_kind_display(), row.act, about, url, str(why)))
    return found


def who(ids: Collection[UUID], village_id: UUID) -> Mapping[UUID, str]:
    return _readers[0](village_id, ids) if _readers and ids else {}


def by_month(rows: "QuerySet[AuditEntry]", zone: tzinfo) -> list[tuple[date, int]]:
    """(first day of a month, how many), newest first."""
    found = rows.order_by().annotate(month=TruncMonth("at", tzinfo=zone)).values("month")
    return [(one["month"].date(), one["n"]) for one in found.annotate(n=Count("pk")).order_by("-month")[:24]]
