"""S24 · On a full disk what was acknowledged is kept, reading goes on, the page says why, and room is noticed at once.

The real application behind waitress, on a file system of four megabytes. Mounting one needs root; where that is not
allowed SQLite is limited to so many pages instead, and the row says so.
"""

import contextlib
import http.client
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.factories import stage

from . import board, ground
from .test_kill import Server, Tellers, half_done, lost

pytestmark = pytest.mark.xdist_group("full")
SAYS = "没地方存"  # zh: what the page says
MB = 1024 * 1024
BACK = 15  # seconds within which new room must be noticed


class Cramped(Server):
    module = "tests.reliability.cramped"


@dataclass
class Small:
    """A disk of a few megabytes; `pages` is the file that stands in for one."""

    folder: Path
    pages: Path | None = None

    @property
    def is_real(self) -> bool:
        return self.pages is None

    @property
    def flags(self) -> list[str]:
        return ["--pages", str(self.pages)] if self.pages else []

    def free(self) -> int:
        room = os.statvfs(self.folder)
        return room.f_bavail * room.f_frsize

    def fill(self, leave: int) -> None:
        """Ballast, so that the end is near."""
        if self.pages:
            size = (self.folder / "tongxin.sqlite3").stat().st_size
            self.pages.write_text(str((size + leave) // 4096))
            return
        with (self.folder / "ballast").open("ab") as out:
            out.write(b"\0" * max(0, self.free() - leave))

    def grow(self) -> None:
        if self.pages:
            self.pages.write_text("100000")
            return
        subprocess.run(["mount", "-o", "remount,size=64m", str(self.folder)], check=True)


@contextlib.contextmanager
def small_disk(size: str = "4m") -> Iterator[Small]:
    folder = Path(tempfile.mkdtemp(prefix="tongxin-small-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0777", "tongxin-small", str(folder)]
    is_mounted = not os.environ.get("TONGXIN_NO_MOUNT") and subprocess.run(mount, capture_output=True).returncode == 0
    try:
        if not is_mounted:
            (folder / "pages").write_text("100000")
        yield Small(folder, None if is_mounted else folder / "pages")
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def mould():
    """One installation for all tests of this file, each of which works on a copy."""
    with ground.installed() as at:
        yield at


@contextlib.contextmanager
def on(
    disk: Small, mould: ground.Ground, *, moved: tuple[str, ...] = ("tongxin.sqlite3",), floor: int = 0
) -> Iterator[ground.Ground]:
    """A copy of the installation of which these parts lie on the small disk."""
    home = Path(tempfile.mkdtemp(prefix="tongxin-cramped-"))
    try:
        shutil.copytree(mould.home, home, dirs_exist_ok=True)
        for name in moved:
            source = home / name
            shutil.move(source, disk.folder / name)
            source.symlink_to(disk.folder / name)
        folder = disk.folder if "tongxin.sqlite3" in moved else home
        more = {"TONGXIN_DISK_FLOOR_MB": str(floor), "DATABASE_URL": f"sqlite:///{folder}/tongxin.sqlite3"}
        yield ground.Ground(home, mould.env | {"TONGXIN_DATA": str(home)} | more)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def get(server: Server, path: str) -> tuple[int, str]:
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    link.request("GET", path)
    answer = link.getresponse()
    page = answer.read().decode()
    link.close()
    return answer.status, page


def press(server: Server, tellers: Tellers, words: str = "x") -> tuple[int, str, str]:
    """One report: (status, page, Retry-After)."""
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    said = {"key": str(uuid.uuid4()), "category": "road", "words": words, "place_text": "桥头"}
    link.request("POST", "/say/new/", urlencode(tellers.hidden | said), tellers.head)
    answer = link.getresponse()
    page = answer.read().decode()
    link.close()
    return answer.status, page, answer.headers.get("Retry-After", "")


def fill_by_reports(tellers: Tellers, wanted: int = 20, patience: float = 60) -> None:
    """Until so many presses have been refused."""
    deadline = time.monotonic() + patience
    with tellers.at_work():
        while len(tellers.odd) < wanted:
            assert time.monotonic() < deadline, f"never full: {len(tellers.acknowledged)} taken"
            time.sleep(0.02)


@dataclass
class Seen:
    taken: int
    lost: int
    faults: list[str]

    def __str__(self) -> str:
        return f"{self.taken} taken, {self.lost} lost" + (f", {'; '.join(self.faults)}" if self.faults else "")


def watched(at: ground.Ground, disk: Small, server: Server) -> Seen:
    """Fill the disk by reports, look at what the site says, make room, and see it go on; one process all the time."""
    tellers = Tellers(server.port)
    tellers.open_the_sheet()
    before = server.child
    fill_by_reports(tellers)
    faults = [f"answers {sorted(set(tellers.odd))}"] if set(tellers.odd) != {503} else []
    status, page, again = press(server, tellers)
    if (status, bool(again)) != (503, True) or SAYS not in page or "</html>" not in page:
        faults.append(f"the page does not explain ({status})")
    for path in ("/", "/say/", "/board/", "/report/", "/healthz"):
        status, _page = get(server, path)
        if status != 200:
            faults.append(f"{path} is not to be read: {status}")
    gone = lost(at, tellers)
    taken = len(tellers.acknowledged)
    disk.grow()
    deadline = time.monotonic() + BACK
    while press(server, tellers, "wieder")[0] != 303:
        if time.monotonic() > deadline:
            faults.append("room that came back is not noticed")
            break
        time.sleep(0.2)
    if server.process.poll() is not None or server.child != before:
        faults.append("the process did not survive")
    return Seen(taken, gone, faults + half_done(at))


@contextlib.contextmanager
def serving(at: ground.Ground, *flags: str, log=None) -> Iterator[Server]:
    server = Cramped(at.env, *flags, log=log)
    try:
        yield server
    finally:
        server.end()


def controls(mould: ground.Ground) -> tuple[str, bool]:
    """What the same disk does to a site that answers before it commits, and to one that does not know a full disk."""
    with small_disk() as disk, on(disk, mould) as at:
        disk.fill(100_000)
        with serving(at, "--early", *disk.flags) as server:
            tellers = Tellers(server.port)
            tellers.open_the_sheet()
            with tellers.at_work(1):
                tellers.wait_for(80)
            before = -1
            while before != (before := at.count("issues_issue")):  # until the threads behind the answers have ended
                time.sleep(1)
            late = lost(at, tellers)
    with small_disk() as disk, on(disk, mould) as at:
        disk.fill(100_000)
        with serving(at, "--blind", *disk.flags) as server:
            tellers = Tellers(server.port)
            tellers.open_the_sheet()
            fill_by_reports(tellers, 3)
            status, page, _again = press(server, tellers)
    is_blind = status == 500 and SAYS not in page
    return f"answered before commit: {late} lost; full disk not recognised: {status}", late > 0 and is_blind


@pytest.mark.skipif("os.environ.get('DATABASE_URL', '').startswith('postgresql')", reason="runs on PostgreSQL below")
def test_sqlite_on_a_full_disk(mould):
    with small_disk() as disk, on(disk, mould) as at:
        disk.fill(300_000)
        with serving(at, *disk.flags) as server:
            seen = watched(at, disk, server)
        with contextlib.closing(sqlite3.connect(disk.folder / "tongxin.sqlite3")) as file:
            is_whole = file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        kind = "4 MB" if disk.is_real else "SQLite limited in pages; no mount here"
    control, failed = controls(mould)
    board.reach(
        "S24 sqlite",
        wanted="acknowledged kept, reads 200, 503 that explains, resumes without restart",
        reached=f"{kind}: {seen}{'' if is_whole else ', torn'}",
        held=seen.lost == 0 and not seen.faults and seen.taken > 20 and is_whole,
        control=control,
        control_failed=failed,
    )


@pytest.mark.skipif("os.environ.get('DATABASE_URL', '').startswith('postgresql')", reason="runs on PostgreSQL below")
def test_a_log_that_cannot_be_written_stops_nothing(mould):
    with small_disk("1m") as disk, on(disk, mould, moved=()) as at:
        if not disk.is_real:
            pytest.skip("no disk can be mounted here")
        disk.fill(0)
        env = at.env | {"TONGXIN_LOG": "DEBUG"}
        with (disk.folder / "log").open("w") as log, serving(ground.Ground(at.home, env), log=log) as server:
            tellers = Tellers(server.port)
            tellers.open_the_sheet()
            with tellers.at_work(2):
                tellers.wait_for(30)
            assert get(server, "/board/")[0] == 200
        assert tellers.odd == [] and lost(at, tellers) == 0
        assert (disk.folder / "log").stat().st_size == 0  # the lines had nowhere to go


# --- photos -------------------------------------------------------------------------------------------------------
def with_photo(server: Server, tellers: Tellers, content: bytes) -> int:
    edge = uuid.uuid4().hex
    said = tellers.hidden | {"key": str(uuid.uuid4()), "category": "road", "words": "路上有坑", "place_text": "桥头"}
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in said.items()]
    head = f'--{edge}\r\nContent-Disposition: form-data; name="photo1"; filename="a.jpg"\r\n'
    parts.append(head.encode() + b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n")
    body = b"".join(parts) + f"--{edge}--\r\n".encode()
    headers = tellers.head | {"Content-Type": f"multipart/form-data; boundary={edge}"}
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    link.request("POST", "/say/new/", body, headers)
    answer = link.getresponse()
    answer.read()
    link.close()
    return answer.status


@pytest.mark.skipif("os.environ.get('DATABASE_URL', '').startswith('postgresql')", reason="runs on PostgreSQL below")
def test_a_photo_that_finds_no_room_takes_its_report_along(mould):
    """Media and spool on the small disk, the database elsewhere: no report without its photo, and none said taken."""
    comment = b"\xff\xfe\xff\xff" + os.urandom(65_533)  # makes the file 64 kB larger
    content = stage.jpeg(size=(640, 480))[:-2] + comment + b"\xff\xd9"
    with small_disk() as disk, on(disk, mould, moved=("media", "spool")) as at:
        if not disk.is_real:
            pytest.skip("no disk can be mounted here")
        disk.fill(1_500_000)
        with serving(at) as server:
            tellers = Tellers(server.port)
            tellers.open_the_sheet()
            answers = []
            while 503 not in answers and len(answers) < 200:
                answers.append(with_photo(server, tellers, content))
            assert set(answers) == {303, 503}, answers
            kept = answers.count(303)
            assert at.count("issues_issue") == at.count("issues_issuefile") == kept > 3
            lying = [path for path in (disk.folder / "spool").rglob("*") if path.is_file()]
            assert len(lying) == kept and all(len(content) == path.stat().st_size for path in lying)
            assert get(server, "/board/")[0] == 200
            disk.grow()
            deadline = time.monotonic() + BACK
            while with_photo(server, tellers, content) != 303:
                assert time.monotonic() < deadline
                time.sleep(0.2)


@pytest.mark.skipif("os.environ.get('DATABASE_URL', '').startswith('postgresql')", reason="runs on PostgreSQL below")
def test_below_the_floor_the_site_is_read_only_before_the_disk_is_full(mould):
    with small_disk() as disk, on(disk, mould, floor=2) as at:
        if not disk.is_real:
            pytest.skip("no disk can be mounted here")
        with serving(at) as server:
            tellers = Tellers(server.port)
            tellers.open_the_sheet()
            assert press(server, tellers)[0] == 303
            disk.fill(2 * MB - 4096)
            time.sleep(5.5)  # a process asks the disk each five seconds
            before = disk.free()
            status, page, again = press(server, tellers)
            assert (status, again) == (503, "300") and SAYS in page
            assert disk.free() == before  # nothing was begun
            assert get(server, "/say/")[0] == 200
            (disk.folder / "ballast").unlink()
            assert press(server, tellers)[0] == 303  # the next press asks anew


# --- PostgreSQL ---------------------------------------------------------------------------------------------------
@pytest.mark.postgres
def test_postgresql_on_a_full_disk():
    import postgres
    import psycopg

    with postgres.cluster() as url, small_disk("40m") as disk, ground.installed(url) as at:
        if not disk.is_real:
            pytest.skip("no disk can be mounted here")
        space = disk.folder / "space"
        space.mkdir()
        os.chown(space, postgres.owner()["user"], postgres.owner()["group"])
        name = at.env["DATABASE_URL"].split("?")[0].rsplit("/", 1)[1]
        with psycopg.connect(url.replace("/tongxin?", "/postgres?"), autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{space}'")
            connection.execute(f'ALTER DATABASE "{name}" SET TABLESPACE small')
        at.env["TONGXIN_DISK_FLOOR_MB"] = "0"
        disk.fill(500_000)
        with serving(at) as server:
            seen = watched(at, disk, server)
            disk.grow()
        with serving(at, "--blind") as server:
            tellers = Tellers(server.port)
            tellers.open_the_sheet()
            disk.fill(150_000)
            fill_by_reports(tellers, 3)
            for _ in range(40):  # a page with room left may take one more
                status, page, _again = press(server, tellers)
                if status != 303:
                    break
        subprocess.run(["mount", "-o", "remount,size=128m", str(disk.folder)], check=True)
    board.reach(
        "S24 postgresql",
        wanted="acknowledged kept, reads 200, 503 that explains, resumes without restart",
        reached=f"tables on a full tmpfs: {seen}",
        held=seen.lost == 0 and not seen.faults and seen.taken > 5,
        control=f"full disk not recognised: {status}",
        control_failed=status == 500 and SAYS not in page,
    )
