"""Whether there is a backup that would come back."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from tongxin.core import clock, site
from tongxin.core.health import State, safekeeping
from tongxin.core.keeping import retention
from tongxin.core.models import SiteState, Upkeep

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 15, 12)


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.DATA, settings.BACKUPS, settings.BACKUPS_COPY = tmp_path / "data", tmp_path / "backups", ""
    settings.BACKUPS.mkdir()
    with clock.stopped_at(NOON), translation.override("en"):
        site.claim()
        yield tmp_path


def did(kind, hours_ago, *, ok=True, words="", **facts):
    row = Upkeep(kind=kind, at=clock.now() - timedelta(hours=hours_ago), is_ok=ok, words=words, facts=facts)
    row.save(force_insert=True)
    return row


def backed_up(settings, hours_ago):
    name = f"{retention.new_name(clock.now() - timedelta(hours=hours_ago))}.txb"
    (settings.BACKUPS / name).write_bytes(b"x")
    return did("backup", hours_ago, path=name, size=2_500_000)


def states(look):
    return [one.state for one in look()]


def test_no_backup_an_old_one_and_one_of_last_night(settings):
    assert states(safekeeping.backups) == [State.FAULT]
    backed_up(settings, 27)
    assert states(safekeeping.backups)[0] is State.FAULT
    backed_up(settings, 10)
    found = list(safekeeping.backups())
    assert found[0].state is State.OK and "2026-06-15 02:00, 2.5 MB" in found[0].words
    assert found[1].state is State.LATE  # no second place


def test_an_archive_that_is_gone_and_a_last_try_that_failed(settings):
    row = backed_up(settings, 10)
    did("backup", 1, ok=False, words="disk full")
    found = next(iter(safekeeping.backups()))
    assert found.state is State.LATE and "disk full" in found.words
    (settings.BACKUPS / row.facts["path"]).unlink()
    found = next(iter(safekeeping.backups()))
    assert found.state is State.FAULT and "no longer there" in found.words


def test_the_second_place_must_have_the_newest(settings, place):
    row = backed_up(settings, 10)
    settings.BACKUPS_COPY = str(place / "stick")
    assert states(safekeeping.backups)[1] is State.FAULT  # not mounted
    (place / "stick").mkdir()
    assert states(safekeeping.backups)[1] is State.FAULT
    (place / "stick" / row.facts["path"]).write_bytes(b"x")
    assert states(safekeeping.backups)[1] is State.OK


@pytest.mark.parametrize(
    ("drills", "state"),
    [
        ([], State.LATE),
        ([(24, True)], State.OK),
        ([(34 * 24, True)], State.OK),
        ([(36 * 24, True)], State.FAULT),
        ([(10 * 24, True), (1, False)], State.FAULT),
        ([(10 * 24, False), (1, True)], State.OK),
    ],
)
def test_a_drill_is_good_for_thirty_five_days(settings, drills, state):
    backed_up(settings, 10)
    for hours, ok in drills:
        did("drill", hours, ok=ok, tables=40, rows=9000, files=3)
    assert states(safekeeping.drills) == [state]


def test_without_any_drill_it_becomes_a_fault_after_thirty_five_days(settings):
    backed_up(settings, 40 * 24)
    assert states(safekeeping.drills) == [State.FAULT]


def test_a_copy_and_a_demonstration_make_none_and_that_is_no_fault():
    SiteState.objects.update(is_demo=True)
    assert {*states(safekeeping.backups), *states(safekeeping.drills)} == {State.OK}
    SiteState.objects.update(is_demo=False, live_id="")
    assert {*states(safekeeping.backups), *states(safekeeping.drills)} == {State.OK}
    [found] = safekeeping.copy()
    assert found.state is State.LATE and "--live" in found.mend
