"""Role × right over the ground."""

import pytest

from tongxin.casework.actors import Operator
from tongxin.territory import access


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("secretary", True),
        ("clerk", True),
        ("council", False),
        ("supervisor", False),
        ("worker", False),
        ("former", False),
    ],
)
def test_who_keeps_the_ground(stage, who, may):
    assert access.can_keep_ground(stage.users[who], stage.village.pk) is may


def test_the_operator_does_and_nobody_does_not(stage):
    assert access.can_keep_ground(Operator("set-up"), stage.village.pk)
    assert not access.can_keep_ground(None, stage.village.pk)
