"""What the database refuses of an export of many persons, by rows that no action would write (R20)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from tests.factories import exports
from tests.factories import stage as stages
from tongxin.core import triggers
from tongxin.exports.models import ExportEntry
from tongxin.territory import scope


@pytest.fixture
def asked(here):
    return exports.ask(here).asked


def entry(here, asked, step, who, hours=0.0, **changed):
    """A row as the action would write it, put in behind its back."""
    post, at = here.posts[who], asked.at + timedelta(hours=hours)
    by = {"by": here.users[who], "by_name": who, "post": post, "by_post": post.title, "body": post.body, "by_body": "-"}
    ends_at = at + timedelta(hours=24) if step == "agree" else None
    fields = {"village_id": here.village.pk, "export_id": asked.pk, "step": step, "at": at, "ends_at": ends_at}
    ExportEntry(**{**fields, **by, **changed}).save(force_insert=True)


def refused(match, *row, **changed):
    with pytest.raises(IntegrityError, match=match), transaction.atomic():
        entry(*row, **changed)


def test_the_rule_is_installed(db):
    assert "tx_exports_exportentry_two" in triggers.found(connection)


def test_what_is_whole_is_let_through(here, asked):
    entry(here, asked, "agree", "supervisor", 71.9)
    entry(here, asked, "take", "clerk", 71.9 + 23.9)
    assert ExportEntry.objects.count() == 2


@pytest.mark.parametrize("step", ["agree", "refuse"])
def test_one_body_is_not_two(here, asked, step):
    refused("one body is not two", here, asked, step, "clerk")
    refused("one body is not two", here, asked, step, "committee")  # sits where the clerk sits
    refused("one body is not two", here, asked, step, "supervisor", by=here.users["clerk"])


def test_it_is_not_taken_before_two_have_agreed(here, asked):
    refused("have not agreed", here, asked, "take", "clerk")
    entry(here, asked, "refuse", "supervisor")
    refused("have not agreed", here, asked, "take", "clerk")


@pytest.mark.parametrize("hours", [72, 73, -1])
def test_a_word_outside_its_hours_is_none(here, asked, hours):
    refused("waits for no word", here, asked, "agree", "supervisor", hours)


@pytest.mark.parametrize("hours", [24, 25, -0.5])
def test_it_is_not_taken_outside_its_hours(here, asked, hours):
    entry(here, asked, "agree", "supervisor")
    refused("hours are over", here, asked, "take", "clerk", hours)


def test_only_whoever_asked_takes_it_and_once(here, asked):
    entry(here, asked, "agree", "supervisor")
    refused("only whoever asked", here, asked, "take", "supervisor")
    entry(here, asked, "take", "clerk")
    refused("(?i)append-only|unique", here, asked, "take", "clerk", 1)


def test_a_second_word_is_refused(here, asked):
    entry(here, asked, "agree", "supervisor")
    for step in ("agree", "refuse"):
        refused("(?i)append-only|unique", here, asked, step, "township")


def test_what_was_asked_in_one_village_is_not_agreed_to_in_another(here, asked):
    there = stages.settle(stages.village("shiping", "石坪村", 2))
    with scope.village(there.village.pk):
        refused("nobody of this village", there, asked, "agree", "supervisor")
