"""Whoever says nothing has not said yes: it is closed as silence, shown as silence, and counted nowhere as solved."""

from datetime import timedelta

from tests.factories import stage as stages
from tests.journeys.visitor import Visitor
from tongxin.core import clock
from tongxin.issues.actions.messages import lapse_everywhere
from tongxin.issues.models import Issue, Status
from tongxin.reports.indicators import by_code
from tongxin.reports.period import Period
from tongxin.reports.queries import Facts
from tongxin.territory import scope


def pass_days(days: int) -> None:
    with clock.stopped_at(clock.now() + timedelta(days=days)):
        lapse_everywhere()


def counted(stage, code: str):
    with scope.village(stage.village.pk):
        indicator = by_code(code)
        assert indicator is not None, code
        return indicator.count(Facts(stage.village, Period.ending(clock.today())))


def test_silence_is_not_satisfaction(quiet):
    silent = stages.answered(quiet, "silent", 0.5)
    said_yes = stages.solved(quiet, "solved", 0.2)
    pass_days(5)
    assert quiet.fresh("silent").status == Status.ANSWERED  # five days are not seven
    pass_days(8)
    closed = quiet.fresh("silent")
    assert closed.status == Status.NO_REPLY
    with scope.village(quiet.village.pk):
        assert list(Issue.objects.solved()) == [said_yes]

    page = Visitor(quiet).open(f"/say/{silent.number}/")
    assert page.says("没人说行不行") and not page.says("说事的人说：办好了")
    board = Visitor(quiet).open(f"/board/said/{silent.number}/")
    assert board.status == 200
    solved = counted(quiet, "matters_solved")
    assert str(solved) == "1"


def test_whoever_speaks_in_time_is_not_closed(quiet):
    stages.solved(quiet, "solved", 0.2)
    pass_days(30)
    assert quiet.fresh("solved").status == Status.SOLVED
