"""A small installation of its own in a temporary folder: one village, one database, served by real processes.

The harnesses that kill, cut power or fill disks cannot use the test database: what they break must be theirs.
"""

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / ".ci"))
CHAIN = ["62:甘肃省", "6299:某市", "629901:某县", "629901001:某镇", "629901001201:杨树村"]


@dataclass(frozen=True)
class Ground:
    """`env` is what a process of the installation needs, beside PATH."""

    home: Path
    env: dict[str, str]

    @property
    def is_postgres(self) -> bool:
        return self.env["DATABASE_URL"].startswith("postgresql")

    def manage(self, *arguments: str) -> str:
        return run([sys.executable, "manage.py", *arguments], self.env)

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the database answers, asked past the product."""
        if self.is_postgres:
            import psycopg

            with psycopg.connect(self.env["DATABASE_URL"]) as connection:
                return connection.execute(statement).fetchall()  # type: ignore[arg-type]
        with contextlib.closing(sqlite3.connect(self.home / "tongxin.sqlite3", timeout=20)) as connection:
            return connection.execute(statement).fetchall()

    def count(self, table: str, where: str = "true") -> int:
        return int(self.rows(f"SELECT count(*) FROM {table} WHERE {where}")[0][0])


def plain_environment() -> dict[str, str]:
    """This process's environment without what tests have set for themselves."""
    ours = ("TONGXIN_", "DATABASE_URL", "DJANGO_", "PYTEST_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def run(command: list[str], env: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=ROOT, env=plain_environment() | env, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stderr[-3000:]}")
    return done.stdout


@contextlib.contextmanager
def installed(database_url: str = "", folder: Path | None = None) -> Iterator[Ground]:
    """An installation with one village on SQLite, or in a new database of the server behind `database_url`."""
    home = Path(tempfile.mkdtemp(prefix="tongxin-ground-", dir=folder))
    try:
        url = new_database(database_url) if database_url else f"sqlite:///{home}/tongxin.sqlite3"
        ground = Ground(home, {"TONGXIN_DATA": str(home), "DATABASE_URL": url, "TONGXIN_LOG": "ERROR"})
        ground.manage("setup_keys")
        ground.manage("collectstatic", "--noinput", "-v0")
        ground.manage("migrate", "-v0")
        found = ["found_village", "--slug", "yangshu", "--phone", "0932-5550110", "--chain", *CHAIN]
        ground.manage(*found, "--clerk-name", "李文书", "--clerk-login", "li")
        yield ground
    finally:
        shutil.rmtree(home, ignore_errors=True)


def new_database(url: str) -> str:
    """A database of its own on that server, by its address."""
    import psycopg

    name = f"ground_{uuid.uuid4().hex[:10]}"
    base, _, query = url.partition("?")
    head = base.rsplit("/", 1)[0]
    with psycopg.connect(f"{head}/postgres?{query}", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{head}/{name}?{query}"


# --- a PostgreSQL that can be killed ------------------------------------------------------------------------------
def cluster_home(url: str) -> Path:
    """The folder of a cluster that `.ci/postgres.py` started."""
    return Path(parse_qs(urlsplit(url).query)["host"][0])


def kill_cluster(url: str) -> None:
    """SIGKILL for the server and every process of it, as when the machine stops them all."""
    master = int((cluster_home(url) / "data/postmaster.pid").read_text().split()[0])
    family = [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())]
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in family:
        while _lives(pid):
            pass


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def start_cluster(url: str) -> None:
    """Start it again after a kill; returns when it answers."""
    import postgres

    home = cluster_home(url)
    options = f"-c listen_addresses='' -c unix_socket_directories={home} -c log_min_messages=warning"
    command = f'"{postgres.programs()}/pg_ctl" -D "{home}/data" -l "{home}/log" -w -o "{options}" start'
    deadline = time.monotonic() + 30
    while True:  # a backend that was just being born notices within moments that its server is gone
        shell = ["/bin/sh", "-c", f"{command} >/dev/null 2>&1"]
        if subprocess.run(shell, cwd="/", timeout=60, **postgres.owner()).returncode == 0:
            return
        assert time.monotonic() < deadline, (home / "log").read_text()[-2000:]
        time.sleep(0.1)
