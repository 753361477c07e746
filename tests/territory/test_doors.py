"""Who may open which page of the ground; a neighbour's places are not there; what hangs on the wall."""

from datetime import timedelta

import pytest
import segno
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.core import clock
from tongxin.territory.models import Place, PlaceCode

FORMS = ["place_new", "place_end", "group_new", "grid_new"]


def address(stage, name: str) -> str:
    return reverse(
        f"territory:{name}", args=[stage.places[0].pk] if name in ("place_end", "poster", "code_issue") else []
    )


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


@pytest.mark.parametrize("name", ["places", "posters", "poster"])
def test_all_staff_read_and_a_visitor_logs_in(stage, as_user, client, name):
    assert client.get(address(stage, name)).status_code == 302
    assert as_user("worker").get(address(stage, name)).status_code == 200


def test_a_neighbours_places_and_codes_are_not_there(neighbour, as_user):
    clerk = as_user("clerk")
    for name in ("place_end", "poster"):
        assert clerk.get(address(neighbour, name)).status_code == 404
    assert clerk.post(address(neighbour, "code_issue")).status_code == 404
    way = reverse("territory:code_revoke", args=[neighbour.codes[0].pk])
    assert clerk.post(way, {"reason": "雨淋"}).status_code == 404
    neighbour.codes[0].refresh_from_db()
    assert neighbour.codes[0].revoked_on is None


def test_a_neighbours_group_cannot_be_slipped_into_a_form(stage, neighbour, as_user):
    given = {"number": "9", "name": "第九网格", "group": neighbour.groups[0].pk, "opened_on": "2022-01-01"}
    assert as_user("clerk").post(reverse("territory:grid_new"), given).status_code == 422


def test_codes_change_by_post_only_and_a_revocation_needs_its_reason(stage, as_user):
    clerk, code = as_user("clerk"), stage.codes[0]
    way = reverse("territory:code_revoke", args=[code.pk])
    assert clerk.get(way).status_code == clerk.get(address(stage, "code_issue")).status_code == 405
    answer = clerk.post(way, {"reason": " "}, follow=True)
    code.refresh_from_db()
    assert code.revoked_on is None and "写明" in answer.content.decode()
    clerk.post(way, {"reason": "雨淋坏了"})
    assert "作废：雨淋坏了" in clerk.get(reverse("territory:places")).content.decode()


def test_the_poster_carries_our_own_address_and_what_to_do(stage, as_user):
    code = stage.codes[0].code
    text = as_user("clerk").get(address(stage, "poster")).content.decode()
    way = "http://testserver" + reverse("issues:qr", args=[code])
    assert segno.make(way, error="q", micro=False).svg_inline(border=2, omitsize=True, svgclass="qr") in text
    for words in ("驿兴码", "有事扫一扫", "用微信或相机扫码", stage.places[0].name, stage.village.phone):
        assert words in text
    assert f"{code[:4]}-{code[4:]}" in text


def test_under_a_prefix_the_poster_keeps_it(neighbour, client):
    client.force_login(neighbour.users["clerk"])
    text = client.get(neighbour.path(address(neighbour, "poster"))).content.decode()
    way = f"http://testserver/{neighbour.village.slug}" + reverse("issues:qr", args=[neighbour.codes[0].code])
    assert segno.make(way, error="q", micro=False).svg_inline(border=2, omitsize=True, svgclass="qr") in text


def test_all_posters_are_one_print_without_closed_places(stage, as_user):
    text = as_user("clerk").get(reverse("territory:posters")).content.decode()
    valid = PlaceCode.objects.valid().filter(place__ended_on=None).count()
    assert text.count('class="page poster"') == valid == 3 and "旧桥" not in text


def test_a_closed_place_goes_behind_the_fold_and_stays_in_the_ledger(stage, as_user):
    clerk, place = as_user("clerk"), stage.places[1]
    day = (clock.today() - timedelta(days=1)).isoformat()
    assert clerk.post(reverse("territory:place_end", args=[place.pk]), {"ended_on": day}).status_code == 303
    assert Place.objects.get(pk=place.pk).ended_on is not None
    assert place.name in clerk.get(reverse("territory:places"), {"as": "print"}).content.decode()
    assert clerk.get(address(stage, "posters")).content.decode().count(place.name) == 0


def test_the_menu_knows_where_a_form_belongs(stage, as_user):
    items = as_user("clerk").get(address(stage, "grid_new")).context["menu"]
    assert [str(item.label) for item in items if item.current] == ["网格和地点"]
