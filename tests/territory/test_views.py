"""The page of grids and places, and the poster."""

import pytest
from django.urls import reverse

from tongxin.core import clock
from tongxin.core.errors import WrongStatus
from tongxin.territory.models import Grid, Group, Place, PlaceCode


def test_the_page_shows_who_answers_and_how_many_live_there_and_names_the_gap(stage, as_user):
    text = as_user("clerk").get(reverse("territory:places")).content.decode()
    assert "第 1 网格" in text and "集市口" in text
    assert "今天没人管的网格" in text and "第 3 网格" in text  # the third grid has no worker on the stage
    assert "审核人" in as_user("clerk").get(reverse("territory:places"), {"as": "print"}).content.decode()


def test_a_place_a_code_and_a_poster(stage, as_user):
    clerk = as_user("clerk")
    given = {"kind": "spot", "name": "新井台", "grid": stage.grids[0].pk, "opened_on": "2022-01-01"}
    assert clerk.post(reverse("territory:place_new"), given).status_code == 303
    place = Place.objects.get(name="新井台")
    assert clerk.get(reverse("territory:poster", args=[place.pk])).status_code == 404
    clerk.post(reverse("territory:code_issue", args=[place.pk]))
    code = PlaceCode.objects.get(place=place)
    text = clerk.get(reverse("territory:poster", args=[place.pk])).content.decode()
    assert "<svg" in text and f"{code.code[:4]}-{code.code[4:]}" in text and stage.village.phone in text
    clerk.post(reverse("territory:code_revoke", args=[code.pk]), {"reason": "雨淋"})
    code.refresh_from_db()
    assert code.revoked_on


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"kind": "spot", "name": "", "opened_on": "2022-01-01"}, "写大家怎么叫这地方。"),
        ({"kind": "wall", "name": "新墙", "opened_on": "2022-01-01"}, "文化墙要写长度（米）。"),
        ({"kind": "spot", "name": "集市口", "opened_on": "2022-01-01"}, "已经有叫这个名字的地点。"),
    ],
)
def test_wrong_input_is_said_in_words_and_kept(stage, as_user, given, sentence):
    answer = as_user("clerk").post(reverse("territory:place_new"), given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode() and given["name"] in answer.content.decode()


def test_grid_and_group_by_form(stage, as_user):
    clerk = as_user("clerk")
    assert (
        clerk.post(
            reverse("territory:group_new"), {"number": "8", "name": "八组", "opened_on": "2022-01-01"}
        ).status_code
        == 303
    )
    grid = {"number": "9", "name": "第九网格", "group": stage.groups[0].pk, "opened_on": "2022-01-01"}
    assert clerk.post(reverse("territory:grid_new"), grid).status_code == 303
    assert clerk.post(reverse("territory:grid_new"), grid).status_code == 422
    assert clerk.post(reverse("territory:place_end", args=[stage.places[0].pk]), {"ended_on": "x"}).status_code == 422


def test_lookers_on_change_nothing(stage, as_user):
    eyes = as_user("supervisor")
    assert eyes.get(reverse("territory:places")).status_code == 200
    assert eyes.get(reverse("territory:place_new")).status_code == 403
    assert eyes.post(reverse("territory:code_issue", args=[stage.places[0].pk])).status_code == 403


def test_households_in_a_grid_that_is_no_more_are_named_as_a_gap(stage, as_user):
    clerk = as_user("clerk")
    assert "已撤销的网格里" not in clerk.get(reverse("territory:places")).content.decode()
    Grid.objects.filter(pk=stage.grids[0].pk).update(ended_on=clock.today())
    assert "有 1 户在已撤销的网格里" in clerk.get(reverse("territory:places")).content.decode()


def test_a_group_is_merged_by_form_and_never_one_that_is_lived_in(stage, as_user):
    clerk = as_user("clerk")
    full = clerk.post(reverse("territory:group_end", args=[stage.groups[0].pk]), {"ended_on": clock.today()})
    assert full.status_code == 422 and "组里" in full.content.decode()
    made = Group.objects.create(village=stage.village, number=9, name="九组", opened_on=clock.today())
    way = reverse("territory:group_end", args=[made.pk])
    itself = clerk.post(way, {"ended_on": clock.today(), "merged_into": made.pk})
    assert itself.status_code == 422
    assert clerk.post(way, {"ended_on": clock.today(), "merged_into": stage.groups[1].pk}).status_code == 303
    assert "九组" in clerk.get(reverse("territory:places")).content.decode()
    assert clerk.get(way).status_code == 404
    assert as_user("supervisor").get(way).status_code == 403


def test_a_conflict_at_the_desk_is_told_as_one(stage, as_user, monkeypatch):
    made = Group.objects.create(village=stage.village, number=9, name="九组", opened_on=clock.today())

    def quicker(group, **_given):
        raise WrongStatus("已经撤销")

    monkeypatch.setattr("tongxin.territory.actions.end_group", quicker)
    way = reverse("territory:group_end", args=[made.pk])
    answer = as_user("clerk").post(way, {"ended_on": clock.today()})
    assert answer.status_code == 409 and "已经撤销" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
