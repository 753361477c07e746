"""The head of a chain is a stamp of its village: it moves with every entry and with no other village's."""

import pytest
from django.db import transaction

from tests.factories import stage
from tongxin.audit import actions, queries
from tongxin.core.ids import uuid7

pytestmark = pytest.mark.django_db


def leave(village_id):
    with transaction.atomic():
        actions.record("tests.write", by=None, village_id=village_id)


def test_no_entry_no_stamp():
    assert queries.stamp(uuid7()) is None


def test_an_entry_moves_the_stamp_of_its_own_village():
    here, there = uuid7(), uuid7()
    leave(here)
    leave(there)
    before = queries.stamp(here), queries.stamp(there)
    leave(here)
    assert queries.stamp(here) != before[0]
    assert queries.stamp(there) == before[1]


def test_the_inbox_shows_what_was_written_a_moment_ago_and_asks_little_when_nothing_was(
    client, django_assert_max_num_queries
):
    village = stage.settle(stage.village())
    stage.told(village, "first")
    client.force_login(village.users["clerk"])
    address = village.path("/v/say/")
    assert client.get(address).status_code == 200
    with django_assert_max_num_queries(5):  # session, log-in, appointments, stamp
        unchanged = client.get(address).content.decode()
    issue = stage.told(village, "second")
    assert issue.number not in unchanged
    assert issue.number in client.get(address).content.decode()


def test_two_readers_never_see_each_other_s_page(client):
    village = stage.settle(stage.village())
    stage.told(village, "first")
    pages = {}
    for name in ("clerk", "council", "clerk"):
        client.force_login(village.users[name])
        pages.setdefault(name, []).append(client.get(village.path("/v/say/")).content.decode())
    assert village.users["clerk"].name in pages["clerk"][1]
    assert village.users["clerk"].name not in pages["council"][0]
