"""S8: what is in one village is nowhere in the next: not in pages, JSON, files, exports or search (T01, T02, R17)."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

from django.urls import reverse

from tests.journeys import doors
from tests.reliability import board, foreign
from tests.reliability.neighbours import HERE, Two, read, two, unscoped
from tongxin.bodies.models import Body
from tongxin.bodies.roles import Role
from tongxin.issues.models import Issue
from tongxin.people.models import Household
from tongxin.territory.models import Place

MOST = board.count(1, 3)  # things of each sort that are asked for
THOROUGH = ("nobody", "everybody")  # ask for everything there is; at night all do
# one table at a time is asked without its village: the page on which that must show
CONTROLS = {
    Issue: "issues:inbox",
    Household: "people:households",
    Place: "territory:places",
    Body: "bodies:bodies",
}


def forms(known: foreign.Foreign) -> tuple[str, ...]:
    """The twins of a page, and its address with everything in it that could name somebody else's."""
    of = {table.partition(".")[2].lower(): found[0] for table, found in known.keys.items()}
    named = {name + end: key for name, key in of.items() for end in ("", "_id")}
    name = next(canary for canary, where in known.planted.items() if where.field == "people.Person.name")
    number = next(number for number, where in known.names.items() if where == "issues.Issue.number")
    named |= {"ids": of["issue"]}
    asked = [{"whole": 1, "status": "all"}, {**named, "q": name, "s": number}]
    if MOST > 1:
        asked += [{"q": number}, {"q": name}, {"s": number}, named]
    return "?as=xlsx", "?as=print", *(f"?{urlencode(each)}" for each in asked)


@dataclass(frozen=True)
class Question:
    """`forms` are asked too where the plain address is answered; `is_theirs`: it names a thing of the other village."""

    at: str
    door: doors.Door
    forms: tuple[str, ...] = ()
    is_theirs: bool = False


def questions(both: Two, known: foreign.Foreign) -> Iterator[Question]:
    """Every route that is read, for things of both villages, under both prefixes."""
    twins = forms(known)
    for door in doors.every():
        if "GET" not in door.line.methods:
            continue
        for own in doors.addresses(door, both.there, most=MOST):
            yield Question(both.there.path(own), door, () if door.params else twins)
        if door.of_object:
            for theirs in doors.addresses(door, both.here, most=MOST):
                yield Question(both.there.path(theirs), door, is_theirs=True)
        if not door.is_open:
            for at in doors.addresses(door, both.here, most=1):
                yield Question(both.here.path(at), door, is_theirs=True)


def asked(every: list[Question], name: str) -> Iterator[str]:
    """Whoever holds one post asks for what opens to it; that the rest is shut to it is S7's."""
    for question in every:
        right, is_door = question.door.line.right("GET"), not question.door.is_open
        if name in THOROUGH or MOST > 1:
            yield from (question.at + form for form in ("", *question.forms))
        elif is_door and not question.is_theirs and right is not None and name in right.roles:
            yield question.at


def leaks(both: Two, known: foreign.Foreign, who: list[str]) -> tuple[list[str], int]:
    """What of the first village shows to the second, and how many answers were read."""
    found, n, shut = [], 0, set()
    every, own = list(questions(both, known)), f"/{both.here.village.slug}/"
    theirs = {question.at for question in every if question.is_theirs}
    same: set[str] = set()
    for name in who:
        for at in asked(every, name):
            if (name, at.partition("?")[0]) in shut:
                continue  # a page that is not there has no twins
            status, text = read(both.readers[name], at)
            n += 1
            if status != HERE:
                shut.add((name, at))
            if at in theirs and status == HERE:
                found.append(f"{name} GET {at}: is there")
            if text not in same:
                same.add(text)
                told = known.seen(text, unquote(at))
                # under a village's own address stand its name and telephone, whoever asks
                found += [f"{name} GET {at}: {it}" for it in told
                          if not (at.startswith(own) and it.startswith("territory.Village."))]  # fmt: skip
    return found, n


def test_nothing_of_a_village_shows_in_the_next(db, monkeypatch):
    both = two()
    known = foreign.plant(both.here)
    controls = {table: both.there.path(reverse(page)) for table, page in CONTROLS.items()}
    found, n = leaks(both, known, list(both.readers))
    blind = []
    for table, page in controls.items():
        with unscoped(monkeypatch, table):
            if not known.seen(read(both.readers[Role.CLERK], page)[1]):
                blind.append(page)
    fields = len({where.field for where in known.planted.values()})
    board.reach(
        "S8 next village",
        wanted=f"0 of {len(known.planted)} canaries in {fields} fields, {len(known.of_key)} keys; "
        f"{len(both.readers)} people",
        reached="".join(f"\n{line}" for line in found[:40]) or f"0 in {n} answers",
        held=not found,
        control=f"one table at a time without its village: {len(controls) - len(blind)} of {len(controls)} seen",
        control_failed=not blind,
    )
