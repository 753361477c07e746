"""`make check`: every rule that needs no running system, two at a time, a line for each with its seconds."""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOWN = 60  # lines of one check
BIN = Path(sys.executable).parent

# The slow ones first, so that the quick ones run beside them.
CHECKS: list[tuple[str, str, str]] = [
    ("类型", "types", "python -m mypy --no-error-summary"),
    (
        "结构",
        "architecture",
        "python -m pytest tests/architecture -q -n0 --no-header --tb=short -m 'not browser and not django_db'",
    ),
    ("译文", "catalogues", "python -m tongxin.core.catalogue check"),
    ("模板", "templates", "python .ci/templates.py"),
    ("设置", "system check", "python manage.py check --fail-level WARNING"),
    ("迁移", "migrations", "python manage.py makemigrations --check --dry-run"),
    ("楼层", "floors and rooms", "lint-imports --no-logo"),
    ("毛病", "lint", "ruff check --quiet --output-format concise ."),
    ("格式", "format", "ruff format --check --quiet ."),
]


def run(command: str, env: dict[str, str]) -> tuple[int, str, float]:
    started = time.monotonic()
    program, *arguments = shlex.split(command)
    done = subprocess.run(
        [str(BIN / program), *arguments],
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
            jobs = {pool.submit(run, check[2], env): check for check in CHECKS if not only or check[1] in only}
            for job in as_completed(jobs):
                (zh, en, command), (code, output, seconds) = jobs[job], job.result()
                print(f"{'✓' if code == 0 else '✗'} {zh} · {en}  {seconds:.1f} s", flush=True)
                if code:
                    red.append(en)
                    lines = output.rstrip().splitlines()
                    if lines and lines[0].startswith("Traceback"):
                        lines = lines[-8:]  # what broke stands at the end
                    print("\n".join(f"    {line}" for line in lines[:SHOWN]), flush=True)
                    if len(lines) > SHOWN:
                        print(f"    … {len(lines) - SHOWN} 行 · lines more; alone: {command}", flush=True)
    finally:
        shutil.rmtree(data, ignore_errors=True)
    verdict = f"没过 · red: {', '.join(sorted(red))}" if red else "都过了 · all green"
    print(f"{verdict}  ({time.monotonic() - started:.0f} s)")
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
