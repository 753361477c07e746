"""A complaint about an officer goes to the supervisors (about them: to the township) and past that officer (R25).

What the officer can open is compared, page by page, before and after the complaint: not a line, not a number may move.
"""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from tests.architecture.tree import nothing
from tests.factories import stage as stages
from tests.journeys import canaries, doors
from tests.journeys.test_a_stranger_tells_and_hears_back import number_on, tell_sealed
from tests.journeys.visitor import Visitor
from tongxin.core import clock
from tongxin.issues.models import Issue, Route
from tongxin.territory import scope

FORMS = ("", "?as=xlsx", "?as=print", "?status=all&whole=1")
WORDS = "不该说出去的话"
# Random on each page: tokens, nonces, keys of sheets; and the address on the log of an error page.
RANDOM = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|name="[\w-]*key" value="[^"]*"|'
    r"value=\"[0-9a-f]{8}-[0-9a-f-]{27}\"|<code>[0-9a-f]{8}</code>|(?im:^(?:content-security-policy|x-request-id|"
    r"set-cookie|expires|last-modified|etag|content-length|vary).*$)|docProps/\S+|dcterms:\w+[^<]*<[^<]*<"
)


def pages(stage, user) -> Iterator[tuple[str, int, str]]:
    """(address, status, text without what is random) of every staff page that asks for nothing, for this user."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    for door in doors.every():
        if door.is_open or door.params or door.name == "core:status":  # the machine itself, as it is this minute
            continue
        for form in FORMS:
            address = stage.path(doors.addresses(door, stage)[0]) + form
            response = client.get(address)
            yield address, response.status_code, RANDOM.sub("", canaries.readable(response))


@pytest.fixture
def moment():
    """One moment for both looks, so that nothing moves by itself."""
    with clock.stopped_at(clock.now()) as at:
        yield at


@pytest.mark.parametrize(("who", "route"), [("secretary", Route.SUPERVISORS), ("supervisor", Route.TOWNSHIP)])
def test_nothing_moves_for_the_officer_it_is_about(quiet, moment, who, route):
    stages.answered(quiet, "another", 1)
    accused = quiet.users[who]
    list(pages(quiet, accused))  # what a first look itself changes is changed
    before = {address: (status, text) for address, status, text in pages(quiet, accused)}
    said = {"words": WORDS, "about_post": str(quiet.posts[who].pk), "category": "land_money", "phone": "13822220009"}
    number = number_on(tell_sealed(Visitor(quiet), **said))
    with scope.village(quiet.village.pk):
        assert Issue.objects.get(number=number).route == route
    after = {address: (status, text) for address, status, text in pages(quiet, accused)}
    assert any(status == 200 for status, _text in after.values())
    nothing([f"{address} looks different" for address in before if before[address] != after[address]])
    nothing([f"{address} shows it" for address, (_s, text) in after.items() if number in text or WORDS in text])


def test_for_those_who_take_it_everything_moves(quiet, moment):
    """The proof of the comparison above."""
    taker = quiet.users["supervisor"]
    before = {address: text for address, _status, text in pages(quiet, taker)}
    tell_sealed(Visitor(quiet), words=WORDS, about_post=str(quiet.posts["secretary"].pk))
    moved = [address for address, _status, text in pages(quiet, taker) if text != before[address]]
    assert {quiet.path("/v/"), quiet.path("/v/say/"), quiet.path("/v/say/?as=xlsx")} <= set(moved)


def test_every_door_of_the_complaint_is_shut_to_the_officer(here):
    accused = Client(raise_request_exception=False)
    accused.force_login(here.users["secretary"])
    complaint = here.issues["complaint"]
    found, knocked = [], 0
    for door in doors.every():
        if door.is_open or door.params != ("number",):
            continue
        [address] = [a for a in doors.addresses(door, here) if complaint.number in a]
        statuses = {accused.get(here.path(address)).status_code, accused.post(here.path(address)).status_code}
        knocked += 1
        if not statuses <= {404, 405} or 404 not in statuses:
            found.append(f"{address}: {statuses}")
    assert knocked > 10
    nothing(found)


def test_the_officer_finds_it_by_no_search(here):
    accused = Visitor(here, here.users["secretary"])
    complaint = here.issues["complaint"]
    for word in (complaint.number, complaint.number.replace("-", ""), "支书的事", "13822220001"[-4:]):
        for address in ("/v/say/", "/v/find/"):
            page = accused.open(address, q=word, whole="1", status="all")
            assert not page.says("支书的事"), (address, word)
            led = [link for link, _words in page.links if complaint.number in link.partition("?")[0]]
            assert not led, (address, word)  # what was asked may be said again, behind the question mark


def test_those_who_take_it_find_it(here):
    """The proof of the others: the pages do show complaints to whom they are for."""
    supervisor = Visitor(here, here.users["supervisor"]).open("/v/say/")
    assert supervisor.says(here.issues["complaint"].number)
    assert not supervisor.says(here.issues["complaint_up"].number)
    township = Visitor(here, here.users["township"]).open("/v/say/")
    assert township.says(here.issues["complaint_up"].number)


def test_who_steps_down_still_does_not_see_it(here):
    """By the office held when it was told: a later hand-over opens nothing."""
    complaint, person = here.issues["complaint"], here.persons[here.users["secretary"].name]
    with scope.village(here.village.pk):
        for appointment in here.appointments:
            if appointment.person_id == person.pk:
                appointment.to_on = clock.today()
                appointment.save()
        stages.appoint(here, "supervisor", person)
    accused = Visitor(here, here.users["secretary"])
    assert accused.open("/v/say/").status == 200
    assert accused.open(f"/v/say/{complaint.number}/").status == 404


def test_a_complaint_is_never_public(here):
    for name in ("complaint", "complaint_up", "complaint_ended"):
        number = here.issues[name].number
        page = Visitor(here).open(f"/say/{number}/")
        assert not page.says("支书") and not page.says("网格员的事")
        assert Visitor(here).open(f"/board/said/{number}/").status == 404
