"""The console entry is Django's command line under our settings."""

import os
import sys

from tongxin.core import cli


def test_it_takes_a_command(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tongxin", "version"])
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    cli.main()
    assert capsys.readouterr().out.startswith("5.2")
