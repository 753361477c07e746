"""`make reliability`: the harnesses on both databases, then the scoreboard. `--nightly` runs the full sets."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import postgres

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.reliability import board  # noqa: E402


def main(arguments: list[str]) -> int:
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "TONGXIN_DATA"}}
    if "--nightly" in arguments:
        arguments.remove("--nightly")
        env[board.NIGHTLY] = "1"
    red = 0
    with tempfile.TemporaryDirectory(prefix="tongxin-board-") as folder, postgres.cluster() as url:
        env[board.FILE] = str(Path(folder) / "board.jsonl")
        Path(env[board.FILE]).touch()
        for name, more in (("SQLite", {}), ("PostgreSQL", {"DATABASE_URL": url})):
            print(f"── {name}", flush=True)
            command = [
                sys.executable,
                "-m",
                "pytest",
                "tests/reliability",
                "-q",
                "--no-header",
                "--tb=short",
                "-n",
                "2",
            ]
            red |= subprocess.run([*command, *arguments], cwd=ROOT, env=env | more, stdin=subprocess.DEVNULL).returncode
        rows = board.read(Path(env[board.FILE]))
    print("\n".join(board.table(rows)))
    print(f"{sum(row.held for row in rows)} of {len(rows)} rows hold")
    return 1 if red or not rows or not all(row.held for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
