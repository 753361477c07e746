"""The command line: keys once, pages and worker in one process, an end when it is told to."""

import os
import subprocess
import sys
import time
import urllib.request

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db.utils import OperationalError

from tongxin.core import cli


def test_it_takes_a_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tongxin", "version"])
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    cli.main()
    assert capsys.readouterr().out.startswith("5.2")


def test_a_database_that_does_not_answer_is_said_in_one_sentence(monkeypatch):
    def dead(argv):
        raise OperationalError("connection refused")

    monkeypatch.setattr("django.core.management.execute_from_command_line", dead)
    monkeypatch.setattr(sys, "argv", ["tongxin", "backup"])
    with pytest.raises(SystemExit, match="does not answer: connection refused"):
        cli.main()
    monkeypatch.setattr(sys, "argv", ["tongxin", "backup", "--traceback"])
    with pytest.raises(OperationalError):
        cli.main()


@pytest.fixture
def home(settings, tmp_path):
    settings.DATA = tmp_path / "data"
    settings.MEDIA_ROOT, settings.SPOOL_ROOT = settings.DATA / "media", settings.DATA / "spool"
    settings.SECRET_FILE = settings.DATA / "secret.key"
    return settings.DATA


def test_the_keys_are_made_once_and_for_the_owner_only(home, capsys):
    call_command("setup_keys")
    before = {path.name: path.read_text() for path in home.glob("*.key")}
    assert before.keys() == {"secret.key", "field.key"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in home.rglob("*"))
    assert len(before["secret.key"].strip()) >= 50
    call_command("setup_keys")
    assert {path.name: path.read_text() for path in home.glob("*.key")} == before
    told = capsys.readouterr().out
    assert told.count("made") == 2
    assert not any(text.strip() in told for text in before.values())


@pytest.fixture
def manage(tmp_path):
    """Run `tongxin …` as a process of its own, in a house of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TONGXIN_", "DATABASE_URL"))}
    env = {**kept, "DJANGO_SETTINGS_MODULE": "tongxin.settings", "TONGXIN_DATA": str(tmp_path / "data")}
    command = [sys.executable, "-c", "from tongxin.core.cli import main; main()"]

    def run(*arguments):
        return subprocess.Popen(
            [*command, *arguments],
            env=env,
            cwd=settings.ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_without_keys_nothing_is_served_and_the_mend_is_said(manage, command):
    process = manage(command)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "setup_keys" in said
    assert "Traceback" not in said


def test_it_serves_and_works_and_ends_when_it_is_told_to(manage):
    for command in (["setup_keys"], ["migrate", "-v0"]):
        _, said = (step := manage(*command)).communicate(timeout=120)
        assert step.returncode == 0, said
    process = manage("serve", "--port", "0")
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), process.communicate(timeout=20)[1]
        with urllib.request.urlopen(f"{address}healthz", timeout=20) as answer:  # noqa: S310 -- our own server
            assert answer.read() == b"ok\n"
    finally:
        started = time.monotonic()
        process.terminate()
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert time.monotonic() - started < 4  # a third of a second on a quiet machine
    assert "Traceback" not in said
