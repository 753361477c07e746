"""Take one guard away at a time and see that the named test goes red: `python -m tests.reliability.sabotage [NAME…]`.

Each `*.patch` beside this file is a one-line change, headed by lines that say what it takes away and what kills it:

    # takes away: the scope of the inbox (T01)
    # killed by: tests/reliability/test_matrix.py::test_no_village_sees_another
    # on: postgres            (only when the fault shows on PostgreSQL alone)

Every patch is laid on a copy of the tree; the test must pass on the copy without it and fail with it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(ROOT / ".ci"))

from tests.reliability import board  # noqa: E402


@dataclass(frozen=True)
class Sabotage:
    path: Path
    takes_away: str
    killed_by: tuple[str, ...]
    on: str

    @property
    def name(self) -> str:
        return self.path.stem


def every() -> list[Sabotage]:
    return [parse(path) for path in sorted(HERE.glob("*.patch"))]


def parse(path: Path) -> Sabotage:
    """Raises:
    ValueError: a patch that does not say what it takes away or what kills it.
    """
    head = dict(re.findall(r"^# (takes away|killed by|on): (.+)$", path.read_text("utf-8"), flags=re.M))
    if not head.get("takes away") or not head.get("killed by"):
        raise ValueError(f"{path.name}: says neither what it takes away nor what kills it")
    return Sabotage(path, head["takes away"], tuple(head["killed by"].split()), head.get("on", ""))


def copied(into: Path) -> Path:
    """The tracked and the new files of the tree, as they lie here now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    for path in ROOT.glob("locale/*/LC_MESSAGES/*.mo"):
        shutil.copy2(path, into / path.relative_to(ROOT))
    return into


def laid(tree: Path, sabotage: Sabotage, *, back: bool = False) -> bool:
    """Whether the patch fits."""
    command = ["patch", "-p1", "--silent", "--force", "--no-backup-if-mismatch", "-i", str(sabotage.path)]
    return subprocess.run([*command, *(["-R"] if back else [])], cwd=tree, capture_output=True).returncode == 0


def passes(tree: Path, tests: tuple[str, ...], env: dict[str, str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-x", "--no-header", "--tb=no", "-p", "no:cacheprovider"]
    return subprocess.run([*command, *tests], cwd=tree, env=env, capture_output=True).returncode == 0


def judged(tree: Path, sabotage: Sabotage, env: dict[str, str], sound: dict[tuple[str, ...], bool]) -> str:
    """ "killed", or what is wrong."""
    if sabotage.killed_by not in sound:
        sound[sabotage.killed_by] = passes(tree, sabotage.killed_by, env)
    if not sound[sabotage.killed_by]:
        return "its test is red on the sound tree"
    if not laid(tree, sabotage):
        return "the patch does not fit any more"
    try:
        return "survived" if passes(tree, sabotage.killed_by, env) else "killed"
    finally:
        laid(tree, sabotage, back=True)


def main(names: list[str]) -> int:
    import postgres

    wanted = [one for one in every() if not names or one.name in names]
    sound: dict[tuple[str, ...], bool] = {}
    alive = 0
    with tempfile.TemporaryDirectory(prefix="tongxin-sabotage-") as folder, postgres.cluster() as url:
        tree = copied(Path(folder))
        plain = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        plain[board.FILE] = os.devnull  # the scoreboard's figures: a short set may be too short to miss the guard
        for one in wanted:
            verdict = judged(tree, one, plain | ({"DATABASE_URL": url} if one.on == "postgres" else {}), sound)
            alive += verdict != "killed"
            print(f"{'✓' if verdict == 'killed' else '✗'} {one.name}: {one.takes_away}", flush=True)
            print(f"    {verdict}; {' '.join(one.killed_by)}", flush=True)
    print(f"{len(wanted) - alive} of {len(wanted)} killed")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
