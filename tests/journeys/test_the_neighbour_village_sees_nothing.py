"""Whoever holds every post of the next village finds no door of this one open, and nothing of it at home.

All routes are found by `doors`; a new one is knocked at from the day it is there.
"""

import pytest
from django.test import Client

from tests.architecture.tree import nothing
from tests.journeys import doors

NOT_THERE = 404
WRONG_VERB = 405
# Doors for staff that look only at who one is: they send one on to one's own village, and show nothing. name: why
WAYS_HOME = {"issues:start": "sends whoever has logged in to the village where the post is"}


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
        if door.is_open or door.name in WAYS_HOME:
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


def test_a_way_home_shows_nothing(here, stranger):
    found = []
    for door in doors.every():
        if door.name in WAYS_HOME:
            response = stranger.get(here.path(doors.addresses(door, here)[0]))
            if response.status_code not in {302, 303} or here.village.slug in response["Location"]:
                found.append(f"{door}: {response.status_code} {response.get('Location')}")
    nothing(found)
