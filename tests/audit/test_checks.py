"""The night's walk: what it keeps, how it tells, and a chain that is whole is not sealed. (S14 has the damage.)"""

import logging

import pytest
from django.core.management import CommandError, call_command

from tests import history
from tests.audit.test_actions import many
from tongxin.audit import actions as audit
from tongxin.audit import checks, queries
from tongxin.audit.models import INSTALLATION, AuditEntry, ChainCheck
from tongxin.core import outbox
from tongxin.core.errors import DomainError


@pytest.fixture
def damaged(village, clerk):
    many(village, clerk, 5)
    with history.unguarded():
        AuditEntry.objects.filter(village_id=village, seq=3).update(act="a.c")
    return village


def test_a_whole_chain_is_whole_and_so_is_an_empty_one(village, clerk):
    assert audit.check(village).verdict == 0
    many(village, clerk, 2)
    found = audit.check(village)
    assert (found.verdict, found.seq, found.faults) == (0, 2, [])
    assert queries.last_check(village).pk == found.pk


def test_damage_is_said_aloud(damaged, caplog):
    with caplog.at_level(logging.ERROR):
        found = audit.check(damaged)
    assert found.is_broken and found.found[0].kind == "changed"
    assert "row 3 was changed" in caplog.text


def test_every_chain_is_walked_each_night(village, clerk, damaged):
    many(INSTALLATION, clerk, 1)
    audit.check_everywhere()
    while outbox.work_once(50):
        pass
    assert dict(ChainCheck.objects.values_list("village_id", "verdict")) == {INSTALLATION: 0, damaged: 1}


def test_what_makes_no_sense_is_a_fault_and_stops_nobody(damaged):
    with history.unguarded():
        AuditEntry.objects.filter(village_id=damaged, seq=4).update(algorithm="md5", data="no dictionary", segment=2)
    assert audit.check(damaged).is_broken


def test_a_whole_chain_is_not_sealed(village, clerk):
    many(village, clerk, 2)
    with pytest.raises(DomainError):
        audit.seal(village)
    assert not AuditEntry.objects.filter(act="audit.seal").exists()


# --- at the command line ------------------------------------------------------------------------------------------
@pytest.fixture
def slug(village, monkeypatch):
    monkeypatch.setattr(queries, "_names", [lambda: {village: ("liugou", "柳沟村")}])
    return "liugou"


def test_check_chain_says_what_is_damaged_and_seals_it(damaged, slug, clerk, capsys):
    with pytest.raises(CommandError, match="When a chain is broken"):
        call_command("check_chain")
    assert "row 3 was changed" in capsys.readouterr().out
    with pytest.raises(CommandError, match="which village"):
        call_command("check_chain", "--seal")
    call_command("check_chain", slug, "--seal")
    assert "sealed, whole since" in capsys.readouterr().out
    many(damaged, clerk, 1)
    call_command("check_chain", slug)
    with pytest.raises(CommandError, match=r"nothing to seal|没断"):
        call_command("check_chain", slug, "--seal")


def test_who_is_not_there_is_told_who_is(db, slug):
    with pytest.raises(CommandError, match="There are: liugou, installation"):
        call_command("check_chain", "elsewhere")
    with pytest.raises(CommandError, match="There are: liugou, installation"):
        call_command("export_chain", "elsewhere")


def test_export_chain_writes_a_new_file_and_never_over_one(village, clerk, slug, tmp_path, capsys):
    many(village, clerk, 3)
    path = tmp_path / "chain.jsonl"
    call_command("export_chain", slug, out=str(path))
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 5 and '"name":"柳沟村"' in lines[0] and lines[-1].startswith('{"end":')
    with pytest.raises(CommandError, match="there already"):
        call_command("export_chain", slug, out=str(path))
    call_command("export_chain", str(village))
    assert capsys.readouterr().out.splitlines()[1:] == lines[1:]


# --- at start-up --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "faults"), [("sha256", 0), ("sm3", 0), ("md5", 1), ("", 1)])
def test_an_algorithm_that_nobody_can_reckon_is_refused(settings, name, faults):
    settings.AUDIT_HASH = name
    assert len(checks.algorithm(None)) == faults
