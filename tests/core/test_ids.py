"""Keys that the application makes, in the order of time."""

from tongxin.core import clock
from tongxin.core.ids import moment_of, uuid7


def test_ids_are_new_ordered_and_carry_their_moment():
    made = [uuid7() for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert {one.version for one in made} == {7}
    assert abs((moment_of(made[0]) - clock.now()).total_seconds()) < 60
