"""Many files through the far side of `casework.sheets`, each in a process of its own, without starting Python for each.

Run as a script it has read the far side and its library once; for each file it forks, and the child sets its own bounds
before it looks. Bounds and verdict are those of the product; only the start of the interpreter is spared.
"""

import os
import runpy
import struct
import subprocess
import sys
from typing import Any

HEAD = struct.Struct("<IIIB")  # length, rows, columns, whether only BadZipFile is caught (the control)
BACK = struct.Struct("<iII")  # code, length, the most memory in KiB


class Nursery:
    """`call` in the place of `sheets.call`."""

    def __init__(self, far_side: str) -> None:
        command = [sys.executable, "-I", __file__, far_side]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.is_control = False
        self.most_memory = 0

    def call(self, data: bytes, rows: int, columns: int) -> tuple[int, bytes]:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(HEAD.pack(len(data), rows, columns, self.is_control) + data)
        self.process.stdin.flush()
        code, length, memory = BACK.unpack(self.process.stdout.read(BACK.size))
        self.most_memory = max(self.most_memory, memory)
        return code, self.process.stdout.read(length)

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(10)


def child(far: dict[str, Any], data: bytes, rows: int, columns: int, is_control: bool, pipe: int) -> None:
    far["limit"]()
    if is_control:
        import zipfile

        try:
            code, text = 0, far["_read"](data, rows, columns)
        except (zipfile.BadZipFile, far["Refused"]):
            code, text = far["NOT_A_TABLE"], b""
    else:
        code, text = far["answer"](data, rows, columns)
    with os.fdopen(pipe, "wb") as out:
        out.write(text)
    os._exit(code)


def main() -> None:
    import csv  # noqa: F401
    import zipfile  # noqa: F401

    import python_calamine  # noqa: F401

    far = runpy.run_path(sys.argv[1])
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while head := source.read(HEAD.size):
        length, rows, columns, is_control = HEAD.unpack(head)
        data = source.read(length)
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                os.close(read)
                child(far, data, rows, columns, bool(is_control), write)
            except BaseException:
                os._exit(99)  # an exception that nobody caught
        os.close(write)
        with os.fdopen(read, "rb") as back:
            text = back.read()
        _pid, status, used = os.wait4(pid, 0)
        sink.write(BACK.pack(os.waitstatus_to_exitcode(status), len(text), used.ru_maxrss) + text)
        sink.flush()


if __name__ == "__main__":
    main()
