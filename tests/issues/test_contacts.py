"""Who told a matter: masked until somebody says what for, and each opening on record."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.factories import stage
from tongxin.audit.models import AuditEntry
from tongxin.core import clock, crypto
from tongxin.issues.models import Issue


@pytest.fixture
def clerk(client, here):
    client.force_login(here.users["clerk"])
    return client


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def whole(client, issue, query=""):
    return client.get(reverse("issues:issue", args=[issue.number]) + query)


def reveal(client, issue, why="call"):
    return client.post(reverse("issues:reveal", args=[issue.number]), {"why": why})


def test_name_and_telephone_are_for_whom_the_right_names(client, here):
    issue = stage.told(here, "m", told_by_name="苗长有", phone="13822220001")
    for who, may in (("clerk", True), ("committee", False), ("supervisor", False), ("worker", False)):
        client.force_login(here.users[who])
        page = text_of(whole(client, issue, "?who=1"))
        assert ("苗**" in page) == ("138****0001" in page) == ("打电话问这件事" in page) == may, who
        assert "苗长有" not in page and "13822220001" not in page
        opened = reveal(client, issue)
        text = text_of(opened)
        assert ("苗长有" in text) == ("13822220001" in text) == (opened.status_code == 200) == may, who


def test_a_sealed_teller_is_a_villager_to_everybody(clerk, here):
    issue = stage.told(here, "m", told_by_name="苗长有", phone="13822220001", is_sealed=True)
    for who in ("clerk", "secretary", "committee"):
        clerk.force_login(here.users[who])
        text = text_of(whole(clerk, issue))
        assert "一位村民" in text and "苗" not in text and "138" not in text
        assert reveal(clerk, issue).status_code == 403


def test_what_was_erased_is_a_dash_and_a_sentence(clerk, here):
    issue = stage.told(here, "m", told_by_name="苗长有", phone="13822220001")
    gone = crypto.Sealed("x2:2026-06-15")
    Issue.objects.filter(pk=issue.pk).update(phone=gone, told_by_name=gone)
    for page in (whole(clerk, issue), reveal(clerk, issue)):
        assert page.status_code == 200 and "—" in text_of(page) and "2026-06-15" in text_of(page)
        assert "tel:" not in page.content.decode().split("<main")[1].split("</main")[0]


def looks():
    """(act, who, about which, why) of every reading."""
    rows = AuditEntry.objects.filter(is_reading=True).order_by("seq")
    return [(row.act, row.actor_id, row.subject_id, row.why) for row in rows]


def test_opening_who_told_it_leaves_who_when_which_and_why(clerk, here):
    issue = stage.told(here, "m", told_by_name="苗长有", phone="13822220001")
    whole(clerk, issue)
    assert looks() == []
    reveal(clerk, issue, "visit")
    reveal(clerk, issue)  # looking again is a reading again
    user = here.users["clerk"].pk
    assert looks() == [("issues.reveal", user, issue.pk, "visit"), ("issues.reveal", user, issue.pk, "call")]
    [first, _second] = AuditEntry.objects.filter(is_reading=True).order_by("seq")
    assert first.data == {"fields": ["told_by", "phone"]}


@pytest.mark.parametrize("why", ["", "because", "work"])
def test_without_a_reason_nothing_is_opened(clerk, here, why):
    issue = stage.told(here, "m", told_by_name="苗长有", phone="13822220001")
    page = reveal(clerk, issue, why)
    assert page.status_code == 400 and "13822220001" not in text_of(page)
    assert looks() == []


def test_every_opening_of_a_sealed_matter_leaves_an_entry(clerk, here):
    issue = stage.told(here, "m", is_sealed=True)
    stage.told(here, "plain")
    whole(clerk, issue)
    clerk.get("/v/say/", {"open": issue.number})
    user = here.users["clerk"].pk
    assert looks() == [("issues.read_sealed", user, issue.pk, "work")] * 2
    clerk.get("/v/say/")
    whole(clerk, here.issues["plain"])
    assert len(looks()) == 2


def test_whoever_has_opened_two_hundred_today_opens_no_more(clerk, here, monkeypatch):
    monkeypatch.setattr("tongxin.audit.actions.readings.A_DAY", 3)
    issue = stage.told(here, "m", told_by_name="苗长有", phone="13822220001")
    for _n in range(3):
        assert reveal(clerk, issue).status_code == 200
    page = reveal(clerk, issue)
    assert page.status_code == 429 and "13822220001" not in text_of(page)
    assert looks()[-1][0] == "audit.too_many"
    clerk.force_login(here.users["council"])
    assert reveal(clerk, issue).status_code == 200
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        clerk.force_login(here.users["clerk"])  # yesterday's session has ended
        assert reveal(clerk, issue).status_code == 200
