from datetime import timedelta

import pytest

from tests.factories import exports
from tongxin.bodies.models import Appointment
from tongxin.core import clock
from tongxin.exports import access, actions, queries
from tongxin.exports.models import Export
from tongxin.exports.queries import State


def test_the_states_of_a_request(here):
    found = exports.ask(here)
    assert found.state == State.ASKED and found.is_running
    with clock.stopped_at(found.asked.ends_at):
        assert exports.again(here, found.asked).state == State.LAPSED
    actions.agree_export(found, by=here.users["township"], words=exports.YES)
    ready = exports.again(here, found.asked)
    assert ready.state == State.READY
    with clock.stopped_at(ready.word.ends_at):
        over = exports.again(here, found.asked)
        assert over.state == State.OVER and not over.is_running
    actions.take_export(ready, by=here.users["clerk"])
    assert exports.again(here, found.asked).state == State.TAKEN


def test_a_refusal_ends_it(here):
    found = exports.ask(here)
    actions.refuse_export(found, by=here.users["township"], words="没有说清楚是给谁用的")
    assert exports.again(here, found.asked).state == State.REFUSED


def test_what_runs_is_found_to_its_last_minute(here, settings):
    settings.EXPORT_HOURS = 1000
    found = exports.ask(here)
    with clock.stopped_at(found.asked.ends_at - timedelta(minutes=1)):
        actions.agree_export(found, by=here.users["township"], words=exports.YES)
        ready = exports.again(here, found.asked)
    assert ready.word.ends_at - ready.word.at == Export.WAITS  # no setting makes it longer
    with clock.stopped_at(ready.word.ends_at - timedelta(minutes=1)):
        assert [one.state for one in queries.running(here.village.pk)] == [State.READY]


@pytest.mark.parametrize("left", [None, "township"])
def test_somebody_of_another_body_must_be_there(here, left):
    here_still = {"secretary", "supervisor", "township"} & {left}
    for who in {"secretary", "supervisor", "township"} - here_still:
        Appointment.objects.filter(post=here.posts[who]).update(to_on=clock.today())
    assert access.could_be_agreed(here.users["clerk"], here.village) is (left is not None)
