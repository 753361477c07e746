"""The gate before all routes: what the matrix says is what happens; a route without a line is closed."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.urls import ResolverMatch, get_resolver

from tongxin.bodies.middleware import GateMiddleware, HeldRolesMiddleware
from tongxin.core import matrix


def bare(_request) -> HttpResponse:
    return HttpResponse("in")


LINES = """
[right]
staff = ["clerk", "helper"]
few = ["clerk"]
[means]
staff = "s"
few = "f"

[open.odd]
wide = { does = "a", "GET POST" = "everybody", because = "a reason" }

[login.odd]
own = { does = "b", GET = "everybody", because = "a reason" }

[door.odd]
any = { does = "c", GET = "staff" }
some = { does = "d", GET = "staff", POST = "few" }
"""


@pytest.fixture
def knock(stage, rf, monkeypatch):
    """What the gate says before a view is called; None lets through."""
    assert get_resolver().url_patterns  # read with the village's own matrix, before another is put in its place
    monkeypatch.setattr(matrix, "whole", lambda: matrix.parse(LINES))

    def ask(name, user=None, method="GET", village=stage.village):
        request = rf.generic(method, "/v/")
        request.user, request.village, request.session = user or AnonymousUser(), village, {}
        request.resolver_match = ResolverMatch(bare, (), {}, name.partition(":")[2], ["odd"], ["odd"], "v/")
        HeldRolesMiddleware(bare)(request)
        return GateMiddleware(bare).process_view(request, bare, (), {})

    return ask


def test_a_route_without_a_line_is_closed_to_all(stage, knock):
    for user in (None, stage.users["clerk"], stage.users["former"]):
        with pytest.raises(Http404):
            knock("odd:forgotten", user)


def test_an_open_door_is_open_to_all_and_to_its_methods_only(stage, knock):
    for user in (None, stage.users["clerk"], stage.users["former"]):
        assert knock("odd:wide", user) is None and knock("odd:wide", user, "POST") is None
        assert knock("odd:wide", user, "HEAD") is None
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            assert knock("odd:wide", user, method).status_code == 405


def test_any_log_in_opens_what_is_for_any_log_in(stage, knock):
    assert knock("odd:own").status_code == 302
    assert knock("odd:own", stage.users["former"]) is None
    assert knock("odd:own", stage.users["former"], "POST").status_code == 405


def test_a_door_for_posts_tells_five_answers_apart(stage, knock):
    assert knock("odd:some").status_code == 302
    with pytest.raises(Http404):
        knock("odd:some", stage.users["former"])
    assert knock("odd:some", stage.users["clerk"], "DELETE").status_code == 405
    with pytest.raises(PermissionDenied):
        knock("odd:some", stage.users["council"])
    with pytest.raises(PermissionDenied):
        knock("odd:some", stage.users["helper"], "POST")
    assert knock("odd:some", stage.users["clerk"], "POST") is None
    assert knock("odd:any", stage.users["helper"]) is None


def test_without_a_village_nobody_holds_anything(stage, knock):
    with pytest.raises(Http404):
        knock("odd:any", stage.users["clerk"], village=None)
