"""A backup every night and a drill every month, by themselves and in processes of their own."""

from datetime import datetime, timedelta

import pytest

from tongxin.core import clock, periodic, site
from tongxin.core.keeping import jobs, retention
from tongxin.core.models import SiteState, Upkeep


@pytest.fixture
def ran(monkeypatch):
    commands = []

    class Process:
        code = 0

        def __init__(self, command, **_):
            commands.append(command[3:])

        def wait(self, patience):
            if self.code is None:
                raise jobs.subprocess.TimeoutExpired("x", patience)
            return self.code

    monkeypatch.setattr(jobs.subprocess, "Popen", Process)
    commands_and_process = (commands, Process)
    return commands_and_process


def test_they_are_in_the_calendar():
    assert {"core.backup", "core.drill", "core.check"} <= {job.name for job in periodic.jobs()}


def test_the_backup_runs_in_a_process_of_its_own(place, ran):
    commands, process = ran
    jobs.nightly_backup()
    assert commands == [["backup"]]
    process.code = 1
    with pytest.raises(RuntimeError, match="backup ended with 1"):
        jobs.nightly_backup()
    process.code = None
    jobs.nightly_backup()  # takes longer than an outbox item may; it goes on by itself


def test_without_keys_and_on_a_demonstration_there_is_none(place, ran, settings, caplog):
    commands, _process = ran
    settings.BACKUP_KEYS.unlink()
    jobs.nightly_backup()
    assert commands == [] and "backup_keys" in caplog.text
    site.claim()
    SiteState.objects.update(is_demo=True)
    jobs.nightly_backup()
    jobs.monthly_drill()
    assert commands == []


def test_a_drill_is_held_when_the_last_good_one_is_four_weeks_old_and_again_after_one_that_failed(place, ran):
    commands, _process = ran
    noon = datetime(2026, 6, 15, 12)
    with clock.stopped_at(noon):
        jobs.monthly_drill()
        assert commands == []  # there is no archive yet
        place.backups.mkdir()
        (place.backups / f"{retention.new_name(clock.now())}.txb").touch()
        jobs.monthly_drill()
        assert len(commands) == 1
        Upkeep(kind="drill", at=clock.now(), is_ok=False).save()
        jobs.monthly_drill()
        assert commands == [["restore", "--drill"]] * 2
        Upkeep(kind="drill", at=clock.now(), is_ok=True).save()
        jobs.monthly_drill()
        assert len(commands) == 2
    with clock.stopped_at(noon + timedelta(days=27)):
        jobs.monthly_drill()
        assert len(commands) == 2
    with clock.stopped_at(noon + timedelta(days=29)):
        jobs.monthly_drill()
        assert len(commands) == 3


def test_the_command_line_is_found_from_another_process():
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "tongxin.core.cli", "help", "backup"], capture_output=True, text=True)
    assert done.returncode == 0 and "--with-keys" in done.stdout
