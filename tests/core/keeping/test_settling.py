"""The restored site in a process of its own: it mutes, leaps, opens what is sealed, and tells what it found."""

import json
from types import SimpleNamespace

import pytest

from tests.factories import stage
from tongxin.core import crypto, health
from tongxin.core.health import Finding, State
from tongxin.core.keeping import restore, settling


@pytest.mark.django_db
def test_a_field_key_that_does_not_open_what_is_sealed_is_a_fault(monkeypatch):
    stage.settle(stage.village())
    notes, faults, facts = [], [], {}
    settling._sealed(notes, faults, facts)
    assert faults == [] and facts["opened"] >= 1
    monkeypatch.setenv("TONGXIN_FIELD_KEY", "/////////////////////////////////////////wA=")
    crypto.forget_keys()
    try:
        settling._sealed(notes, faults, facts)
    finally:
        monkeypatch.undo()
        crypto.forget_keys()
    assert any("people_person|phone" in fault for fault in faults)


def test_without_a_field_key_it_is_said(monkeypatch):
    monkeypatch.setattr(crypto, "key_lines", list)
    notes, faults, facts = [], [], {}
    settling._sealed(notes, faults, facts)
    assert faults == [] and "field key is not here" in notes[0]


def test_what_the_checks_find_in_the_copy_is_told(monkeypatch):
    found = [Finding("Chain", State.FAULT, "broken at 12"), Finding("Tables", State.OK, "well")]
    monkeypatch.setattr(health, "restored", lambda: found)
    notes, faults = [], []
    settling._looked(notes, faults)
    assert faults == ["Chain: broken at 12"] and notes == ["Tables: well"]


def test_a_process_that_ends_without_an_answer_is_refused(monkeypatch, tmp_path):
    ended = SimpleNamespace(stdout="", stderr="Traceback …\nImproperlyConfigured: no\n", returncode=1)
    monkeypatch.setattr(restore.subprocess, "run", lambda *_, **__: ended)
    report = restore.Report("a.txb", {"picture_of": "2026-06-15T00:00:00+00:00"}, "town", {}, tmp_path, "sqlite:///x")
    with pytest.raises(restore.Refused, match="ImproperlyConfigured"):
        restore.settle(report, [], login=False)


def test_it_is_asked_in_an_environment_that_knows_no_other_place(monkeypatch, tmp_path):
    seen = {}

    def run(_command, **how):
        seen.update(how)
        return SimpleNamespace(stdout='noise\n{"notes": [], "faults": [], "facts": {}}\n', stderr="")

    monkeypatch.setenv("TONGXIN_SMS_FOLDER", "/var/spool/sms")
    monkeypatch.setattr(restore.subprocess, "run", run)
    report = restore.Report("a.txb", {"picture_of": "2026-06-15T00:00:00+00:00"}, "town", {}, tmp_path, "sqlite:///x")
    assert restore.settle(report, [{"counters": {}}], login=True)["faults"] == []
    assert "TONGXIN_SMS_FOLDER" not in seen["env"] and seen["env"]["TONGXIN_DATA"] == str(tmp_path)
    assert json.loads(seen["input"])["login"] is True
