"""A PostgreSQL of our own while a test run lasts: the system's programs, a temporary folder, a Unix socket only."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = "/usr/lib/postgresql/*/bin"


class Missing(Exception):
    """There is no PostgreSQL server on this machine."""


def programs() -> Path:
    """The folder that holds initdb and pg_ctl, of the newest version installed."""
    found = sorted(glob.glob(f"{INSTALLED}/initdb"), key=lambda path: int(path.split("/")[4].split(".")[0]))
    if found:
        return Path(found[-1]).parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise Missing("no PostgreSQL server found (Debian: apt-get install postgresql)")


def owner() -> dict[str, object]:
    """PostgreSQL refuses to run as root; the Debian package brings the user `postgres`."""
    if os.getuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            user = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise Missing("running as root and there is no user `postgres` to own the server")


@contextmanager
def cluster() -> Iterator[str]:
    """Start one, give its DATABASE_URL, stop it by its own folder."""
    bin_, who = programs(), owner()
    home = Path(tempfile.mkdtemp(prefix="tx-pg-", dir="/tmp"))  # short: a socket's path has 107 letters at most
    if who:
        os.chown(home, who["user"], who["group"])  # type: ignore[arg-type]
    data, log = home / "data", home / "log"

    def call(*command: str | Path) -> None:
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            **who,  # type: ignore[call-overload]
        )
        if done.returncode:
            said = log.read_text(errors="replace") if log.exists() else ""
            raise RuntimeError(f"{Path(command[0]).name} failed:\n{done.stdout}{said}")

    started = False
    try:
        call(bin_ / "initdb", "-D", data, "-U", "tongxin", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={home} -c log_min_messages=warning"
        # pg_ctl hands its standard output to the server, which would keep a pipe of ours open: hence the log file.
        started = True
        call("/bin/sh", "-c", f'"{bin_}/pg_ctl" -D "{data}" -l "{log}" -w -o "{options}" start >/dev/null 2>&1')
        yield f"postgresql://tongxin@/tongxin?host={home}"
    finally:
        if started:
            call("/bin/sh", "-c", f'"{bin_}/pg_ctl" -D "{data}" -m fast -w stop >/dev/null 2>&1 || true')
        shutil.rmtree(home, ignore_errors=True)
