"""The finder of routes finds what is there, and is red where it would have to guess."""

import pytest
from django.http import HttpResponse
from django.urls import include, path

from tests.factories import stage
from tests.journeys import doors


def view(request, **kwargs):
    return HttpResponse()


def test_every_route_gets_an_address(db):
    first, _second = stage.two()
    for door in doors.every():
        assert doors.addresses(door, first), door


@pytest.mark.parametrize(
    ("route", "noun"),
    [
        ("w/households/<uuid:pk>/", "household"),
        ("w/households/<uuid:pk>/cards/<uuid:card>/", "household"),
        ("w/bodies/<uuid:body_pk>/posts/", "body"),
        ("w/places/<uuid:pk>/code/new/", "place"),
        ("w/m/<str:number>/", "number"),
    ],
)
def test_the_noun_before_a_parameter_says_what_it_is(route, noun):
    entry = path(route, view, name="thing")
    door = next(doors._walk([entry]))
    assert doors._noun(door, door.params[0]) == noun


def test_a_planted_route_is_found_and_a_riddle_is_red():
    patterns = [path("in/", include(([path("<uuid:pk>/", view, name="riddle")], "odd")))]
    [door] = doors._walk(patterns)
    assert (door.name, door.route, door.params) == ("odd:riddle", "in/<uuid:pk>/", ("pk",))
    with pytest.raises(doors.Unfillable, match="nothing stands for <pk>"):
        doors._noun(door, "pk")
