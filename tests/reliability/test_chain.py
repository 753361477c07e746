"""S14: whoever changes a village's chain afterwards is found out, and several who append at once make one chain."""

import copy
import json
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from threading import Barrier
from uuid import UUID

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from tests import history
from tongxin.audit import actions as audit
from tongxin.audit import queries, verifier
from tongxin.audit.actions import appending
from tongxin.audit.models import AuditEntry, Chain, ChainCheck
from tongxin.core.ids import uuid7
from tongxin.core.models import Counter

from . import board

ROWS = 300
Rows = list[verifier.Json]


class Clerk:
    pk, actor_kind = uuid7(), "user"


def grown(village: UUID, count: int) -> None:
    with audit.together():
        for n in range(count):
            audit.record("a.b", by=Clerk, village_id=village, data={"entry": uuid7(), "n": n, "fields": ["phone"]})


@pytest.fixture
def village(db) -> UUID:
    made = uuid7()
    grown(made, ROWS)
    return made


@pytest.fixture
def rows(village) -> Rows:
    """The export's rows."""
    return [json.loads(line) for line in list(queries.exported(village))[1:-1]]


# --- an export, with a paper and without ------------------------------------------------------------------------------
def is_found(village: UUID, rows: Rows, paper: list[tuple[int, str]]) -> bool:
    """Whether the verifier sees damage, when the attacker has made the end of the file fit what he left of it."""
    walk = verifier.Walk(str(village), paper)
    for row in rows:
        walk.take(row["body"], row["prev"], row["hash"])
    walk.end(walk.seq, walk.head)
    return bool(walk.faults)


def paper_of(rows: Rows) -> list[tuple[int, str]]:
    return [(rows[-1]["body"]["seq"], verifier.characters(rows[-1]["hash"]))]


def other(value: object) -> object:
    """A cell with the least change: a digit, a letter, a yes for a no."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, dict):
        return {**value, "n": value.get("n", 0) + 1}
    return f"{value[:-1]}{'1' if value[-1:] != '1' else '2'}"


def edits(rows: Rows, each: int) -> Iterator[tuple[int, str]]:
    """(row, cell): so many of every row's cells, others in each row, so that each column has its turn."""
    cells = [*rows[0]["body"], "prev", "hash"]
    for at in range(len(rows)):
        for n in range(each):
            yield at, cells[(at * each + n) % len(cells)]


def edited(rows: Rows, at: int, cell: str) -> Rows:
    row = copy.deepcopy(rows[at])
    where = row if cell in ("prev", "hash") else row["body"]
    where[cell] = other(where[cell])
    return [*rows[:at], row, *rows[at + 1 :]]


def relinked(rows: Rows) -> Rows:
    """What somebody who holds the server can make of it: every hash anew."""
    made: Rows = []
    for row in rows:
        body = {**row["body"], "seq": len(made) + 1}
        prev = made[-1]["hash"] if made else verifier.first(body["village"], 1)
        made.append({"body": body, "prev": prev, "hash": verifier.linked(prev, body)})
    return made


def swapped(rows: Rows, at: int) -> Rows:
    return [*rows[:at], rows[at + 1], rows[at], *rows[at + 2 :]]


def exchanged(rows: Rows, at: int) -> Rows:
    """Two rows change what they say and keep their numbers."""
    made = copy.deepcopy(rows)
    for one, two in ((at, at + 1), (at + 1, at)):
        made[one]["body"] = {**rows[two]["body"], "seq": rows[one]["body"]["seq"]}
    return made


def slipped_in(rows: Rows, at: int) -> Rows:
    """One more row between two, linked to the one before."""
    body = {**rows[at]["body"], "id": str(uuid7()), "act": "a.forged"}
    prev = rows[at - 1]["hash"] if at else verifier.first(body["village"], 1)
    return [*rows[:at], {"body": body, "prev": prev, "hash": verifier.linked(prev, body)}, *rows[at:]]


def rewritten(rows: Rows) -> Rows:
    made = copy.deepcopy(rows)
    made[7]["body"]["act"] = "a.harmless"
    return relinked(made)


def test_every_change_of_a_chain_is_found(village, rows):
    paper = paper_of(rows)
    assert not is_found(village, rows, paper)
    each = board.count(ci=5, nightly=16)
    cells = [is_found(village, edited(rows, at, cell), paper) for at, cell in edits(rows, each)]
    gone = [is_found(village, [*rows[:at], *rows[at + 1 :]], paper) for at in range(ROWS)]
    swaps = [is_found(village, swap(rows, at), paper) for swap in (swapped, exchanged) for at in range(ROWS - 1)]
    forged = [is_found(village, slipped_in(rows, at), paper) for at in range(ROWS)]
    anew = is_found(village, rewritten(rows), paper)
    shorter = is_found(village, relinked(rows[:-1]), paper)
    found = {"cells": cells, "deletions": gone, "swaps": swaps, "insertions": forged, "rewrites": [anew, shorter]}
    held = all(all(results) for results in found.values())
    blind = [is_found(village, rows[:-1], []), is_found(village, rewritten(rows), [])]
    board.reach(
        "S14",
        wanted=f"{len(cells)}/{len(cells)} cell edits, {ROWS}/{ROWS} deletions incl. last, swap, insert, full rewrite",
        reached=", ".join(f"{name} {sum(results)}/{len(results)}" for name, results in found.items()),
        held=held and len(cells) == each * ROWS,
        control=f"without the paper the last row's deletion and a rewrite are found {sum(blind)} of 2 times",
        control_failed=not any(blind),
    )


# --- in the database, by its owner ------------------------------------------------------------------------------------
def as_owner(statement: str, *values: object) -> None:
    with history.unguarded(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def kinds(check: ChainCheck) -> list[str]:
    return [fault.kind for fault in check.found]


def bent(village: UUID, seq: int, column: str) -> None:
    """One cell of one row, past every guard."""
    entry = AuditEntry.objects.get(village_id=village, seq=seq)
    field = AuditEntry._meta.get_field(column)
    value = getattr(entry, field.attname)
    if column in ("id", "village_id", "actor_id", "subject_id"):
        value = uuid7()
    elif column == "at":
        value = value.replace(year=value.year - 1)
    elif column == "seq":
        value += ROWS
    else:
        value = other(value)
    key = AuditEntry._meta.pk.get_db_prep_value(entry.pk, connection, False)
    as_owner(
        f'UPDATE audit_auditentry SET "{field.column}" = %s WHERE id = %s',
        field.get_db_prep_save(value, connection),
        key,
    )


COLUMNS = [field.attname for field in AuditEntry._meta.concrete_fields]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.django_db(transaction=True)
def test_a_cell_that_the_owner_changed_is_found_by_the_next_night_s_walk(column, village):
    assert audit.check(village).verdict == 0
    bent(village, 111, column)
    found = audit.check(village)
    assert found.is_broken
    assert {fault.seq for fault in found.found} & {111, 112, 411}


@pytest.mark.django_db(transaction=True)
def test_the_last_row_is_missed_by_the_head_by_the_anchor_and_at_last_by_the_paper(village):
    anchor = audit.anchor(village)
    last = AuditEntry.objects.get(village_id=village, seq=ROWS)
    key = AuditEntry._meta.pk.get_db_prep_value(last.pk, connection, False)
    as_owner("DELETE FROM audit_auditentry WHERE id = %s", key)
    assert kinds(audit.check(village)) == ["missing", "unmet"]
    Chain.objects.filter(village_id=village).update(seq=ROWS - 1, head=last.prev)
    assert kinds(audit.check(village)) == ["unmet"]
    as_owner("DELETE FROM audit_anchor")
    assert audit.check(village).verdict == 0  # whoever owns the server has mended all that lies on it
    lines = list(queries.exported(village))
    assert verifier.checked(lines).verdict == 0
    assert verifier.checked(lines, [(anchor.seq, anchor.characters)]).verdict == 1


@pytest.mark.django_db(transaction=True)
def test_a_head_that_was_turned_back_is_found_and_no_row_is_written_over(village):
    before = AuditEntry.objects.get(village_id=village, seq=ROWS - 1)
    Chain.objects.filter(village_id=village).update(seq=before.seq, head=before.hash)
    with pytest.raises(DatabaseError):
        grown(village, 1)
    assert kinds(audit.check(village)) == ["head"]


# --- several at once --------------------------------------------------------------------------------------------------
WRITERS, EACH = 8, 50
UNLOCKED = "SELECT segment, seq, head FROM audit_chain WHERE village_id = %s"


def at_once(act: Callable[[int], object], writers: int = WRITERS) -> list[object]:
    """What `act(n)` gave or raised in so many threads, each with a connection of its own."""
    gate = Barrier(writers)

    def run(n: int) -> object:
        try:
            gate.wait()
            return act(n)
        finally:
            connection.close()

    with ThreadPoolExecutor(writers) as pool:
        return list(pool.map(run, range(writers)))


def appended(village: UUID) -> int:
    """So many writers, so many appends each; how many were refused."""

    def act(n: int) -> int:
        refused = 0
        for _time in range(EACH):
            try:
                grown(village, 1)
            except DatabaseError:
                refused += 1
        return refused

    return sum(int(str(refused)) for refused in at_once(act))


def forks(village: UUID) -> int:
    """Rows that follow the same row as another, or none."""
    found = list(AuditEntry.objects.filter(village_id=village).order_by("seq", "id"))
    prevs = [row.prev for row in found]
    broken = sum(after.prev != before.hash for before, after in pairwise(found))
    return max(len(prevs) - len(set(prevs)), broken)


@contextmanager
def without_the_lock(monkeypatch) -> Iterator[None]:
    def held(village_id, connection):
        village = Chain._meta.get_field("village_id").get_db_prep_value(village_id, connection, False)
        with connection.cursor() as cursor:
            cursor.execute(UNLOCKED, [village])
            row = cursor.fetchone()
        return (row[0], row[1], row[2])

    with monkeypatch.context() as patched:
        patched.setattr(appending, "held", held)
        yield


@contextmanager
def without_the_constraints() -> Iterator[None]:
    every = [c for c in AuditEntry._meta.constraints if c.name in ("audit_entry_seq", "audit_entry_prev")]
    with connection.schema_editor() as editor:
        for constraint in every:
            editor.remove_constraint(AuditEntry, constraint)
    try:
        yield
    finally:
        as_owner("DELETE FROM audit_auditentry")
        with connection.schema_editor() as editor:
            for constraint in every:
                editor.add_constraint(AuditEntry, constraint)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_who_append_at_once_make_one_chain(monkeypatch):
    village, unlocked, unguarded = uuid7(), uuid7(), uuid7()
    refused = appended(village)
    whole = audit.check(village)
    count = AuditEntry.objects.filter(village_id=village).count()
    forked = forks(village)
    grown(unlocked, 1)
    grown(unguarded, 1)
    with without_the_lock(monkeypatch):
        retries = appended(unlocked)
        with without_the_constraints():
            appended(unguarded)
            wild = forks(unguarded)
    assert forks(unlocked) == 0  # what the lock does not keep apart, the constraints refuse
    board.reach(
        "S14 at once",
        wanted=f"{WRITERS} writers, {WRITERS * EACH} appends: 0 forks, 0 refused",
        reached=f"{count} appended, {forked} forks, {refused} refused",
        held=(count, forked, refused, whole.verdict) == (WRITERS * EACH, 0, 0, 0),
        control=f"no lock: {retries} of {WRITERS * EACH} refused; nor unique(prev): {wild} forks",
        control_failed=retries > 0 and wild > 0,
    )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_act_of_two_entries_holds_nothing_that_others_wait_for(monkeypatch):
    """The head is taken last. Taken between two writes it would be a place to meet in: everybody's deadlock."""
    rows = [Counter.objects.create(village_id=uuid7(), name=f"row-{n}", year=2026) for n in range(4)]
    village = uuid7()
    grown(village, 1)

    def turn(frame) -> int:
        def act(n: int) -> int:
            dead, order = 0, random.Random(n)
            with connection.cursor() as cursor:
                cursor.execute("SET deadlock_timeout = '20ms'")  # found sooner, not more often
            for _time in range(30):
                first, second = sorted(order.sample(range(4), 2)) if n % 2 else (order.randrange(4), None)
                try:
                    with frame():
                        Counter.objects.filter(pk=rows[first].pk).update(value=n)
                        audit.record("a.first", by=Clerk, village_id=village)
                        if second is not None:
                            Counter.objects.filter(pk=rows[second].pk).update(value=n)
                            audit.record("a.second", by=Clerk, village_id=village)
                except OperationalError:
                    dead += 1
            return dead

        return sum(int(str(dead)) for dead in at_once(act))

    dead = turn(audit.together)
    met = turn(transaction.atomic)
    board.reach(
        "S14 head last",
        wanted="0 deadlocks in 240 acts by 8 writers",
        reached=f"{dead} deadlocks",
        held=dead == 0 and audit.check(village).verdict == 0,
        control=f"each entry appended at once: {met} deadlocks",
        control_failed=met > 0,
    )
