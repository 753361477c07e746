"""`make test`: the suite on SQLite, again on PostgreSQL, then the browser; ends with `N passed, N failed`.

Nothing is skipped in silence: without PostgreSQL or Chromium the run is red. Further arguments go to pytest.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import postgres

ROOT = Path(__file__).resolve().parents[1]
HOUSE_SKIPS = ("runs on PostgreSQL", "runs on SQLite")  # proved on the other one; see the conftest files


@dataclass
class Tally:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def red(self, why: str) -> None:
        print(f"✗ {why}", flush=True)
        self.failed += 1


def pytest(tally: Tally, name: str, arguments: list[str], env: dict[str, str]) -> None:
    """One run, its output shown as it comes, its counts read from the report it leaves."""
    print(f"── {name}", flush=True)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tongxin-suite-") as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "--tb=short", f"--junitxml={report}"]
        code = subprocess.run([*command, *arguments], cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode
        before = tally.failed
        if report.exists():
            for case in ElementTree.parse(report).getroot().iter("testcase"):  # noqa: S314 — our own report
                outcome = {child.tag: child.get("message", "") for child in case}
                if "failure" in outcome or "error" in outcome:
                    tally.failed += 1
                elif "skipped" in outcome:
                    tally.skipped += 1
                    if not any(reason in outcome["skipped"] for reason in HOUSE_SKIPS):
                        print(f"  skipped: {case.get('classname')}::{case.get('name')}: {outcome['skipped']}")
                else:
                    tally.passed += 1
        if code == 5:
            tally.red(f"{name}: 一个测试也没跑 · not one test ran")
        elif code and tally.failed == before:
            tally.red(f"{name}: 中途断了 · the run itself broke off (code {code})")
    print(f"   {time.monotonic() - started:.0f} s", flush=True)


def chromium() -> str | None:
    return next(
        (path for path in (os.environ.get("CHROMIUM"), "/usr/bin/chromium") if path and Path(path).exists()), None
    )


def main(arguments: list[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server below is stopped as well
    tally = Tally()
    env = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "TONGXIN_DEMO", "TONGXIN_DATA"}
    }
    pytest(tally, "SQLite", ["-n", "2", *arguments], env)
    try:
        with postgres.cluster() as url:
            pytest(tally, "PostgreSQL", ["-n", "2", *arguments], env | {"DATABASE_URL": url})
    except (postgres.Missing, RuntimeError) as error:
        tally.red(f"PostgreSQL 没测 · not tested on PostgreSQL: {error}")
    if path := chromium():
        pytest(tally, "浏览器 · browser", ["-m", "browser", "-n", "1", *arguments], env | {"CHROMIUM": path})
    else:
        tally.red("浏览器没测 · no browser found (Debian: apt-get install chromium)")
    if tally.skipped:
        print(f"{tally.skipped} skipped")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
