"""The demonstration is played by the actions that pages use: what they begin to ask, it must be able to answer."""

import pytest
from django.core.management import call_command

from tongxin.demo.scenes import play
from tongxin.issues.models import Issue
from tongxin.territory import queries as territory
from tongxin.territory import scope
from tongxin.territory.models import Village

ON = {"on": "2023-06-30"}


@pytest.fixture
def played(db, settings):
    settings.DEMO = True
    territory.forget_villages()
    call_command("demo", verbosity=0)
    yield Village.objects.get(slug="tonganyi")
    territory.forget_villages()


def test_the_demonstration_plays_to_its_end_and_gives_the_figures_of_its_village(played, client):
    data = client.get("/tonganyi/report.json", ON).json()
    values = {figure["code"]: figure["value"] for figure in data["figures"]}
    assert [values[code] for code in ("groups", "households", "people", "grids")] == ["6", "772", "3036", "12"]
    assert values["matters_solved"] == "17"
    with scope.village(played.pk):
        kinds = set(Issue.objects.values_list("status", flat=True))
    assert kinds >= {"told", "taken", "dispatched", "answered", "solved", "declined", "referred", "merged"}
    before = Village.objects.count()
    assert play.everything(lambda line: None) is False
    assert Village.objects.count() == before
