"""Role × right over bodies, written out; and the gate that `staff` sets before a view."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from tongxin.bodies import access
from tongxin.bodies.roles import STAFF, Role

KEEPERS = {"secretary": True, "clerk": True, "township": True}


@pytest.mark.parametrize(
    "who",
    ["secretary", "clerk", "township", "committee", "council", "supervisor", "worker", "helper", "mediator", "former"],
)
def test_who_keeps_bodies(stage, who):
    assert access.can_keep_bodies(stage.users[who], stage.village.pk) is KEEPERS.get(who, False)


def test_nobody_may_appoint_himself(stage):
    own = next(row.person for row in stage.appointments if row.person.user_id == stage.users["clerk"].pk)
    assert not access.can_appoint(stage.users["clerk"], own)
    assert access.can_appoint(stage.users["secretary"], own)
    assert not access.can_appoint(stage.users["council"], own)


@pytest.fixture
def knock(stage, rf):
    """What a view for clerks answers to somebody."""

    def ask(user) -> HttpResponse:
        request = rf.get("/v/")
        request.user, request.village = user, stage.village
        return access.staff(Role.CLERK)(lambda _request: HttpResponse("in"))(request)

    return ask


def test_the_gate_tells_four_answers_apart(stage, knock):
    from django.contrib.auth.models import AnonymousUser

    assert knock(stage.users["clerk"]).content == b"in"
    with pytest.raises(PermissionDenied):
        knock(stage.users["council"])
    with pytest.raises(Http404):
        knock(stage.users["former"])
    assert knock(AnonymousUser()).status_code == 302


def test_a_gate_without_names_is_for_staff_and_no_others():
    assert access.staff()(lambda _request: HttpResponse()).staff_roles == STAFF
    assert Role.LEGAL_ADVISER not in STAFF and Role.MEMBER not in STAFF
