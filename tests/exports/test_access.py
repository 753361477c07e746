import pytest

from tests.factories import exports
from tests.factories import stage as stages
from tongxin.bodies import queries as bodies
from tongxin.bodies.models import EmergencyAccess
from tongxin.core import clock
from tongxin.exports import access


@pytest.mark.parametrize(
    ("asks", "agree"),
    [
        ("clerk", {"secretary", "supervisor", "township"}),
        ("secretary", {"supervisor", "township"}),
        ("supervisor", {"secretary", "township"}),
        ("worker", {"secretary", "supervisor", "township"}),
    ],
)
def test_who_may_agree(here, asks, agree):
    found = exports.ask(here, asks)
    assert {who for who, user in here.users.items() if access.second_signer(user, found)} == agree


def test_whoever_also_sits_where_it_was_asked_is_not_the_other(here):
    found = exports.ask(here, "clerk")
    user = here.users["supervisor"]
    stages.appoint(here, "clerk", next(p for p in here.persons.values() if p.user_id == user.pk))
    bodies.forget(user)
    assert access.second_signer(user, found) is None


def test_only_who_asked_takes_it(here):
    found = exports.agreed(here)
    assert [who for who, user in here.users.items() if access.can_take(user, found)] == ["clerk"]


def test_a_post_that_is_lent_for_hours_does_not_sign(here):
    person = next(p for p in here.persons.values() if p.user_id == here.users["helper"].pk)
    lent = {"person": person, "because": "住院了", "given_at": clock.now(), "hours": 24}
    stages.row(EmergencyAccess, village=here.village, post=here.posts["secretary"], **lent)
    found = exports.ask(here)
    assert access.second_signer(here.users["helper"], found) is None
    assert access.signer(here.users["helper"], here.village.pk).post_title == "管水员"


def test_it_waits_for_the_second_body_and_then_for_who_asked(here):
    found = exports.ask(here)
    waits = lambda who: [one.asked.pk for one in access.waiting(here.users[who], here.village.pk)]  # noqa: E731
    assert waits("supervisor") == [found.asked.pk] and waits("clerk") == waits("council") == []
    exports.actions.agree_export(found, by=here.users["supervisor"], words=exports.YES)
    assert waits("clerk") == [found.asked.pk] and waits("supervisor") == waits("township") == []
