"""S1 · What the page said was saved is there after `kill -9`, whole: of the server, and of PostgreSQL itself."""

import contextlib
import html
import http.client
import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from urllib.parse import urlencode

import pytest

from . import board, ground

pytestmark = pytest.mark.xdist_group("kill")
INPUT = re.compile(r'<input[^>]*type="hidden"[^>]*>')
SPAN = (0.0, 0.03)  # seconds after its last wanted answer at which a server is killed: in the middle of others


class Server:
    """The zygote and its living child; `log` is where its standard error goes."""

    module = "tests.reliability.zygote"

    def __init__(self, env: dict[str, str], *flags: str, log: IO[str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", self.module, str(self.port), *flags]
        env = ground.plain_environment() | env
        self.process = subprocess.Popen(
            command, cwd=ground.ROOT, env=env, stdout=subprocess.PIPE, stderr=log, text=True
        )
        self.child = self.born()

    def born(self) -> int:
        line = self.process.stdout.readline()
        assert line.startswith("child "), f"the server did not start: {line!r}"
        return int(line.split()[1])

    def kill(self) -> None:
        os.kill(self.child, signal.SIGKILL)
        self.child = self.born()

    def end(self) -> None:
        self.process.kill()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.child, signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def serving(env: dict[str, str], *flags: str) -> Iterator[Server]:
    server = Server(env, *flags)
    try:
        yield server
    finally:
        server.end()


@dataclass
class Tellers:
    """Threads that hand in reports and remember which of them were said to be taken."""

    port: int
    acknowledged: list[str] = field(default_factory=list)
    odd: list[int] = field(default_factory=list)
    cookie: str = ""
    hidden: dict[str, str] = field(default_factory=dict)

    def open_the_sheet(self) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        link.request("GET", "/say/new/")
        answer = link.getresponse()
        page = answer.read().decode()
        assert answer.status == 200, answer.status
        self.cookie = "; ".join(value.split(";")[0] for value in answer.headers.get_all("Set-Cookie", []))
        for tag in INPUT.findall(page):
            given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            self.hidden[given["name"]] = html.unescape(given.get("value", ""))
        link.close()

    def tell(self, stop: threading.Event) -> None:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        while not stop.is_set():
            mark = uuid.uuid4().hex
            said = {"key": str(uuid.uuid4()), "category": "road", "words": f"路坏了 {mark}", "place_text": "桥头"}
            try:
                link.request("POST", "/say/new/", urlencode(self.hidden | said), self.head)
                answer = link.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                link.close()  # killed under it: nothing was promised
                continue
            if answer.status == 303:
                self.acknowledged.append(mark)
            else:
                self.odd.append(answer.status)
                time.sleep(0.05)

    def wait_for(self, more: int, patience: float = 30) -> None:
        """Until so many more have been acknowledged.

        Raises:
            AssertionError: nobody answers any more.
        """
        before, deadline = len(self.acknowledged), time.monotonic() + patience
        while len(self.acknowledged) < before + more:
            assert time.monotonic() < deadline, f"no answer within {patience} s; odd ones: {self.odd[-5:]}"
            time.sleep(0.001)

    @property
    def head(self) -> dict[str, str]:
        return {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}

    @contextlib.contextmanager
    def at_work(self, many: int = 4) -> Iterator[None]:
        stop = threading.Event()
        threads = [threading.Thread(target=self.tell, args=(stop,)) for _ in range(many)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(60)


def lost(at: ground.Ground, tellers: Tellers) -> int:
    words = {row[0].split()[-1] for row in at.rows("SELECT words FROM issues_issue")}
    return len(set(tellers.acknowledged) - words)


def half_done(at: ground.Ground) -> list[str]:
    """Traces of a report of which one part was kept and another was not."""
    issues = at.count("issues_issue")
    faults = []
    if at.count("issues_issueentry", "step = 'report'") != issues:
        faults.append("a matter without its first line, or a line without its matter")
    if at.count("core_idempotency", "operation = 'issues.report'") != issues:
        faults.append("a key without its matter")
    if at.rows("SELECT max(value) FROM core_counter WHERE name = 'issues'")[0][0] != issues:
        faults.append("a number given out and not used")
    if at.rows("SELECT number FROM issues_issue GROUP BY number HAVING count(*) > 1"):
        faults.append("a number given out twice")
    return faults


def killed(at: ground.Ground, cycles: int, *flags: str) -> Tellers:
    """Kill the server `cycles` times while it takes reports in."""
    with serving(at.env, *flags) as server:
        tellers = Tellers(server.port)
        tellers.open_the_sheet()
        with tellers.at_work():
            for _ in range(cycles):
                tellers.wait_for(random.randint(1, 5))
                time.sleep(random.uniform(*SPAN))
                server.kill()
            tellers.wait_for(1)
    return tellers


@pytest.mark.skipif("os.environ.get('DATABASE_URL', '').startswith('postgresql')", reason="runs on PostgreSQL below")
def test_sqlite_keeps_what_was_acknowledged_when_the_server_is_killed():
    cycles = board.count(ci=100, nightly=500, quick=30)
    with ground.installed() as at:
        tellers = killed(at, cycles)
        gone, halves = lost(at, tellers), half_done(at)
        assert at.rows("PRAGMA integrity_check") == [("ok",)]
    with ground.installed() as at:
        loose = killed(at, 20, "--early")
        control = lost(at, loose)
    board.reach(
        "S1 sqlite",
        wanted=f"0 lost, 0 half-applied in {cycles} kills",
        reached=f"{gone} lost of {len(tellers.acknowledged)}, {len(halves)} half-applied",
        held=gone == 0 and not halves and len(tellers.acknowledged) >= cycles and set(tellers.odd) <= {503},
        control=f"answer before commit: {control} lost of {len(loose.acknowledged)} in 20 kills",
        control_failed=control > 0,
    )


@pytest.mark.postgres
def test_postgresql_keeps_what_was_acknowledged_when_server_or_database_is_killed():
    import postgres

    apps, databases = board.count(20, nightly=100, quick=8), board.count(10, nightly=50, quick=4)
    with postgres.cluster() as url, ground.installed(url) as at:
        tellers = killed(at, apps)
        acknowledged, gone = len(tellers.acknowledged), lost(at, tellers)
        tellers = database_killed(at, url, databases)
        acknowledged, gone = acknowledged + len(tellers.acknowledged), gone + lost(at, tellers)
        halves = half_done(at)
        late = dict(at.env, DATABASE_URL=f"{at.env['DATABASE_URL']}&options=-c%20synchronous_commit%3Doff")
        loose = database_killed(ground.Ground(at.home, late), url, databases, "--unchecked")
        control = lost(at, loose)
    board.reach(
        "S1 postgresql",
        wanted=f"0 lost, 0 half-applied in {apps} kills of the server and {databases} of the database",
        reached=f"{gone} lost of {acknowledged}, {len(halves)} half-applied",
        held=gone == 0 and not halves and acknowledged > 0,
        control=f"synchronous_commit off: {control} lost of {len(loose.acknowledged)}",
        control_failed=control > 0,
    )


def database_killed(at: ground.Ground, url: str, cycles: int, *flags: str) -> Tellers:
    """Kill PostgreSQL with all its processes; the server stays up and has to find it again."""
    with serving(at.env, *flags) as server:
        tellers = Tellers(server.port)
        tellers.open_the_sheet()
        with tellers.at_work():
            for _ in range(cycles):
                tellers.wait_for(random.randint(3, 30))  # it takes reports in again
                time.sleep(random.uniform(*SPAN))
                ground.kill_cluster(url)
                ground.start_cluster(url)
    return tellers
