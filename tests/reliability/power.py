"""What a power cut leaves of some files: their system calls are recorded, and what was not synced is dropped.

The model. A write, a truncation: lasts once its own file has been synced. A name made or taken away: lasts once its
folder has been synced. At a cut, everything else is gone (`strict`), or some of it has reached the disk by itself: a
random half of the writes and a beginning of the folder's changes (`torn`). Single sectors are not torn.
"""

import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import ground

CALL = re.compile(r"^(?:\[pid +\d+\] |\d+ +)?(\w+)\((.*)\) += (-?\d+)")
CALLS = "openat,close,pwrite64,write,ftruncate,fsync,fdatasync,unlink,rename"
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


class NoTracing(RuntimeError):
    """This machine lets nobody look at a process's system calls."""


@dataclass(frozen=True)
class Step:
    """One recorded call: what (write | cut | sync | make | drop | sync-folder | ack), of which file, with what."""

    what: str
    name: str = ""
    offset: int = 0
    data: bytes = b""


def record(at: ground.Ground, count: int, pragmas: list[str], log: Path) -> list[Step]:
    """Run the teller and keep what it does to the files of the installation, in order.

    Raises:
        NoTracing: strace is missing or may not attach.
    """
    if shutil.which("strace") is None:
        raise NoTracing("no strace (Debian: apt-get install strace)")
    trace = ["strace", "-f", "-xx", "-s", "70000", "-o", str(log), "-e", f"trace={CALLS}"]
    command = [*trace, sys.executable, "-m", "tests.reliability.teller", str(count), *pragmas]
    env = ground.plain_environment() | at.env
    done = subprocess.run(command, cwd=ground.ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode and "ptrace" in done.stderr:
        raise NoTracing(done.stderr.strip().splitlines()[-1])
    assert done.returncode == 0, done.stderr[-2000:]
    return list(steps(log.read_text("ascii", errors="replace"), at.home))


def steps(log: str, home: Path) -> Iterator[Step]:
    """The steps after START that concern files directly in `home`."""
    opened: dict[int, str] = {}  # descriptor -> name; "" is the folder itself
    begun = False
    for line in log.splitlines():
        found = CALL.match(line)
        if found is None:
            continue
        call, arguments, answer = found[1], found[2], int(found[3])
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in TEXT.findall(arguments)]
        first = arguments.split(",")[0].strip()
        number = int(first) if first.lstrip("-").isdigit() else -100
        if call == "write" and number == 1 and texts:
            begun = begun or texts[0].startswith(b"START")
            if texts[0].startswith(b"ACK "):
                yield Step("ack", data=texts[0][4:].strip())
            continue
        if answer < 0:
            continue
        if call == "openat":
            name = _inside(texts[0], home)
            if name is not None:
                opened[answer] = name
                if begun and name and "O_CREAT" in arguments:
                    yield Step("make", name)
            else:
                opened.pop(answer, None)
        elif call == "close":
            opened.pop(number, None)
        elif not begun:
            continue
        elif call == "unlink" and (name := _inside(texts[0], home)):
            yield Step("drop", name)
        elif number in opened:
            name = opened[number]
            if call in ("fsync", "fdatasync"):
                yield Step("sync", name) if name else Step("sync-folder")
            elif call == "pwrite64":
                yield Step("write", name, int(arguments.rsplit(",", 1)[1]), texts[0])
            elif call == "ftruncate":
                yield Step("cut", name, int(arguments.rsplit(",", 1)[1]))
            elif call == "write":
                raise AssertionError(f"a write without an offset to {name}: the model does not know where")


def _inside(path: bytes, home: Path) -> str | None:
    """The name of a file in `home`, "" for `home` itself, None for anything else."""
    where = Path(path.decode())
    if where == home:
        return ""
    return where.name if where.parent == home and where.name.startswith("tongxin.sqlite3") else None


@dataclass
class Disk:
    """What lasts, and what is on its way. Contents hang on a file, not on its name: a name may be given anew."""

    contents: list[bytearray]  # that last, by file
    live: dict[str, int]  # name -> file, as the running system sees it
    names: dict[str, int] = field(default_factory=dict)  # name -> file, as the folder lasts
    pending: dict[int, list[Step]] = field(default_factory=dict)
    folder: list[tuple[str, int | None]] = field(default_factory=list)  # (name, its file; None: taken away)

    @classmethod
    def of(cls, files: dict[str, bytes]) -> "Disk":
        names = {name: number for number, name in enumerate(files)}
        return cls([bytearray(content) for content in files.values()], dict(names), dict(names))

    def take(self, step: Step) -> None:
        if step.what in ("write", "cut"):
            self.pending.setdefault(self.live[step.name], []).append(step)
        elif step.what == "sync":
            for one in self.pending.pop(self.live[step.name], []):
                _apply(self.contents[self.live[step.name]], one)
        elif step.what == "make" and step.name not in self.live:
            self.contents.append(bytearray())
            self.live[step.name] = len(self.contents) - 1
            self.folder.append((step.name, self.live[step.name]))
        elif step.what == "drop":
            self.live.pop(step.name)
            self.folder.append((step.name, None))
        elif step.what == "sync-folder":
            self.names, self.folder = self._names(len(self.folder)), []

    def _names(self, upto: int) -> dict[str, int]:
        names = dict(self.names)
        for name, number in self.folder[:upto]:
            names.pop(name, None)
            if number is not None:
                names[name] = number
        return names

    def after_a_cut(self, chance: random.Random | None) -> dict[str, bytes]:
        """Contents by name: `strict` without a chance, `torn` with one."""
        upto = chance.randint(0, len(self.folder)) if chance else 0
        found = {}
        for name, number in self._names(upto).items():
            content = self.contents[number]
            waiting = [step for step in self.pending.get(number, []) if chance and chance.random() < 0.5]
            if waiting:
                content = bytearray(content)
                for step in waiting:
                    _apply(content, step)
            found[name] = bytes(content)
        return found


def _apply(content: bytearray, step: Step) -> None:
    if step.what == "cut":
        del content[step.offset :]
        content.extend(bytes(step.offset - len(content)))
        return
    end = step.offset + len(step.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    content[step.offset : end] = step.data
