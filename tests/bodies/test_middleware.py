"""The net under all routes: whoever forgets to say for whom a view is has closed it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from tongxin.bodies.middleware import HeldRolesMiddleware, StaffOnlyMiddleware
from tongxin.core.access import public, staff


def bare(_request) -> HttpResponse:
    return HttpResponse("in")


@pytest.fixture
def knock(stage, rf):
    """What the net says before a view is called; None lets through."""

    def ask(view, user=None):
        request = rf.get("/v/")
        request.user, request.village = user or AnonymousUser(), stage.village
        HeldRolesMiddleware(bare)(request)
        return StaffOnlyMiddleware(bare).process_view(request, view, (), {})

    return ask


def test_a_view_that_says_nothing_is_for_staff(stage, knock):
    assert knock(bare).status_code == 302
    assert knock(bare, stage.users["helper"]) is None
    with pytest.raises(Http404):
        knock(bare, stage.users["former"])


def test_a_public_view_is_open_to_all(stage, knock):
    view = public("a reason")(lambda _request: HttpResponse())
    assert knock(view) is None and knock(view, stage.users["former"]) is None


def test_a_marked_view_is_for_those_it_names(stage, knock):
    view = staff("clerk", "secretary")(lambda _request: HttpResponse())
    assert knock(view, stage.users["clerk"]) is None
    with pytest.raises(PermissionDenied):
        knock(view, stage.users["helper"])
    with pytest.raises(Http404):
        knock(view, stage.users["former"])


def test_without_a_village_nobody_holds_anything(stage, rf):
    request = rf.get("/v/")
    request.user, request.village = stage.users["clerk"], None
    HeldRolesMiddleware(bare)(request)
    with pytest.raises(Http404):
        StaffOnlyMiddleware(bare).process_view(request, bare, (), {})
