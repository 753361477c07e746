"""Keys that the application makes, in the order of time."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import clock, ids
from tongxin.core.ids import moment_of, uuid7


def test_ids_are_new_ordered_and_carry_their_moment():
    made = [uuid7() for _ in range(2000)]
    assert len(set(made)) == len(made)
    assert made == sorted(made)
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {"specified in RFC 4122"}
    assert abs((moment_of(made[0]) - clock.now()).total_seconds()) < 60


@given(st.lists(st.integers(10**18, 2 * 10**18), min_size=2, max_size=30))
def test_they_rise_however_the_machines_clock_jumps(readings):
    before = ids._last
    ids._last = 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ids.time, "time_ns", iter(readings).__next__)
        made = [uuid7() for _ in readings]
    ids._last = before
    assert made == sorted(set(made))


def test_threads_draw_different_ones_and_each_sees_its_own_rise():
    drawn: list[list] = []

    def draw():
        drawn.append([uuid7() for _ in range(500)])

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(own == sorted(own) for own in drawn)
    assert len({one for own in drawn for one in own}) == 2000


def test_another_kind_of_id_has_no_moment():
    from uuid import uuid4

    with pytest.raises(ValueError):
        moment_of(uuid4())
