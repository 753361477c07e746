"""What the database refuses of an envelope's opening, by rows that no action would write (R27)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import stage
from tests.issues.test_unsealing import agree, ask
from tongxin.core import triggers
from tongxin.issues.models import Unsealing, UnsealingEntry
from tongxin.territory import scope


@pytest.fixture
def opening(here):
    return ask(here, stage.told(here, "s", is_sealed=True))


def entry(here, asked, step, who, hours=0.0, **changed):
    """A row as the action would write it, put in behind its back."""
    post = here.posts[who]
    fields = {"village_id": here.village.pk, "unsealing_id": asked.pk, "step": step, "note": "看过了案卷"}
    by = {"by": here.users[who], "by_name": who, "post": post, "by_post": post.title, "body": post.body, "by_body": "-"}
    UnsealingEntry(**{**fields, **by, "at": asked.at + timedelta(hours=hours), **changed}).save(force_insert=True)


def refused(match, *row, **changed):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        entry(*row, **changed)


def test_the_rule_is_installed(db):
    assert "tx_issues_unsealingentry_two" in triggers.found(connection)


def test_what_is_whole_is_let_through(here, opening):
    entry(here, opening.asked, "agree", "township", 1)
    for who in ("supervisor", "township"):
        entry(here, opening.asked, "read", who, 71.9)
    assert UnsealingEntry.objects.count() == 3


@pytest.mark.parametrize("step", ["agree", "refuse"])
def test_one_body_is_not_two(here, opening, step):
    refused("one body is not two", here, opening.asked, step, "supervisor")
    refused("one body is not two", here, opening.asked, step, "township", by=here.users["supervisor"])
    refused("one body is not two", here, opening.asked, step, "township", body=here.posts["supervisor"].body)


def test_nothing_is_read_before_two_have_agreed(here, opening):
    refused("have not agreed", here, opening.asked, "read", "supervisor")
    entry(here, opening.asked, "refuse", "township")
    refused("have not agreed", here, opening.asked, "read", "supervisor")


def test_only_the_two_read(here, opening):
    entry(here, opening.asked, "agree", "township")
    refused("only the two", here, opening.asked, "read", "secretary")


@pytest.mark.parametrize("hours", [72, 73, -1])
def test_nothing_happens_outside_the_hours(here, opening, hours):
    refused("hours are over", here, opening.asked, "agree", "township", hours)
    entry(here, opening.asked, "agree", "township", 71.9)
    refused("hours are over", here, opening.asked, "read", "township", hours)


def test_a_second_word_is_refused(here, opening):
    entry(here, opening.asked, "agree", "township")
    for step in ("agree", "refuse"):
        refused("(?i)append-only|unique", here, opening.asked, step, "secretary")


def test_what_was_asked_in_one_village_is_not_agreed_to_in_another(here, opening):
    there = stage.settle(stage.village("shiping", "石坪村", 2))
    with scope.village(there.village.pk):
        refused("nobody of this village", there, opening.asked, "agree", "township")


def test_rows_of_both_tables_stay_as_they_were_written(here, opening):
    agree(here, opening)
    for model, change in ((Unsealing, {"reason": "别的"}), (UnsealingEntry, {"note": "别的"})):
        rows = model.objects.all()
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(**change)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_without_a_reason_no_row(here, opening):
    asked = Unsealing.objects.get()
    asked.pk, asked.reason = None, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)
