"""S7 grants: who gives which role, through the pages on which it is done; never to oneself; the watch never ends (T04).

The table is written out here: it is not read from the matrix, which it checks.
"""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import stage as stages
from tests.factories.stage import Stage, row
from tests.reliability import board
from tests.reliability.cast import _holder, _more_posts
from tongxin.bodies import access
from tongxin.bodies.models import Appointment, Post
from tongxin.bodies.roles import Role
from tongxin.core import clock
from tongxin.territory import queries, scope

ABOVE = {Role.TOWNSHIP, Role.COUNTY}
OF_THE_VILLAGE = set(Role) - ABOVE
GRANTS = {Role.SECRETARY: OF_THE_VILLAGE, Role.CLERK: OF_THE_VILLAGE, Role.TOWNSHIP: set(Role)}  # the others: none


@pytest.fixture
def stage(db):
    queries.forget_villages()
    made = stages.settle(stages.village())
    with scope.village(made.village.pk):
        _more_posts(made)
        yield made
    queries.forget_villages()


@pytest.fixture
def clients(stage) -> dict[Role, Client]:
    found = {}
    for role in Role:
        found[role] = Client(raise_request_exception=False)
        found[role].force_login(stage.users.get(role) or _holder(stage, f"only-{role}", role))
    return found


def given(client: Client, stage: Stage, role: Role, name: str) -> bool:
    """Whether somebody sits in a new post of the role after it was asked for."""
    fields = {"role": role, "grid": stage.grids[0] if role == Role.GRID_WORKER else None, "position": 90}
    made = row(Post, village=stage.village, body=stage.bodies[0], title=f"新设{role}{Post.objects.count()}", **fields)
    to = stage.path(reverse("bodies:appoint", args=[made.pk]))
    client.post(to, {"name": name, "from_on": clock.today().isoformat()})
    return Appointment.objects.filter(post=made).exists()


def to_oneself(client: Client, stage: Stage, role: Role) -> list[Role]:
    own = Appointment.objects.filter(person__user_id=client.session["_auth_user_id"]).select_related("person")[0].person
    return [wanted for wanted in Role if given(client, stage, wanted, own.name)]


def test_a_role_is_given_by_whom_the_table_says_and_never_to_oneself(stage, clients, monkeypatch):
    found = []
    for giver, client in clients.items():
        for role in Role:
            did = given(client, stage, role, "苗小满")
            if did != (role in GRANTS.get(giver, ())):
                found.append(f"{giver} {'gives' if did else 'cannot give'} {role}")
        found += [f"{giver} gives {role} to himself" for role in to_oneself(client, stage, Role(giver))]
    with monkeypatch.context() as patch:
        patch.setattr(access, "can_grant", lambda user, post: True)
        patch.setattr(access, "can_appoint", lambda user, person: True)
        bad = (
            given(clients[Role.CLERK], stage, Role.COUNTY, "苗小满"),
            to_oneself(clients[Role.CLERK], stage, Role.CLERK),
        )
    board.reach(
        "S7 grants",
        wanted=f"{len(Role)} × {len(Role)} as the table says; 0 to oneself",
        reached="; ".join(found[:20]) or "as the table says",
        held=not found,
        control=f"no table: the clerk gives the county's post: {bad[0]}, and himself {len(bad[1])}",
        control_failed=all(bad),
    )


def test_the_first_officer_of_the_township_may_be_entered_by_the_village(stage, clients):
    """A new village has nobody above it yet; from then on the township gives these posts."""
    Appointment.objects.filter(post__role=Role.TOWNSHIP).update(to_on=clock.today())
    assert given(clients[Role.CLERK], stage, Role.TOWNSHIP, "苗小满")
    assert not given(clients[Role.CLERK], stage, Role.TOWNSHIP, "苗冬来")


def end(client: Client, stage: Stage, seat: Appointment) -> str:
    """Ask for the end of an appointment today; what the page said."""
    to = stage.path(reverse("bodies:end", args=[seat.pk]))
    return client.post(to, {"to_on": clock.today().isoformat()}, follow=True).content.decode()


def test_the_last_supervisor_stays_until_the_next_one_is_seated(stage, clients, monkeypatch):
    seats = list(Appointment.objects.filter(post__role=Role.SUPERVISOR, to_on=None))
    desk = stage.path(reverse("issues:today"))
    assert clients[Role.SUPERVISOR].get(desk).status_code == 200
    said = [end(clients[giver], stage, seat) for giver in GRANTS for seat in seats]
    left = Appointment.objects.filter(post__role=Role.SUPERVISOR).on(clock.today()).count()
    assert all("最后一名" in words for words in said)

    page = stage.path(reverse("bodies:appoint", args=[seats[0].post_id]))
    clerk = clients[Role.CLERK]
    assert seats[0].person.name in clerk.get(page).content.decode()
    clerk.post(page, {"name": "苗小满", "from_on": clock.today().isoformat()})
    now = [one.person.name for one in Appointment.objects.filter(post__role=Role.SUPERVISOR).on(clock.today())]

    answer = clients[Role.SUPERVISOR].get(desk)
    with monkeypatch.context() as patch:
        patch.setattr("tongxin.bodies.actions.seating._must_leave_a_supervisor", lambda *args: None)
        end(clerk, stage, Appointment.objects.get(post__role=Role.SUPERVISOR, to_on=None))
    gone = not Appointment.objects.filter(post__role=Role.SUPERVISOR).on(clock.today()).exists()
    board.reach(
        "S7 last supervisor",
        wanted="1 at any time: nobody ends the last one; seating the next ends the term, and the session at once",
        reached=f"{left} after {len(said)} tries, then {len(now)}; the former is answered {answer.status_code}",
        held=left == 1 and now == ["苗小满"] and answer.status_code == 302 and "/login/" in answer["Location"],
        control=f"no guard: the village has none: {gone}",
        control_failed=gone,
    )


def test_a_supervisor_leaves_where_another_one_sits(stage, clients):
    other = row(
        Post, village=stage.village, body=stage.bodies[0], title="监委会成员", role=Role.SUPERVISOR, position=91
    )
    first = Appointment.objects.get(post__role=Role.SUPERVISOR)
    later = clock.today() + timedelta(days=30)
    to = stage.path(reverse("bodies:appoint", args=[other.pk]))
    clients[Role.CLERK].post(to, {"name": "苗小满", "from_on": later.isoformat()})
    end(clients[Role.CLERK], stage, first)
    first.refresh_from_db()
    assert first.to_on is None  # the other one has not begun
    Appointment.objects.filter(post=other).update(from_on=clock.today())
    end(clients[Role.CLERK], stage, first)
    first.refresh_from_db()
    assert first.to_on == clock.today()
