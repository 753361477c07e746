"""What is said in the clear about how far things had come, and numbers that never come twice."""

import json
from datetime import datetime
from uuid import UUID

import pytest
from django.db import transaction

from tongxin.core import clock, counters
from tongxin.core.keeping import anchors
from tongxin.core.models import Counter

HERE = UUID("018f0000-0000-7000-8000-000000000001")


def count(times, name="issues", year=2026):
    with transaction.atomic():
        return [counters.next_value(HERE, name, year) for _ in range(times)][-1]


@pytest.fixture
def in_june(transactional_db):
    with clock.stopped_at(datetime(2026, 6, 15, 8, 20)):
        yield


def test_a_restored_counter_goes_on_above_everything_that_may_have_been_given_out(in_june):
    count(3, year=2025)
    count(17)
    later = {"counters": {f"{HERE}/issues/2026": 88, f"{HERE}/issues/2025": 3}}
    leaps = anchors.catch_up([anchors.all_now(), later])
    assert {"name": "issues", "year": 2026, "from": 18, "to": 200} in leaps
    assert count(1) == 201
    assert Counter.objects.get(year=2025).value == 3  # nobody draws from it any more


def test_without_a_later_anchor_there_are_fifty_to_spare(in_june):
    count(60)
    anchors.catch_up([anchors.all_now()])
    assert count(1) == 201
    assert count(50) == 251


def test_a_counter_that_began_after_the_backup_is_begun_from_its_anchor(in_june):
    anchors.catch_up([{"counters": {f"{HERE}/sittings/2026": 4, "/posters/2026": 9}}])
    assert count(1, "sittings") == 101
    assert Counter.objects.get(village_id=None, name="posters").value == 100


def test_a_backup_of_last_year_begins_this_year_above_its_first_numbers(in_june):
    count(900, year=2025)
    anchors.catch_up([])
    assert count(1) == 101


def test_only_anchors_of_this_site_are_heard_and_a_broken_file_is_passed_over(tmp_path):
    for name, text in {
        "a.anchor.json": json.dumps({"site": "ours", "anchors": {"counters": {"x/y/2026": 1}}}),
        "b.anchor.json": json.dumps({"site": "theirs", "anchors": {"counters": {"x/y/2026": 900}}}),
        "c.anchor.json": "{half",
        "d.json": json.dumps({"site": "ours", "anchors": {}}),
    }.items():
        (tmp_path / name).write_text(text)
    assert anchors.heard([tmp_path, tmp_path / "gone"], "ours") == [{"counters": {"x/y/2026": 1}}]
