"""Entries stand in a row without gaps, in the transaction of what they are about, and hold nothing personal."""

from datetime import datetime
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from tests.audit.conftest import Somebody
from tongxin.audit import actions as audit
from tongxin.audit import verifier
from tongxin.audit.actions.appending import A_STATEMENT
from tongxin.audit.models import INSTALLATION, AuditEntry, Chain
from tongxin.casework.actors import Calendar, Operator, Teller
from tongxin.core import clock
from tongxin.core.errors import DomainError, TooMany


def many(village, clerk, count=5):
    for n in range(count):
        with transaction.atomic():
            audit.record("a.b", by=clerk, village_id=village, data={"n": n})


def whole(rows):
    """The rows as the stand-alone verifier walks them."""
    walk = verifier.Walk(str(rows[0].village_id))
    for row in rows:
        walk.take(row.body, row.prev, row.hash)
    return walk.faults


def test_entries_count_from_one_and_each_is_bound_to_the_one_before(village, clerk, entries):
    many(village, clerk)
    rows = entries()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0].prev == verifier.first(str(village), 1)
    assert all(after.prev == before.hash for before, after in pairwise(rows))
    assert whole(rows) == []
    chain = Chain.objects.get(village_id=village)
    assert (chain.segment, chain.seq, chain.head) == (1, 5, rows[-1].hash)


def test_each_village_has_a_chain_of_its_own(village, clerk, entries):
    other = uuid4()
    many(village, clerk, 2)
    many(other, clerk, 1)
    assert [row.seq for row in entries(other)] == [1]
    assert entries(other)[0].prev != entries()[0].prev


def test_what_was_rolled_back_leaves_no_gap(village, clerk, entries):
    many(village, clerk, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        audit.record("a.b", by=clerk, village_id=village)
        raise ZeroDivisionError
    many(village, clerk, 1)
    assert [row.seq for row in entries()] == [1, 2]
    assert whole(entries()) == []


def test_an_entry_outside_a_transaction_is_refused(transactional_db, clerk):
    with pytest.raises(TransactionManagementError):
        audit.record("a.b", by=clerk, village_id=uuid4())


# --- together -----------------------------------------------------------------------------------------------------
def test_together_appends_at_the_end_and_all_at_once(village, clerk, entries):
    many(village, clerk, 1)
    with CaptureQueriesContext(connection) as seen, audit.together():
        for _n in range(7):
            audit.record("a.b", by=clerk, village_id=village)
        assert len(entries()) == 1
    statements = [q["sql"] for q in seen if "audit_" in q["sql"] and "ORDER BY" not in q["sql"]]
    assert [sql.split()[0] for sql in statements] == ["SELECT", "UPDATE", "INSERT"]
    assert len(entries()) == 8
    assert whole(entries()) == []


def test_more_than_one_statement_s_worth_is_whole_too(village, clerk, entries):
    with audit.together():
        for _n in range(A_STATEMENT + 7):
            audit.record("a.b", by=clerk, village_id=village)
    assert len(entries()) == A_STATEMENT + 7
    assert whole(entries()) == []


def test_what_failed_inside_is_not_told(village, clerk, entries):
    with audit.together():
        audit.record("a.kept", by=clerk, village_id=village)
        with pytest.raises(ZeroDivisionError), audit.together():
            audit.record("a.gone", by=clerk, village_id=village)
            raise ZeroDivisionError
        audit.record("a.kept_too", by=clerk, village_id=village)
    assert [row.act for row in entries()] == ["a.kept", "a.kept_too"]


def test_what_failed_as_a_whole_leaves_nothing_for_the_next(village, clerk, entries):
    with pytest.raises(ZeroDivisionError), audit.together():
        audit.record("a.gone", by=clerk, village_id=village)
        raise ZeroDivisionError
    with audit.together():
        audit.record("a.kept", by=clerk, village_id=village)
    assert [row.act for row in entries()] == ["a.kept"]


# --- what an entry says -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("by", "kind"),
    [
        (None, "anyone"),
        (Teller(uuid4(), "card"), "teller"),
        (Calendar("issues.lapse"), "calendar"),
        (Operator("set-up"), "operator"),
    ],
)
def test_who_has_no_log_in_is_named_by_kind(village, entries, by, kind):
    with audit.together():
        audit.record("a.b", by=by, village_id=village)
    [row] = entries()
    assert (row.actor_kind, row.actor_id) == (kind, None)


def test_a_log_in_is_named_by_its_id(village, clerk, entries):
    many(village, clerk, 1)
    assert (entries()[0].actor_kind, entries()[0].actor_id) == ("user", clerk.pk)


def test_what_belongs_to_no_village_goes_to_the_installation_s_chain(db, clerk, entries):
    with audit.together():
        audit.record("accounts.change_password", by=clerk)
    assert [row.act for row in entries(INSTALLATION)] == ["accounts.change_password"]


@pytest.mark.parametrize("data", [{"n": 1.5}, {"when": datetime(2026, 1, 1)}, {1: "key"}, {"deep": [{"x": {0.1}}]}])
def test_what_has_no_one_way_to_be_written_is_refused(village, clerk, data):
    with pytest.raises(TypeError), audit.together():
        audit.record("a.b", by=clerk, village_id=village, data=data)


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
@pytest.mark.parametrize(
    "text", ["驿兴码", "𠮷野家", "é e\u0301", "👨‍👩‍👧", "\u2028\u202e", "ﬁ Ａ ①", '"\\/\x1f', "\ufeff"]
)
def test_rare_characters_come_back_as_they_went(village, clerk, entries, settings, algorithm, text):
    """Formance #788: the hash differed for some text."""
    settings.AUDIT_HASH = algorithm
    with audit.together():
        audit.record("a.b", by=clerk, village_id=village, data={"z": text, text: [True, None, 2**53 + 1, -1]})
    assert entries()[0].algorithm == algorithm
    assert whole(entries()) == []


def test_the_algorithm_may_change_in_the_middle(village, clerk, entries, settings):
    many(village, clerk, 2)
    settings.AUDIT_HASH = "sm3"
    many(village, clerk, 2)
    assert [row.algorithm for row in entries()] == ["sha256", "sha256", "sm3", "sm3"]
    assert whole(entries()) == []


def test_the_hash_says_when_to_the_microsecond_whatever_the_zone(village, clerk, entries):
    with clock.stopped_at(datetime(2026, 6, 15, 8, 20, 1, 7)):
        many(village, clerk, 1)
    assert entries()[0].body["at"] == "2026-06-15T00:20:01.000007Z"


def test_the_hash_covers_every_column_but_the_hashes(village, clerk, entries):
    many(village, clerk, 1)
    columns = {f.attname for f in AuditEntry._meta.concrete_fields} - {"prev", "hash"}
    assert len(entries()[0].body) == len(columns)


# --- readings -----------------------------------------------------------------------------------------------------
@pytest.fixture
def page(village):
    """A row that somebody opens."""
    return Chain(village_id=village)


def test_a_reading_says_who_what_fields_and_why(village, clerk, entries, page):
    audit.reading("a.reveal", by=clerk, about=page, fields=("phone",), why="call")
    [row] = entries()
    assert (row.is_reading, row.act, row.actor_id, row.subject, row.subject_id, row.why, row.data) == (
        True, "a.reveal", clerk.pk, "audit.chain", page.pk, "call", {"fields": ["phone"]},
    )  # fmt: skip
    assert whole(entries()) == []


def test_the_one_too_many_is_refused_and_told(village, clerk, entries, page, monkeypatch):
    monkeypatch.setattr("tongxin.audit.actions.readings.A_DAY", 2)
    for _n in range(2):
        audit.reading("a.reveal", by=clerk, about=page, fields=("phone",), why="call")
    for _n in range(2):
        with pytest.raises(TooMany):
            audit.reading("a.reveal", by=clerk, about=page, fields=("phone",), why="call")
    audit.reading("a.reveal", by=Somebody(), about=page, fields=("phone",), why="call")
    assert [row.act for row in entries()] == ["a.reveal"] * 2 + ["audit.too_many"] * 2 + ["a.reveal"]


@pytest.mark.parametrize("pressed", ["", "work", "because of 13812345678"])
def test_a_reason_is_one_of_the_list_so_that_no_words_get_into_the_chain(pressed):
    assert audit.reason("visit") == "visit"
    with pytest.raises(DomainError):
        audit.reason(pressed)
