"""Who opens the rows behind a figure: every role against both kinds of rows, written out in full."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tongxin.reports import access, indicators

OPEN, OFFICE = "grids", "people"

# login (its posts), the open rows, the rows about people
GRID = [
    (None, True, False),
    ("secretary", True, True),
    ("council", True, True),
    ("worker1", True, True),
    ("worker2", True, True),
    ("leader2", True, False),  # a post without work in the system
    ("adviser", True, False),
    ("stranger", True, False),  # secretary of the next village
]


@pytest.mark.parametrize(("login", "of_places", "of_people"), GRID)
def test_who_opens_which_rows(village, login, of_places, of_people):
    user = village.users[login] if login else AnonymousUser()
    found = [access.can_open_rows(user, village.village.pk, indicators.by_code(code)) for code in (OPEN, OFFICE)]
    assert found == [of_places, of_people]


def test_a_right_ends_with_the_appointment(village):
    from tongxin.bodies import queries
    from tongxin.bodies.models import Appointment
    from tongxin.core import clock

    user = village.users["secretary"]
    Appointment.objects.filter(person__user=user).update(to_on=clock.today())
    queries.forget(user)
    assert not access.can_open_rows(user, village.village.pk, indicators.by_code(OFFICE))
