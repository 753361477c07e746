"""The village's chain: asked about by anybody, anchored by whoever keeps it."""

from django.urls import reverse

from tests.factories import stage as stages
from tests.factories.stage import Stage

from . import ANYBODY, Press, nth, recipe


@recipe("audit:paper")
def _paper(stage: Stage) -> Press:
    to = reverse("audit:paper")
    typed, other = {"characters": "ABCDEFGHJKLM"}, {"characters": "MLKJHGFEDCBA"}
    return Press(to, to, typed, other, who=ANYBODY, also=ANYBODY, changes=False)


@recipe("audit:anchor")
def _anchor(stage: Stage) -> Press:
    """Something was entered since, so that there is a head to anchor."""
    stages.told(stage, f"anchored-{nth()}")
    return Press(
        reverse("audit:looks"), reverse("audit:anchor"), other={"more": "x"}, who="secretary", also="everybody"
    )
