"""Which village an address means: by host, by prefix, else home; and that the scope closes behind the request."""

import pytest
from django.http import HttpResponse
from django.urls import get_script_prefix, reverse

from tests.factories import stage as stages
from tongxin.territory import queries, scope
from tongxin.territory.middleware import VillageMiddleware
from tongxin.territory.models import Village


@pytest.fixture
def two(stage):
    other = stages.village("shiping", "石坪村", 2)
    queries.forget_villages()
    return stage.village, other.village


@pytest.fixture
def ask(rf):
    """The village, the path and an address as the view sees them."""

    def asked(path: str, host: str = "testserver"):
        seen = {}

        def view(request) -> HttpResponse:
            seen.update(village=request.village, path=request.path_info, url=reverse("bodies:bodies"))
            seen["scope"] = scope.active()
            return HttpResponse()

        VillageMiddleware(view)(rf.get(path, headers={"host": host}))
        return seen

    return asked


def test_the_bare_address_is_the_first_village(two, ask):
    seen = ask("/v/bodies/")
    assert (seen["village"], seen["path"], seen["url"]) == (two[0], "/v/bodies/", "/v/bodies/")
    assert seen["scope"] == two[0].pk


def test_a_prefix_means_its_village_and_stays_in_every_address(two, ask):
    seen = ask("/shiping/v/bodies/")
    assert (seen["village"], seen["path"], seen["url"]) == (two[1], "/v/bodies/", "/shiping/v/bodies/")
    assert seen["scope"] == two[1].pk
    assert get_script_prefix() == "/"


def test_a_host_of_its_own_is_not_left_through_a_prefix(two, ask):
    Village.objects.filter(pk=two[1].pk).update(host="shiping.example")
    queries.forget_villages()
    assert ask("/v/bodies/", "shiping.example:8000")["village"] == two[1]
    seen = ask(f"/{two[0].slug}/v/bodies/", "shiping.example")
    assert (seen["village"], seen["path"]) == (two[1], f"/{two[0].slug}/v/bodies/")


def test_an_unknown_first_part_is_no_village(two, ask):
    assert ask("/nowhere/v/bodies/")["path"] == "/nowhere/v/bodies/"


def test_before_the_first_village_there_is_none_and_no_scope(db, ask):
    queries.forget_villages()
    seen = ask("/v/bodies/")
    assert (seen["village"], seen["scope"]) == (None, None)


def test_the_prefix_and_the_scope_close_after_a_fault(two, rf):
    def view(request) -> HttpResponse:
        raise RuntimeError

    before = scope.active()
    with pytest.raises(RuntimeError):
        VillageMiddleware(view)(rf.get("/shiping/v/"))
    assert get_script_prefix() == "/" and scope.active() == before
