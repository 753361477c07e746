"""Role × right over bodies, written out."""

import pytest

from tongxin.bodies import access

KEEPERS = {"secretary": True, "clerk": True, "township": True}


@pytest.mark.parametrize(
    "who",
    ["secretary", "clerk", "township", "committee", "council", "supervisor", "worker", "helper", "mediator", "former"],
)
def test_who_keeps_bodies(stage, who):
    assert access.can_keep_bodies(stage.users[who], stage.village.pk) is KEEPERS.get(who, False)


def test_nobody_may_appoint_himself(stage):
    own = next(row.person for row in stage.appointments if row.person.user_id == stage.users["clerk"].pk)
    assert not access.can_appoint(stage.users["clerk"], own)
    assert access.can_appoint(stage.users["secretary"], own)
    assert not access.can_appoint(stage.users["council"], own)


def test_what_stands_above_the_village_is_the_townships_to_give(stage):
    givers = {who: [access.can_grant(stage.users[who], stage.posts[post]) for post in ("township", "supervisor")]
              for who in ("secretary", "clerk", "township", "supervisor", "committee")}  # fmt: skip
    village = [False, True]
    assert givers == {
        "secretary": village, "clerk": village, "township": [True, True], "supervisor": [False] * 2,
        "committee": [False] * 2,
    }  # fmt: skip
