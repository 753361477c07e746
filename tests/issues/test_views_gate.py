"""The staff pages of the main job at their doors: who comes in, who is told humanly, who is told nothing."""

import pytest
from django.urls import reverse

from tests.factories import stage

DOORS = ["issues:today", "issues:inbox", "issues:tasks", "issues:council", "issues:who_does_what", "issues:proxy"]
# role: today inbox tasks council usual proxy
GRID = """
    secretary   200 200 200 200 200 200
    clerk       200 200 200 200 200 200
    council     200 200 200 200 200 200
    committee   200 200 200 200 200 200
    supervisor  200 200 200 200 200 200
    township    200 200 200 200 200 200
    worker      200 403 200 403 403 200
    helper      200 403 200 403 403 200
    mediator    200 403 200 403 403 200
    accountant  200 403 200 403 403 200
    former      404 404 404 404 404 404
    outsider    404 404 404 404 404 404
"""
VERBS = {
    "accept": {},
    "dispatch": {"post": "x"},
    "decline": {"reason": "a", "where_to": "b"},
    "refer": {"reason": "a", "where_to": "b"},
    "give_up": {"reason": "a"},
    "merge": {"into": "23-0001-2"},
    "reclassify": {"category": "water", "kind": "hard"},
    "note": {"text": "a"},
    "answer": {"reply": "a"},
    "hand_back": {"reason": "a"},
    "confirm": {"channel": "phone"},
    "not_yet": {"channel": "phone"},
    "join": {"channel": "phone"},
}


@pytest.fixture
def outsider(here):
    return stage.everybody(stage.settle(stage.village("shiping", "石坪村", 2)))


@pytest.mark.parametrize("line", [line.split() for line in GRID.strip().splitlines()], ids=lambda line: line[0])
def test_who_comes_in(client, here, outsider, line):
    who, *statuses = line
    client.force_login(outsider if who == "outsider" else here.users[who])
    assert [client.get(reverse(door)).status_code for door in DOORS] == [int(status) for status in statuses]


def test_who_is_not_logged_in_goes_to_the_log_in_and_comes_back(client, here):
    for door in DOORS:
        response = client.get(reverse(door))
        assert response.status_code == 302 and response["Location"] == f"/login/?next={reverse(door)}"


def test_a_closed_page_is_human(client, here):
    client.force_login(here.users["helper"])
    text = client.get(reverse("issues:inbox")).content.decode()
    assert "村委的人才能看" in text and here.village.phone in text


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_by_get_is_no_verb(client, here, verb):
    issue = stage.told(here, "m")
    client.force_login(here.users["clerk"])
    assert client.get(reverse(f"issues:{verb}", args=[issue.number])).status_code == 405


@pytest.mark.parametrize("verb", VERBS)
def test_what_one_may_not_see_is_not_there(client, here, outsider, verb):
    issue = stage.told(here, "c", about_post=here.posts["secretary"])
    for user in (here.users["secretary"], here.users["clerk"], outsider):
        client.force_login(user)
        response = client.post(reverse(f"issues:{verb}", args=[issue.number]), VERBS[verb])
        assert response.status_code == 404, user
    client.force_login(here.users["helper"])  # whose post never takes orders: told so, whatever the number
    told = client.post(reverse(f"issues:{verb}", args=[issue.number]), VERBS[verb]).status_code
    assert told == client.post(reverse(f"issues:{verb}", args=["99-9999-1"]), VERBS[verb]).status_code
    assert here.fresh("c").status == "told"


@pytest.mark.parametrize("verb", ["accept", "decline", "refer", "reclassify"])
def test_what_one_may_see_and_not_do_is_refused(client, here, verb):
    issue = stage.told(here, "m")
    for who in ("committee", "supervisor", "township"):
        client.force_login(here.users[who])
        response = client.post(reverse(f"issues:{verb}", args=[issue.number]), VERBS[verb])
        assert response.status_code == 403, who
    assert here.fresh("m").status == "told"


@pytest.mark.parametrize("page", ["issues:issue", "issues:task", "issues:slip", "issues:written"])
def test_a_number_of_nothing_nonsense_or_somebody_elses(client, here, outsider, page):
    issue = stage.told(here, "m")
    client.force_login(here.users["clerk"])
    for number in ("99-9999-1", "nonsense", issue.number[:-1] + str((int(issue.number[-1]) + 1) % 10)):
        assert client.get(reverse(page, args=[number])).status_code == 404, number
    client.force_login(outsider)
    assert client.get(reverse(page, args=[issue.number])).status_code == 404


def test_staff_pages_are_kept_by_no_cache(client, here):
    client.force_login(here.users["clerk"])
    for door in DOORS:
        assert "no-store" in client.get(reverse(door))["Cache-Control"]


def test_a_forged_press_without_the_token_does_nothing(here, settings):
    from django.test import Client

    issue = stage.told(here, "m")
    client = Client(enforce_csrf_checks=True)
    client.force_login(here.users["clerk"])
    assert client.post(reverse("issues:accept", args=[issue.number])).status_code == 403
    assert here.fresh("m").status == "told"


def test_a_way_back_leads_only_to_our_own_pages(client, here):
    client.force_login(here.users["clerk"])
    for n, back in enumerate(
        ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/v/say/?status=told"]
    ):
        issue = stage.told(here, f"m{n}")
        response = client.post(reverse("issues:accept", args=[issue.number]), {"back": back})
        wanted = back if back.startswith("/v/") else reverse("issues:issue", args=[issue.number])
        assert (response.status_code, response["Location"]) == (303, wanted)
