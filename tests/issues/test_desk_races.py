"""Several press at once: one goes first, the others are told; the same press arriving several times is one."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import stage
from tongxin.core import clock
from tongxin.core.errors import WrongStatus
from tongxin.issues import actions
from tongxin.issues.models import Issue, IssueEntry, Sitting
from tongxin.territory import queries, scope

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 6


@pytest.fixture
def here(transactional_db):
    queries.forget_villages()
    settled = stage.settle(stage.village())
    with scope.village(settled.village.pk):
        yield settled
    queries.forget_villages()


def at_once(here, act) -> list[object]:
    """What `act(n)` gave or raised in so many threads, each with a connection of its own, all started together."""
    gate = Barrier(MANY)

    def run(n: int) -> object:
        try:
            with scope.village(here.village.pk):
                gate.wait()
                return act(n)
        except WrongStatus as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(run, range(MANY)))


def test_of_several_who_dispatch_at_once_one_goes_first(here):
    pk = stage.taken(here, "m").pk
    rows = [Issue.objects.get(pk=pk) for _n in range(MANY)]  # all of them saw it taken and not yet given
    posts = [here.posts[name] for name in ("worker", "worker2", "helper", "mediator", "committee", "worker")]
    found = at_once(here, lambda n: actions.dispatch(rows[n], by=here.users["clerk"], post=posts[n]))
    assert sum(isinstance(result, WrongStatus) for result in found) == MANY - 1
    assert IssueEntry.objects.filter(issue=pk, step="dispatch").count() == 1
    winner = next(result for result in found if isinstance(result, IssueEntry))
    assert Issue.objects.get(pk=pk).handler_post.title == winner.data["post"]


def test_a_decline_and_an_accept_at_once_leave_one_story(here):
    pk = stage.told(here, "m").pk
    rows = [Issue.objects.get(pk=pk) for _n in range(MANY)]

    def act(n):
        if n % 2:
            return actions.accept(rows[n], by=here.users["clerk"])
        return actions.decline(rows[n], by=here.users["council"], reason="是省道", where_to="公路段")

    assert sum(isinstance(result, WrongStatus) for result in at_once(here, act)) == MANY - 1
    steps = IssueEntry.objects.filter(issue=pk).exclude(step="report").values_list("step", flat=True)
    assert list(steps) == [{"taken": "accept", "declined": "decline"}[Issue.objects.get(pk=pk).status]]


def test_the_same_note_arriving_several_times_is_one(here):
    pk = stage.given(here, "m").pk
    rows = [Issue.objects.get(pk=pk) for _n in range(MANY)]
    at_once(here, lambda n: actions.note(rows[n], by=here.users["worker"], text="石子明天到", key="k"))
    assert IssueEntry.objects.filter(issue=pk, step="note").count() == 1


def test_the_same_sitting_arriving_several_times_is_one(here):
    stage.taken(here, "m")
    held = {"by": here.users["clerk"], "held_on": clock.today(), "present": 5, "key": "k"}
    at_once(here, lambda n: actions.hold_sitting(here.village, **held))
    assert Sitting.objects.count() == 1
