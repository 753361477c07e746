"""The net finds what it is for, and lets through what is whole."""

import pytest
from django.db import IntegrityError, transaction

from tests.reliability import net
from tongxin.audit import actions as audit
from tongxin.issues.models import Voice
from tongxin.territory.models import Village

NEW = {"slug": "nowhere", "name": "无"}


@pytest.fixture
def issue(db):
    from tests.factories import stage

    made = stage.settle(stage.village())
    return stage.told(made, "told", 0.1)


def voice(issue):
    from tongxin.core import clock

    Voice(village_id=issue.village_id, issue=issue, at=clock.now(), channel="page").save(force_insert=True)


def test_a_write_without_an_entry_is_found(issue):
    with net.cast() as caught, transaction.atomic():
        voice(issue)
    assert caught.faults() == ["wrote issues_voice without an audit entry"]


def test_a_write_with_its_entry_is_let_through(issue):
    with net.cast() as caught, audit.together():
        voice(issue)
        audit.record("issues.join", by=None, about=issue)
    assert caught.faults() == []
    assert caught.wrote == {"issues_voice"}


def test_an_entry_of_another_transaction_does_not_help(issue):
    with net.cast() as caught:
        with audit.together():
            audit.record("issues.join", by=None, about=issue)
        with transaction.atomic():
            voice(issue)
    assert caught.faults() == ["wrote issues_voice without an audit entry"]


def test_what_was_taken_back_is_no_write(issue):
    with net.cast() as caught, pytest.raises(IntegrityError), transaction.atomic():
        voice(issue)
        raise IntegrityError
    assert caught.faults() == []


def test_an_entry_that_was_taken_back_does_not_help(issue):
    with net.cast() as caught, transaction.atomic():
        voice(issue)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.record("issues.join", by=None, about=issue)
            raise ZeroDivisionError
    assert caught.faults() == ["wrote issues_voice without an audit entry"]


def test_a_change_after_the_head_was_taken_is_found(issue):
    with net.cast() as caught, transaction.atomic():
        audit.record("issues.note", by=None, about=issue)
        type(issue)._base_manager.filter(pk=issue.pk).update(title="x")
    assert len(caught.faults()) == 1
    assert "held the head" in caught.faults()[0]


def test_a_change_in_the_open_is_found(issue):
    with net.cast() as caught:
        Village.objects.filter(pk=issue.village_id).update(phone="1")
    assert caught.faults() == ["wrote territory_village without an audit entry"]


def test_it_hangs_below_every_request_of_the_client(client, issue, monkeypatch):
    """The control: one action forgets its call, and the request is red."""
    from django.urls import reverse

    address = reverse("issues:say_join", args=[issue.number])
    monkeypatch.setattr("tongxin.issues.actions.telling.audit.record", lambda *args, **kwargs: None)
    with pytest.raises(AssertionError, match="wrote issues_voice without an audit entry"):
        client.post(f"/{issue.village.slug}{address}", {"key": "one"})
