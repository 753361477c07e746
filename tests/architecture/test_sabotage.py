"""Each guard that is taken away for a test is still there to be taken away, and so is the test that misses it."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, nothing
from tests.reliability.sabotage import __main__ as sabotage


def unfit(patches: list[Path]) -> list[str]:
    found = []
    for path in patches:
        done = subprocess.run(["git", "apply", "--check", str(path)], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            found.append(f"{path.name}: {done.stderr.splitlines()[0]}")
        found += [f"{path.name}: there is no {test}" for test in sabotage.parse(path).killed_by if not is_there(test)]
    return found


def is_there(test: str) -> bool:
    file, _, name = test.partition("::")
    path = ROOT / file
    if not path.exists():
        return False
    return not name or re.search(rf"def {name.split('[')[0]}\(", path.read_text("utf-8")) is not None


def test_every_patch_fits_and_its_test_is_there():
    patches = [one.path for one in sabotage.every()]
    assert len(patches) > 40
    nothing(unfit(patches))


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [("_hold(givers)", "_hold(takers)", "patch failed"), ("::test_the_last", "::test_the_first", "there is no")],
)
def test_one_that_has_drifted_is_found(tmp_path, was, now, said):
    sound = next(one.path for one in sabotage.every() if one.name == "ledger-lock")
    assert unfit([sound]) == []
    drifted = tmp_path / "drifted.patch"
    drifted.write_text(sound.read_text("utf-8").replace(was, now), "utf-8")
    [fault] = unfit([drifted])
    assert said in fault
