"""`make check`: every rule that needs no running system, two at a time, a line for each with its seconds."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = sys.executable
BIN = Path(PYTHON).parent

# The slow ones first, so that the quick ones run beside them.
CHECKS: list[tuple[str, str, list[str]]] = [
    ("类型", "types", [PYTHON, "-m", "mypy", "--no-error-summary"]),
    (
        "结构",
        "architecture",
        [PYTHON, "-m", "pytest", "tests/architecture", "-q", "-n0", "--no-header", "-p", "no:cacheprovider"],
    ),
    ("译文", "catalogues", [PYTHON, "-m", "tongxin.core.catalogue", "check"]),
    ("楼层", "floors and rooms", [str(BIN / "lint-imports"), "--no-logo"]),
    ("设置", "system check", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
    ("迁移", "migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run", "--verbosity", "1"]),
    ("毛病", "lint", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("格式", "format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("模板", "templates", [PYTHON, ".ci/templates.py"]),
]


def run(command: list[str], env: dict[str, str]) -> tuple[int, str, float]:
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout, time.monotonic() - started


def main(only: list[str]) -> int:
    started = time.monotonic()
    data = tempfile.mkdtemp(prefix="tongxin-check-")
    env = os.environ | {
        "TONGXIN_DATA": data,
        "TONGXIN_SECRET_KEY": "only-for-checks-" + "c" * 40,
        "TONGXIN_FIELD_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "TONGXIN_LOG": "ERROR",
    }
    env.pop("DATABASE_URL", None)
    red: list[str] = []
    try:
        with ThreadPoolExecutor(2) as pool:
            jobs = {pool.submit(run, command, env): (zh, en) for zh, en, command in CHECKS if not only or en in only}
            for job in as_completed(jobs):
                (zh, en), (code, output, seconds) = jobs[job], job.result()
                print(f"{'✓' if code == 0 else '✗'} {zh} · {en}  {seconds:.1f} s", flush=True)
                if code:
                    red.append(en)
                    print("\n".join(f"    {line}" for line in output.rstrip().splitlines()), flush=True)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    verdict = f"没过 · red: {', '.join(sorted(red))}" if red else "都过了 · all green"
    print(f"{verdict}  ({time.monotonic() - started:.0f} s)")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
