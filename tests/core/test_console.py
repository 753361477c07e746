"""A command opens a village once; what has no command, or a reason not to, is silent."""

from tongxin.core import console
from tongxin.core.ids import uuid7


def test_each_village_is_said_once_a_command():
    first, second = uuid7(), uuid7()
    with console.running("emergency"):
        assert [console.first_opened(one) for one in (first, second, first, None, None)] == [
            "emergency", "emergency", "", "emergency", "",
        ]  # fmt: skip
    with console.running("emergency"):
        assert console.first_opened(first) == "emergency"


def test_no_command_and_those_with_a_reason_say_nothing():
    assert console.first_opened(uuid7()) == ""
    for name in console.WITHOUT_ENTRY:
        with console.running(name):
            assert console.first_opened(uuid7()) == ""
