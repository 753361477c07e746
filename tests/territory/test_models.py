"""What the database itself refuses about the ground."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction

from tests.factories import stage as stages
from tests.factories.stage import row
from tongxin.territory.models import Grid, Group, Place, PlaceCode, PlaceKind

DAY = date(2022, 3, 1)


def refused(model, **fields) -> bool:
    try:
        with transaction.atomic():
            row(model, **fields)
    except IntegrityError:
        return True
    return False


def test_a_code_hangs_once_in_the_village_and_a_place_has_one_valid(stage):
    given = {"village": stage.village, "place": stage.places[0], "issued_on": DAY}
    assert refused(PlaceCode, **given, code="ABCDEF22")
    assert not refused(PlaceCode, **given, code="ABCDEF22", revoked_on=DAY)
    assert refused(PlaceCode, **given, code="ABCDEF22", revoked_on=DAY)


def test_what_is_single_in_a_village_may_be_there_in_the_next(stage):
    neighbour = stages.settle(stages.village("shiping", "石坪村", 2))
    grid = {"name": "网格", "number": 1, "opened_on": DAY}
    assert refused(Grid, **grid, village=stage.village, code=stage.grids[0].code, group=stage.groups[0])
    assert not refused(Grid, **grid, village=neighbour.village, code=stage.grids[0].code, group=neighbour.groups[0])


def test_two_living_places_do_not_share_a_name_and_a_wall_has_a_length(stage):
    given = {"village": stage.village, "kind": PlaceKind.SPOT, "opened_on": DAY}
    assert refused(Place, **given, name="集市口")
    assert not refused(Place, **given, name="集市口", ended_on=DAY)
    assert refused(Place, **given, name="新墙", length_m=0)


def test_a_group_number_comes_back_only_on_another_day(stage):
    first = stage.groups[0]
    given = {"village": stage.village, "name": "一组", "number": first.number}
    assert refused(Group, **given, opened_on=first.opened_on)
    assert not refused(Group, **given, opened_on=DAY)


def test_ground_is_there_until_the_day_it_ends(stage):
    rows = Group.objects.filter(pk=stage.groups[0].pk)
    rows.update(opened_on=DAY, ended_on=DAY + timedelta(days=3))
    assert [rows.on(DAY + timedelta(days=n)).exists() for n in (-1, 0, 2, 3)] == [False, True, True, False]


def test_a_telephone_is_dialled_without_its_dashes(stage):
    stage.village.phone = "0932-600 0001"
    assert stage.village.tel == "09326000001"
