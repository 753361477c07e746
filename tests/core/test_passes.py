"""A form's pass: from here, for this form, and not too old."""

from datetime import timedelta

import pytest

from tongxin.core import clock, passes

HOUR = timedelta(hours=1)


def test_a_pass_says_how_old_it_is_and_what_it_is_about():
    with clock.stopped_at(clock.now()) as at:
        text = passes.issue("sheet|v1", "an id")
    with clock.stopped_at(at + timedelta(seconds=40)):
        read = passes.read(text, "sheet|v1", HOUR)
    assert timedelta(seconds=40) <= read.age < timedelta(seconds=42) and read.about == "an id"


def test_each_pass_has_a_key_of_its_own():
    first, second = (passes.read(passes.issue("sheet"), "sheet", HOUR).key for _ in range(2))
    assert first != second and len(first) == 32


@pytest.mark.parametrize("text", ["", "abc", "WyJhIl0:abc", passes.__doc__])
def test_what_is_none_is_refused(text):
    with pytest.raises(passes.NoPass):
        passes.read(text, "sheet", HOUR)


def test_one_of_another_form_a_changed_and_an_old_one_are_refused():
    with clock.stopped_at(clock.now()) as at:
        text = passes.issue("sheet|v1")
    for changed, purpose, later in (
        (text, "sheet|v2", 0),
        (text[:-1] + ("A" if text[-1] != "A" else "B"), "sheet|v1", 0),
        (text, "sheet|v1", 3601),
        (text, "sheet|v1", -120),
    ):
        with clock.stopped_at(at + timedelta(seconds=later)), pytest.raises(passes.NoPass):
            passes.read(changed, purpose, HOUR)
