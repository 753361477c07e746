"""The matrix is read as it is written, and what cannot be is refused with the name of the line."""

import pytest

from tongxin.core import matrix

GROUND = """
[right]
keep = ["clerk"]
enter = { near = ["keep", "worker"], far = ["keep"] }
judge = { like = "enter", never = ["own"], far = ["watcher"] }
[means]
keep = "k"
enter = "e"
judge = "j"
[thing]
home = ["keep", "worker"]
[relation]
near = "a"
far = "b"
own = "c"
"""


def lines(text: str) -> matrix.Matrix:
    return matrix.parse(GROUND + text)


def test_a_right_without_relations_is_a_list_of_roles():
    keep = lines("").rights["keep"]
    assert keep.allows({"clerk"}) and keep.allows({"clerk"}, {"near"}) and not keep.allows({"worker"}, {"near"})
    assert keep.roles == {"clerk"} and not keep.relations


def test_a_relation_decides_who():
    enter = lines("").rights["enter"]
    assert enter.allows({"worker"}, {"near"}) and not enter.allows({"worker"}, {"far"})
    assert enter.allows({"clerk"}, {"far"}) and not enter.allows({"clerk"})
    assert enter.roles == {"clerk", "worker"} and enter.relations == {"near", "far"}


def test_one_relation_among_several_is_enough_and_one_that_forbids_is_too():
    judge = lines("").rights["judge"]
    assert judge.allows({"worker"}, {"near", "far"}) and judge.allows({"watcher"}, {"far"})
    assert not judge.allows({"worker"}, {"near", "own"})
    assert not judge.allows({"clerk"}, {"far"})  # what `like` took is written over, relation by relation


def test_a_door_has_a_right_behind_each_method_and_head_goes_with_get():
    doors = lines('[door.odd]\none = { does = "d", GET = "keep", POST = ["worker"], of = "home" }').doors
    door = doors["odd:one"]
    assert door.right("GET") is door.right("HEAD") and door.right("GET").roles == {"clerk"}
    assert door.right("POST").roles == {"worker"} and door.right("PUT") is None and door.right(None) is None
    assert door.sees.roles == {"clerk", "worker"} and door.audience == "door"


def test_everybody_includes_whoever_holds_something():
    door = lines('[open.odd]\none = { does = "d", "GET POST" = "everybody", because = "e" }').doors["odd:one"]
    assert door.right("POST").allows(()) and door.right("GET").allows({"clerk"})


def test_what_one_may_see_can_be_said_at_the_door():
    door = lines('[door.odd]\none = { does = "d", GET = "enter", of = "home", sees = "enter" }').doors["odd:one"]
    assert door.sees.relations == {"near", "far"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[door.odd]\none = 1 2", "cannot be read"),
        ('[doors.odd]\none = { does = "d", GET = "keep" }', "no part called doors"),
        ('[door.odd]\none = { does = "d" }', "the right behind GET or POST"),
        ('[door.odd]\none = { GET = "keep" }', "say what it does"),
        ('[door.odd]\none = { does = "d", PUT = "keep" }', "nobody knows what PUT is"),
        ('[door.odd]\none = { does = "d", GET = "kept" }', "no right called kept"),
        ('[door.odd]\none = { does = "d", GET = "keep", because = "e" }', "says why"),
        ('[open.odd]\none = { does = "d", GET = "everybody" }', "says why"),
        ('[door.odd]\none = { does = "d", GET = "keep", of = "hut" }', "who sees a hut"),
        ('[door.odd]\none = { does = "d", GET = { beside = ["clerk"] } }', "what “beside” is"),
        ('[door.odd]\none = { does = "d", GET = 7 }', "a list of roles"),
        ("[means.odd]\n", "what these are: odd"),
        (
            '[door.odd]\none = { does = "d", GET = "keep" }\n'
            '[open.odd]\none = { does = "d", GET = "keep", because = "e" }',
            "odd:one stands in the matrix twice",
        ),
    ],
)
def test_what_cannot_be_is_refused(text, said):
    with pytest.raises(matrix.BadMatrix, match=said):
        lines(text)


def test_rights_that_explain_each_other_are_refused():
    with pytest.raises(matrix.BadMatrix, match="explained by itself: a > b > a"):
        matrix.parse('[right]\na = ["b"]\nb = ["a"]')


def test_the_village_s_own_matrix_is_read_once():
    assert matrix.whole() is matrix.whole()
    assert matrix.roles("staff") > matrix.roles("bodies.keep")
    assert matrix.door("issues:inbox").audience == "door" and matrix.door("nobody:knows") is None
