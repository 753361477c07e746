"""Role × right over the register, written out."""

import pytest

from tongxin.people import access

RIGHTS = {  # who: (keeps everything, keeps grid 1, keeps grid 2, reads)
    "secretary": (True, True, True, True),
    "clerk": (True, True, True, True),
    "worker": (False, True, False, True),
    "worker2": (False, False, True, True),
    "council": (False, False, False, True),
    "committee": (False, False, False, True),
    "supervisor": (False, False, False, True),
    "township": (False, False, False, True),
    "helper": (False, False, False, False),
    "mediator": (False, False, False, False),
    "former": (False, False, False, False),
}


@pytest.mark.parametrize("who", RIGHTS)
def test_the_rights_of_each(stage, who):
    user, village = stage.users[who], stage.village.pk
    assert (
        access.can_keep_register(user, village),
        access.can_keep_household(user, village, stage.grids[0].pk),
        access.can_keep_household(user, village, stage.grids[1].pk),
        access.can_read_register(user, village),
    ) == RIGHTS[who]
