"""The forms offer the ground of the day."""

from tongxin.core import clock
from tongxin.territory.forms import GridForm, PlaceForm


def test_todays_groups_and_grids_are_offered(stage):
    form = PlaceForm(day=clock.today())
    assert form.fields["group"].queryset.count() == 3
    assert form.fields["grid"].queryset.count() == 3


def test_a_grid_needs_its_group(stage):
    form = GridForm({"number": "4", "name": "第四网格", "opened_on": "2022-01-01"}, day=clock.today())
    assert "group" in form.errors
