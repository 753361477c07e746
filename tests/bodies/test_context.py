"""The desk's menu: to each what the views let in, with numbers, and the entry of this page marked."""

import re

import pytest
from django.test import RequestFactory

from tests.factories import stage as stages
from tongxin.bodies import context
from tongxin.bodies.queries import held
from tongxin.core import clock
from tongxin.issues import queries
from tongxin.issues.views import menu as numbers

EVERYTHING = ["今天", "说事", "我手上的", "替人说", "接单会", "户册", "组织", "网格和地点", "村情", "站点", "谁看过"]


def labels(response) -> list[str]:
    return [str(item.label) for item in response.context["menu"]]


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        ("clerk", set()),
        ("secretary", set()),
        ("supervisor", set()),
        ("worker", {"说事", "接单会", "站点", "谁看过"}),
        ("helper", {"说事", "接单会", "户册", "站点", "谁看过"}),
    ],
)
def test_each_sees_what_the_views_let_in(stage, as_user, who, missing):
    shown = labels(as_user(who).get("/v/"))
    assert missing.isdisjoint(shown) and shown == [label for label in EVERYTHING if label in shown]
    assert {"今天", "我手上的", "替人说", "村情"} <= set(shown)
    for item in as_user(who).get("/v/").context["menu"]:
        assert as_user(who).get(item.url).status_code == 200, item.url


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/v/", "今天"),
        ("/v/say/", "说事"),
        ("/w/", "我手上的"),
        ("/w/say/new/", "替人说"),
        ("/v/council/", "接单会"),
        ("/v/hh/", "户册"),
    ],
)
def test_the_entry_of_this_page_is_marked_and_only_it(stage, as_user, address, current):
    items = as_user("clerk").get(address).context["menu"]
    assert [str(item.label) for item in items if item.current] == [current]


def test_the_mark_holds_under_a_villages_prefix(stage, client):
    neighbour = stages.settle(stages.village("shiping", "石坪村", 2))
    client.force_login(neighbour.users["clerk"])
    items = client.get("/shiping/v/say/").context["menu"]
    assert [item.url for item in items if item.current] == ["/shiping/v/say/"]


def test_the_numbers_are_what_waits(stage, as_user):
    stages.told(stage, "told")
    stages.given(stage, "given")
    counts = {str(item.label): item.count for item in as_user("clerk").get("/v/hh/").context["menu"]}
    assert (counts["说事"], counts["我手上的"], counts["接单会"]) == ("2", "", "1")
    counts = {str(item.label): item.count for item in as_user("worker").get("/w/").context["menu"]}
    assert counts["我手上的"] == "1"


def test_a_large_number_is_cut(stage, as_user, monkeypatch):
    monkeypatch.setattr(queries, "counts", lambda village, **wanted: dict.fromkeys(wanted, 1001))
    counts = {str(item.label): item.count for item in as_user("clerk").get("/v/hh/").context["menu"]}
    assert counts["说事"] == "999+"


def test_all_numbers_are_one_statement(stage, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user, request.village = stage.users["clerk"], stage.village
    request.held = held(request.user, stage.village.pk)
    with django_assert_num_queries(1):
        numbers.counts(request)
        numbers.counts(request)


def test_a_residents_page_asks_for_no_menu(stage, client, monkeypatch):
    def broken(request):
        raise AssertionError("nobody asked for the menu")

    monkeypatch.setattr(context, "items", broken)
    assert client.get("/").status_code == 200
    as_staff = stage.users["clerk"]
    client.force_login(as_staff)
    assert client.get("/").status_code == 200


def test_a_route_that_is_not_there_is_left_out(stage, as_user, monkeypatch):
    gone = context.Entry("没有的", "nowhere:at_all", "say")
    monkeypatch.setattr(context, "ENTRIES", [gone, *context.ENTRIES])
    assert "没有的" not in labels(as_user("clerk").get("/v/"))


def test_whoever_holds_nothing_has_no_menu(stage, client):
    request = RequestFactory().get("/")
    assert context.items(request) == []


def test_the_log_ins_of_the_demonstration_are_of_today(stage, settings):
    settings.DEMO = True
    row = stage.users["clerk"]
    row.username = "demo-wenshu"
    row.save()
    found = context.demo_logins()
    assert [(one.username, one.post, one.is_home) for one in found] == [("demo-wenshu", "文书", True)]
    seat = next(a for a in stage.appointments if a.person.user_id == row.pk)
    seat.to_on = clock.today()
    seat.save()
    assert context.demo_logins() == []
    assert re.fullmatch(r"[a-z0-9-]{12,}", context.menu(RequestFactory().get("/"))["demo_password"])
