"""Whoever holds every post of the next village finds no door of this one open, and nothing of it at home.

All routes are found by `doors`; a new one is knocked at from the day it is there.
"""

import pytest
from django.test import Client

from tests.architecture.tree import nothing
from tests.factories import stage as stages
from tests.journeys import doors

NOT_THERE = 404
WRONG_VERB = 405


@pytest.fixture
def stranger(neighbour) -> Client:
    """Holds every post there is, in the neighbour village."""
    client = Client(raise_request_exception=False)
    client.force_login(neighbour.users["everybody"])
    return client


def knock(client: Client, address: str) -> dict[str, int]:
    return {"GET": client.get(address).status_code, "POST": client.post(address).status_code}


def test_no_staff_page_of_the_village_is_there_for_the_neighbour(here, stranger):
    found = []
    for door in doors.every():
        if door.is_open:
            continue
        for address in doors.addresses(door, here, most=3):
            for at in (here.path(address), address):  # under its prefix, and at the bare address of the first village
                answers = knock(stranger, at)
                found += [f"{verb} {at}: {status}" for verb, status in answers.items() if status != NOT_THERE]
    nothing(found)


def test_nothing_of_the_village_is_there_under_the_neighbours_own_address(here, neighbour, stranger):
    found = []
    for door in doors.every():
        if not door.of_object:
            continue
        for address in doors.addresses(door, here, most=3):
            at = neighbour.path(address)
            answers = knock(stranger, at)
            if not set(answers.values()) <= {NOT_THERE, WRONG_VERB} or NOT_THERE not in answers.values():
                found.append(f"{at}: {answers}")
    nothing(found)


def test_the_neighbours_own_pages_are_there(neighbour, stranger):
    """The proof of the two above: the same person, at home, stands before open doors."""
    opened = {}
    for door in doors.every():
        if not door.params and not door.is_open:
            opened[door.name] = knock(stranger, neighbour.path(doors.addresses(door, neighbour)[0]))
    assert opened, "no staff page without a parameter: nothing was proved"
    nothing([f"{name}: {answers}" for name, answers in opened.items() if NOT_THERE in answers.values()])


def test_the_same_doors_open_to_whoever_holds_the_same_posts_here(here):
    """Each address that is shut to the neighbour is there for somebody of the village: 404 was about who, not what."""
    client = Client(raise_request_exception=False)
    client.force_login(stages.everybody(here))
    shut = []
    for door in doors.every():
        if door.of_object:
            asked = doors.addresses(door, here)
            if not any(set(knock(client, here.path(address)).values()) - {NOT_THERE, WRONG_VERB} for address in asked):
                shut.append(str(door))
    nothing(shut)


def test_after_the_log_in_one_is_led_home(here, neighbour, stranger):
    """The door behind the log-in is open to all; it leads to the village where the post is, and shows nothing."""
    response = stranger.get(here.path("/v/start/"))
    assert response.status_code in {302, 303}
    assert response["Location"] == neighbour.path("/v/")
