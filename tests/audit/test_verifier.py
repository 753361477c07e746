"""The stand-alone verifier: right sums, plain words, its exit code; without Django and without us."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tongxin.audit import verifier

VILLAGE = "018f0000-0000-7000-8000-000000000001"
FILE = Path(verifier.__file__)


def chain(count, village=VILLAGE, segment=1, start=1, algorithm="sha256"):
    """Rows as an export has them."""
    head, rows = verifier.first(village, segment), []
    for seq in range(start, start + count):
        body = {"id": f"id-{seq}", "village": village, "segment": segment, "seq": seq, "act": "a.b", "data": {"n": seq}}
        body["algorithm"] = algorithm
        rows.append({"body": body, "prev": head, "hash": verifier.linked(head, body)})
        head = rows[-1]["hash"]
    return rows


def export(rows, end=None):
    seq, head = end or (rows[-1]["body"]["seq"], rows[-1]["hash"])
    return [json.dumps(line) for line in ({"village": VILLAGE}, *rows, {"end": {"seq": seq, "head": head}})]


def faults(lines, anchors=()):
    return [str(fault).partition(" · ")[2] for fault in verifier.checked(lines, anchors).faults]


def test_a_whole_chain_is_accepted_with_its_papers():
    rows = chain(20)
    assert (
        faults(export(rows), [(20, verifier.characters(rows[19]["hash"])), (7, verifier.characters(rows[6]["hash"]))])
        == []
    )


def test_sm3_gives_the_standard_s_example():
    """GB/T 32905-2016, appendix A."""
    assert verifier.hashed("sm3", b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_an_algorithm_that_nobody_knows_is_no_hash():
    with pytest.raises(ValueError, match="no such algorithm"):
        verifier.hashed("md5", b"")


def test_the_twelve_characters_are_the_first_sixty_bits():
    assert verifier.characters("0" * 64) == "2" * 12
    assert verifier.characters("f" * 15 + "0" * 49) == "Z" * 12
    assert verifier.characters("000000000000001" + "f" * 49) == "2" * 11 + "3"


def test_each_kind_of_damage_is_told_in_words():
    rows = chain(9)

    def without(*numbers):
        return [row for row in rows if row["body"]["seq"] not in numbers]

    def changed(number, **cells):
        copy = json.loads(json.dumps(rows))
        copy[number - 1]["body"].update(cells)
        return copy

    assert "row 4 was changed" in faults(export(changed(4, act="a.c")))[0]
    assert "rows 5 to 5 are missing" in faults(export(without(5)))[0]
    assert "rows 5 to 6 are missing" in faults(export(without(5, 6)))[0]
    assert "rows 1 to 1 are missing" in faults(export(without(1)))[0]
    assert "row 3 is out of order" in " ".join(faults(export([*rows[:2], rows[3], rows[2], *rows[4:]])))
    assert "another village" in " ".join(faults(export(changed(2, village="else"))))
    assert "rows 9 to 9 are missing" in faults(export(without(9), end=(9, rows[8]["hash"])))[0]
    assert "the head that was kept" in faults(export(rows, end=(9, rows[7]["hash"])))[0]


def test_the_last_row_and_a_rewrite_are_seen_by_the_paper_only():
    rows = chain(9)
    paper = [(9, verifier.characters(rows[8]["hash"]))]
    assert faults(export(rows[:8])) == []
    assert faults(export(rows[:8]), paper) == ["the paper tells of row 9; it is not here"]
    rewritten = chain(9, algorithm="sm3")
    assert faults(export(rewritten)) == []
    assert "written anew" in faults(export(rewritten), paper)[0]


def test_an_old_row_changed_and_its_neighbour_mended_is_found():
    """The hash of a row covers the one before it: mending one link does not mend the chain."""
    rows = chain(9)
    rows[3]["body"]["act"] = "a.c"
    rows[3]["hash"] = rows[4]["prev"] = verifier.linked(rows[3]["prev"], rows[3]["body"])
    assert [what.split(":")[0] for what in faults(export(rows))] == ["row 5 was changed"]


# --- segments -----------------------------------------------------------------------------------------------------
def sealed(rows, *, seq, start):
    """A broken segment and a seal after it, and five rows more."""
    more = chain(5, segment=2, start=start)
    more[0]["body"] |= {"act": "audit.seal", "data": {"sealed": {"segment": 1, "seq": seq}}}
    head = verifier.first(VILLAGE, 2)
    for row in more:
        row["prev"], row["hash"] = head, verifier.linked(head, row["body"])
        head = row["hash"]
    return [*rows, *more]


def test_a_sealed_break_is_told_apart_from_a_new_one():
    rows = chain(9)
    walk = verifier.checked(export(sealed(rows[:7], seq=9, start=10)))
    assert (walk.verdict, [fault.kind for fault in walk.faults]) == (
        3,
        ["missing"],
    )
    assert verifier.checked(export(sealed(rows, seq=9, start=10))).verdict == 0
    broken = sealed(rows, seq=9, start=10)
    broken[11]["body"]["act"] = "a.c"
    assert verifier.checked(export(broken)).verdict == 1


def test_a_paper_from_before_the_break_still_speaks():
    rows = chain(9)
    papers = [(6, verifier.characters(rows[5]["hash"])), (9, verifier.characters(rows[8]["hash"]))]
    walk = verifier.checked(export(sealed(rows[:7], seq=9, start=10)), papers)
    assert walk.verdict == 3
    assert [fault.kind for fault in walk.faults] == ["missing", "unmet"]


def test_a_seal_that_skips_rows_hides_nothing():
    walk = verifier.checked(export(sealed(chain(9), seq=9, start=15)))
    assert walk.verdict == 1
    assert "rows 10 to 14 are missing" in str(walk.faults[0])


def test_a_segment_without_a_seal_is_a_fault():
    rows = [*chain(4), *chain(3, segment=2, start=5)]
    assert "without a seal" in faults(export(rows))[0]


# --- as a program -------------------------------------------------------------------------------------------------
def run(path, *arguments):
    command = [sys.executable, "-I", "-S", str(FILE), str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={"PYTHONIOENCODING": "utf-8"})


def test_it_runs_alone_says_its_verdict_and_exits_by_it(tmp_path):
    rows, path = chain(9), tmp_path / "chain.jsonl"
    paper = verifier.characters(rows[8]["hash"])
    shown = f"{paper[:4]}-{paper[4:8].lower()} {paper[8:]}"
    path.write_text("\n".join(export(rows)), "utf-8")
    done = run(path, "--printed", f"9={shown}")
    assert (done.returncode, "9 rows" in done.stdout, paper in done.stdout) == (0, True, True)
    path.write_text("\n".join(export(rows[:8])), "utf-8")
    done = run(path, "--printed", f"9={shown}")
    assert (done.returncode, "row 9; it is not here" in done.stdout, "DAMAGED" in done.stdout) == (1, True, True)
    anchors = tmp_path / "anchors"
    anchors.mkdir()
    (anchors / "a.json").write_text(json.dumps({"village": VILLAGE, "seq": 9, "characters": paper}), "utf-8")
    (anchors / "b.json").write_text(json.dumps({"village": "the neighbour's", "seq": 7, "characters": "2"}), "utf-8")
    assert run(path, "--anchors", str(anchors)).returncode == 1
    path.write_text("\n".join(export(sealed(rows[:7], seq=9, start=10))), "utf-8")
    assert run(path).returncode == 3


@pytest.mark.parametrize(
    "text",
    ["", "{}", "no json", '{"village": "x"}', '{"village": "x"}\n{"body": {"seq": 1}}', "[1]", '{"village": 1}\n7'],
)
def test_what_is_no_export_is_said_so(tmp_path, text):
    path = tmp_path / "chain.jsonl"
    path.write_text(text, "utf-8")
    done = run(path)
    assert (done.returncode, "cannot be read" in done.stdout) == (2, True)
    assert done.stderr == ""


def test_a_file_that_was_cut_off_is_said_so(tmp_path):
    path = tmp_path / "chain.jsonl"
    path.write_text("\n".join(export(chain(5))[:-1]), "utf-8")
    assert "cut off" in run(path).stdout


def test_it_stays_small_and_needs_nothing():
    text = FILE.read_text("utf-8")
    assert len(text.splitlines()) < 200
    assert "django" not in text.lower().replace("without django", "")
