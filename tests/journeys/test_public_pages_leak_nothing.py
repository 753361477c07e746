"""What a villager entrusts to the village stays with it: no name, number, word or sealed matter on a public page.

A canary sits in every private text of the village (`canaries`); every public address is then read, in each form it has.
"""

import json
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.tree import nothing
from tests.factories import stage as stages
from tests.journeys import canaries, doors
from tongxin.core import clock, outbox
from tongxin.issues.models import Status
from tongxin.people.models import Household, Membership

FORMS = ("", "?as=xlsx", "?as=print", "?page=2&q=坑&category=road&group=1", "?s=4s")
MANY = 8  # an address with more objects than this is read in its first form only
POSTED = {"tail": stages.TAIL, "group": "1", "answer": "yes", "number": "1", "words": "", "phone": "", "next": "/"}


@pytest.fixture
def planted(here):
    return canaries.plant(here)


def read_everything(client: Client, stage, planted, *, closed: bool = False) -> list[str]:
    """All that this visitor can get of the village by asking, and by pressing every button without typing much."""
    found = []
    for door in doors.every():
        if not (door.is_open or closed):
            continue
        asked = doors.addresses(door, stage)
        for form in FORMS if len(asked) <= MANY else FORMS[:1]:
            for address in asked:
                at = stage.path(address) + form
                found += [f"GET {at}: {what}" for what in canaries.seen(_answer(client.get(at)), planted)]
        for address in asked[:MANY]:
            answer = _answer(client.post(stage.path(address), POSTED))
            found += [f"POST {address}: {what}" for what in canaries.seen(answer, planted)]
    return found


def _answer(response) -> str:
    if response.get("Content-Type", "").startswith(("image/", "audio/")):
        return str(response.headers)
    return canaries.readable(response)


@pytest.mark.parametrize("who", ["nobody", "the neighbour's officer"])
def test_no_public_page_shows_what_was_entrusted(here, neighbour, planted, who):
    client = Client(raise_request_exception=False)
    if who != "nobody":
        client.force_login(neighbour.users["everybody"])
    nothing(read_everything(client, here, planted))


def test_the_neighbours_staff_pages_and_searches_hold_nothing_of_the_village(here, neighbour, planted):
    client = Client(raise_request_exception=False)
    client.force_login(neighbour.users["everybody"])
    found = []
    for door in doors.every():
        if not door.params:
            for form in (*FORMS, "?q=苗", f"?q={here.issues['told'].number}", "?whole=1&status=all"):
                at = neighbour.path(doors.addresses(door, neighbour)[0]) + form
                found += [f"GET {at}: {what}" for what in canaries.seen(_answer(client.get(at)), planted)]
    nothing(found)


def test_a_family_sees_its_own_and_nobody_elses(here, planted):
    """The card with the last four digits opens the page of one household."""
    home = here.households[0]
    client = Client(raise_request_exception=False)
    with stages.scope.village(here.village.pk):
        head = Membership.objects.filter(household=home).first().person
        head.phone = f"1381111{stages.TAIL}"
        head.save()
    answer = client.post(here.path(reverse("issues:card", args=[here.cards[0].token])), {"tail": stages.TAIL})
    assert answer.status_code == 303, answer
    own = {home.pk, *(i.pk for i in here.issues.values() if i.household_id == home.pk)}
    own |= {member.person_id for member in here.members if member.household_id == home.pk}
    others = {
        canary: where
        for canary, where in planted.items()
        if where.row.pk not in own and getattr(where.row, "issue_id", None) not in own
    }
    text = "".join(_answer(client.get(here.path(address))) for address in ("/", "/my/", "/say/", "/who/"))
    nothing([str(what) for what in canaries.seen(text, others) if what in others.values()])


def test_a_message_holds_a_number_and_no_words(here, settings, tmp_path):
    settings.SMS_FOLDER = str(tmp_path)
    said = {"words": "鹱家的墙塌了", "told_by_name": "鹱大爷", "phone": "13822220005"}
    stages.answered(here, "messaged", 1, **said)
    stages.answered(here, "sealed_message", 1, is_sealed=True, **said)
    with clock.stopped_at(clock.at(clock.today() + timedelta(days=1), 12)):
        while outbox.work_once(100):
            pass
    sent = [json.loads(path.read_text("utf-8")) for path in tmp_path.glob("*.json")]
    own = [message for message in sent if message["to"] == "13822220005"]
    assert {here.issues["messaged"].number} == {n for n in _numbers(here) for m in own if n in m["text"]}
    nothing([m["text"] for m in sent if canaries.MARK in m["text"] or "坑" in m["text"] or "138" in m["text"]])


def _numbers(stage) -> list[str]:
    return [issue.number for issue in stage.issues.values()]


def test_the_log_holds_nothing_either(here, planted, caplog):
    caplog.set_level(logging.DEBUG)
    client = Client(raise_request_exception=False)
    for door in doors.every():
        for address in doors.addresses(door, here, most=2):
            client.get(here.path(address))
            client.post(here.path(address), {"words": "鹱", "phone": f"{canaries.DIGITS}0000001", "tail": "鹱"})
    found = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
    nothing([line for line in found if canaries.MARK in line or canaries.DIGITS in line])


def test_a_planted_leak_is_seen(here, planted):
    """What is private today would be found on a page that shows it."""
    without = {f"{model._meta.label}.{field.name}" for model, field in canaries.fields()}
    nothing(sorted(f"the stage leaves {name} empty" for name in without - {where.field for where in planted.values()}))
    words, phone = (
        next(canary for canary, where in planted.items() if where.field == name)
        for name in ("issues.Issue.words", "people.Person.phone")
    )
    name = next(canary for canary, where in planted.items() if where.field == "people.Person.name")
    page = f"<p>{words}</p><a href='tel:{phone[:3]} {phone[3:7]}-{phone[7:]}'>{name[0]}**</a>"
    found = [str(what) for what in canaries.seen(page, planted)]
    assert any("issues.Issue.words" in what for what in found)
    assert any("people.Person.phone" in what for what in found)
    assert any(what.startswith("a piece") for what in found)


def test_the_board_itself_is_not_empty_after_all_that(here, planted):
    page = Client().get(here.path("/board/")).content.decode()
    shown = [issue for issue in here.issues.values() if issue.title and issue.status == Status.SOLVED]
    assert any(issue.number in page for issue in shown)
    with stages.scope.village(here.village.pk):
        assert Household.objects.filter(house_name__startswith=canaries.MARK).exists()
