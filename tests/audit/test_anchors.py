"""The head goes out of the house: a row, a promise, a file that is whole or not there."""

import json

import pytest

from tests.audit.test_actions import many
from tongxin.audit import actions as audit
from tongxin.audit import queries, verifier
from tongxin.audit.models import INSTALLATION, Anchor
from tongxin.core import outbox, periodic
from tongxin.core.models import OutboxItem


@pytest.fixture
def folder(settings, tmp_path, monkeypatch, village):
    settings.ANCHOR_FOLDER = str(tmp_path / "anchors")
    monkeypatch.setattr(queries, "_names", [lambda: {village: ("liugou", "柳沟村")}])
    return tmp_path / "anchors"


def work():
    while outbox.work_once(50):
        pass


def test_an_empty_chain_has_no_head_to_hand_out(village):
    assert audit.anchor(village) is None
    assert not OutboxItem.objects.exists()


def test_an_anchor_is_the_head_and_its_twelve_characters(village, clerk, entries):
    many(village, clerk, 3)
    row = audit.anchor(village)
    last = entries()[-1]
    assert (row.segment, row.seq, row.head) == (1, 3, last.hash)
    assert row.characters == verifier.characters(last.hash)
    assert row.spelt.replace(" ", "") == row.characters and len(row.spelt) == 14


def test_nothing_new_is_no_new_anchor_and_one_more_entry_is(village, clerk):
    many(village, clerk, 1)
    first = audit.anchor(village)
    assert audit.anchor(village).pk == first.pk
    assert OutboxItem.objects.count() == 1
    many(village, clerk, 1)
    assert audit.anchor(village).seq == 2
    assert Anchor.objects.count() == 2


def test_every_night_each_chain_s_head_lies_in_the_folder(village, clerk, folder):
    many(village, clerk, 2)
    many(INSTALLATION, clerk, 1)
    audit.anchor_everywhere()
    work()
    assert sorted(path.name for path in folder.iterdir()) == ["installation-000000001.json", "liugou-000000002.json"]
    about = json.loads((folder / "liugou-000000002.json").read_text("utf-8"))
    row = Anchor.objects.get(village_id=village)
    assert (about["village"], about["name"], about["seq"]) == (str(village), "柳沟村", 2)
    assert (about["head"], about["characters"]) == (row.head, row.characters)
    before = (folder / "liugou-000000002.json").read_bytes()
    audit.hand_over({"anchor": str(row.pk)})  # carried out twice
    assert (folder / "liugou-000000002.json").read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_without_a_folder_nothing_is_written_and_nothing_waits(village, clerk, settings):
    settings.ANCHOR_FOLDER = ""
    many(village, clerk, 1)
    audit.anchor(village)
    work()
    assert outbox.parked() == 0


def test_the_verifier_takes_the_folder_as_it_is(village, clerk, folder, tmp_path, capsys):
    many(village, clerk, 3)
    audit.anchor(village)
    many(village, clerk, 2)
    work()
    path = tmp_path / "chain.jsonl"
    lines = list(queries.exported(village))
    path.write_text("\n".join(lines), "utf-8")
    assert verifier.main([str(path), "--anchors", str(folder)]) == 0
    assert "1 papers" in capsys.readouterr().out
    path.write_text("\n".join([*lines[:3], lines[-1]]), "utf-8")
    assert verifier.main([str(path), "--anchors", str(folder)]) == 1


def test_the_nights_are_on_the_calendar():
    assert {"audit.anchor", "audit.check"} <= {job.name for job in periodic.jobs()}
