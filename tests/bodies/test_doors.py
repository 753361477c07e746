"""Who may open which page of bodies, and that a neighbour's rows are not there."""

import pytest
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.bodies.models import Appointment, Body, Post
from tongxin.core import clock
from tongxin.territory import scope

FORMS = ["body_new", "body_end", "post_new", "post_end", "appoint", "pair", "end", "leave", "login"]


def address(stage, name: str) -> str:
    body = stage.bodies[0].pk
    of = {
        "body_new": [],
        "body": [body],
        "body_end": [body],
        "post_new": [body],
        "post_end": [stage.posts["worker"].pk],
        "appoint": [stage.posts["worker"].pk],
        "pair": [stage.posts["worker"].pk],
    }
    return reverse(f"bodies:{name}", args=of.get(name, [stage.appointments[0].pk]))


@pytest.fixture
def neighbour(stage):
    return stages.settle(stages.village("shiping", "石坪村", 2))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize(
    ("who", "status"),
    [("secretary", 200), ("clerk", 200), ("supervisor", 403), ("council", 403), ("worker", 403), ("former", 404)],
)
def test_who_opens_the_forms(stage, as_user, name, who, status):
    assert as_user(who).get(address(stage, name)).status_code == status


@pytest.mark.parametrize("name", FORMS)
def test_a_visitor_is_asked_to_log_in(stage, client, name):
    answer = client.get(address(stage, name))
    assert answer.status_code == 302 and "/login/" in answer["Location"]


@pytest.mark.parametrize("name", ["body", *FORMS[1:]])
def test_a_neighbours_rows_are_not_there(neighbour, as_user, name):
    clerk, way = as_user("clerk"), address(neighbour, name)
    assert clerk.get(way).status_code == 404
    assert name == "body" or clerk.post(way).status_code == 404


def test_a_neighbours_body_grid_or_post_cannot_be_slipped_into_a_form(stage, neighbour, as_user):
    clerk, today = as_user("clerk"), clock.today().isoformat()
    given = {"kind": "law_team", "name": "普法队", "opened_on": today}
    for field, other in (("parent", neighbour.bodies[0]), ("grid", neighbour.grids[0])):
        assert clerk.post(reverse("bodies:body_new"), {**given, field: other.pk}).status_code == 422
    assert not Body.objects.filter(name="普法队").exists()
    pair = {"partner": neighbour.posts["worker"].pk}
    assert clerk.post(address(stage, "pair"), pair).status_code == 422
    with scope.village(neighbour.village.pk):
        stranger = neighbour.appointments[0].person
    Appointment.objects.filter(post=stage.posts["worker"]).update(to_on=clock.today())
    given = {"name": stranger.name, "person": stranger.pk, "from_on": today}
    assert clerk.post(address(stage, "appoint"), given).status_code == 422


def test_the_menu_knows_where_a_form_belongs(stage, as_user):
    items = as_user("clerk").get(address(stage, "appoint")).context["menu"]
    assert [str(item.label) for item in items if item.current] == ["组织"]


def test_what_was_typed_stays_after_a_mistake(stage, as_user):
    given = {"title": "夜间巡河员", "role": "grid_worker", "seats": "3"}
    answer = as_user("clerk").post(address(stage, "post_new"), given)
    text = answer.content.decode()
    assert answer.status_code == 422 and "夜间巡河员" in text and 'value="3"' in text
    assert "error-summary" in text and not Post.objects.filter(title="夜间巡河员").exists()


def test_two_clerks_end_the_same_appointment_and_the_second_is_told(stage, as_user):
    clerk, today = as_user("clerk"), clock.today().isoformat()
    assert clerk.post(address(stage, "end"), {"to_on": today}).status_code == 303
    answer = clerk.post(address(stage, "end"), {"to_on": today})
    assert answer.status_code == 409 and "已经" in answer.content.decode()
