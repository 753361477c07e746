"""Finding the person whom a form names."""

from tests.factories.stage import row
from tongxin.bodies.forms import AppointForm
from tongxin.people.models import Person


def test_a_name_that_two_bear_asks_for_the_household(stage):
    row(Person, village=stage.village, name="苗小满")
    form = AppointForm({"name": "苗小满", "from_on": "2022-03-01"}, village=stage.village)
    assert "household" in form.errors
    form = AppointForm({"name": "苗小满", "from_on": "2022-03-01", "household": "001"}, village=stage.village)
    assert form.is_valid() and form.person == stage.persons["苗小满"]


def test_somebody_from_outside_needs_no_register(stage):
    form = AppointForm({"name": "县里律师", "from_on": "2022-03-01", "outsider": "on"}, village=stage.village)
    assert form.is_valid() and form.person is None
