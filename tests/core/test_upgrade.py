"""Backed up, verified, migrated, verified; and refused where history does not verify."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.core.keeping.conftest import place  # noqa: F401 -- a fixture
from tongxin.core import health, triggers
from tongxin.core.health import Finding, State
from tongxin.core.keeping import retention
from tongxin.core.models import Upkeep


def test_it_backs_up_verifies_migrates_and_writes_it_down(place, capsys):  # noqa: F811
    call_command("upgrade")
    said = capsys.readouterr().out
    assert [line[:4] for line in said.splitlines() if line[1:3] == "/5"] == [f"{n}/5 " for n in range(1, 6)]
    row = Upkeep.objects.get(kind="upgrade")
    assert row.is_ok and row.facts["backup"] == retention.archives(place.backups)[0].name


def test_a_chain_that_does_not_verify_is_not_migrated_over(place, monkeypatch, capsys):  # noqa: F811
    checks = dict(health._checks)
    monkeypatch.setattr(health, "_checks", checks)
    del checks["chain"]
    health.register("chain", lambda: [Finding("Chain", State.FAULT, "row 12 was changed", "keep it")], in_copy=True)
    with pytest.raises(CommandError, match="refused: 1 faults"):
        call_command("upgrade")
    assert "row 12 was changed" in capsys.readouterr().err
    assert not retention.archives(place.backups) and not Upkeep.objects.exists()


def test_without_a_backup_there_is_no_upgrade(place, settings):  # noqa: F811
    settings.BACKUP_KEYS.unlink()
    with pytest.raises(CommandError, match="no backup, no upgrade"):
        call_command("upgrade")
    assert not Upkeep.objects.filter(kind="upgrade").exists()


def test_a_guard_that_is_missing_is_shown_and_put_back(place, capsys):  # noqa: F811
    name = sorted(triggers.found(connection))[0]
    with connection.cursor() as cursor:
        cursor.execute(triggers._dropped(connection, name, triggers.wanted(connection)[name].table))
    call_command("upgrade", "--no-backup")
    assert name in capsys.readouterr().err
    assert triggers.faults(connection) == []
