"""Somebody else's table is read in a process of its own, within bounds (R38): .xlsx, .xls, .ods and .csv.

    book = sheets.read(data)
    for row in book.sheets[0].rows(): …      text, int, float, bool, date, datetime, time or None

The near side looks at the outside only: the size, and the table of a zip archive. The far side is this same file, run
as a script without Django and without keys: it unpacks for real, counting, and hands over rows as JSON. Whatever goes
wrong there, an exception, no memory, no time, a crash, becomes one of a few sentences.
"""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

MAX_BYTES = 12 * 1024 * 1024
MAX_UNPACKED, MAX_ENTRIES = 50 * 1024 * 1024, 2000
MAX_TEXT = 60 * 1024 * 1024  # of what is handed over: one long text may stand in a million cells
MEMORY, SECONDS, PATIENCE = 512 * 1024**2, 30, 90  # address space; computing; by the clock, on a busy machine
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PAGES = (b"<html", b"<!doctype", b"<table", b"<meta", b"<head")  # what many systems call .xls
LOCKED = "EncryptedPackage".encode("utf-16-le")
SURE = 10**15  # a longer number has lost its last digits in the spreadsheet: an identity number, a bank card

Cell = str | int | float | bool | date | datetime | time | None
# What the far side may answer instead of rows.
NOT_A_TABLE, TOO_LARGE, TOO_MANY_ROWS, TOO_MANY_COLUMNS, IS_LOCKED, IS_A_PAGE, EMPTY, NO_READER = range(11, 19)


class Refused(Exception):
    """The far side's 'no', by its code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Sheet:
    """One sheet; a row is read when it is asked for. `blurred`: (row, column) from 0 of numbers that lost digits."""

    name: str
    lines: list[bytes] = field(repr=False)
    blurred: list[tuple[int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.lines)

    def rows(self) -> Iterator[list[Cell]]:
        for line in self.lines:
            yield [_cell(value) for value in json.loads(line)]


@dataclass(frozen=True)
class Book:
    """The visible sheets that hold something, in their order."""

    sheets: list[Sheet]


# --- the near side ---------------------------------------------------------------------------------------------
def read(data: bytes, *, rows: int | None = None, columns: int | None = None) -> Book:
    """Read a table. `rows` and `columns` of each sheet: as the settings say, unless given.

    Raises:
        DomainError: with the one sentence that says what to do.
        Unavailable: nobody could read; no verdict on the file.
    """
    from django.conf import settings

    try:
        _look(data)
        return _books(*call(data, rows or settings.SHEET_ROWS, columns or settings.SHEET_COLUMNS))
    except Refused as refused:
        raise _sentence(refused.code, rows or settings.SHEET_ROWS, columns or settings.SHEET_COLUMNS) from refused


class Unavailable(Exception):
    """The reader could not run. That is no verdict on the table: try again later."""


def _sentence(code: int, rows: int, columns: int) -> Exception:
    from django.utils.translation import gettext_lazy as _

    from tongxin.core.errors import DomainError

    said: dict[int, Any] = {
        TOO_LARGE: _("The table is too large. Take out pictures and empty sheets, or divide it."),
        TOO_MANY_ROWS: _("The table has more than %(n)s rows. Divide it into several."),
        TOO_MANY_COLUMNS: _("The table has more than %(n)s columns. Take out what is not needed."),
        IS_LOCKED: _("The table is locked with a password. Save it without one."),
        EMPTY: _("There is nothing in this table."),
        IS_A_PAGE: _("This is a web page with the name of a table. Open it and save it as .xlsx."),
    }
    words = said.get(code, _("This table cannot be read. Open it, save it as .xlsx, and try again."))
    n = {TOO_MANY_ROWS: rows, TOO_MANY_COLUMNS: columns}.get(code)
    return DomainError(words % {"n": f"{n:,}"} if n else words)


def _look(data: bytes) -> None:
    """What can be said without opening it. Raises `Refused`."""
    if len(data) > MAX_BYTES:
        raise Refused(TOO_LARGE)
    if data.startswith(ZIP):
        count, size = zip_table(data)
        if count > MAX_ENTRIES or size > MAX_UNPACKED:
            raise Refused(TOO_LARGE)
    elif data.startswith(OLE) and LOCKED in data:
        raise Refused(IS_LOCKED)


def zip_table(data: bytes) -> tuple[int, int]:
    """(entries, bytes that they say they unpack to) by the archive's own table; a few tenths of a millisecond.

    It stops counting above the limits. Raises `Refused` for a table that does not hold together.
    """
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + 22 > len(data):
        raise Refused(NOT_A_TABLE)
    where = int.from_bytes(data[at + 16 : at + 20], "little")
    count = size = 0
    while data[where : where + 4] == b"PK\x01\x02" and where + 46 <= len(data):
        packed, plain, name, extra, note = struct.unpack_from("<IIHHH", data, where + 20)
        if 0xFFFFFFFF in (packed, plain):  # sizes of more than 4 GB stand elsewhere; ours have none
            raise Refused(TOO_LARGE)
        count, size, where = count + 1, size + plain, where + 46 + name + extra + note
        if count > MAX_ENTRIES or size > MAX_UNPACKED:
            break
    if not count:
        raise Refused(NOT_A_TABLE)
    return count, size


def call(data: bytes, rows: int, columns: int) -> tuple[int, bytes]:
    """(how the far side ended, what it handed over)."""
    surroundings = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}  # no keys
    command = [sys.executable, "-I", __file__, str(rows), str(columns)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, env=surroundings)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)) from error
    return done.returncode, done.stdout


def _books(code: int, text: bytes) -> Book:
    if code == NO_READER:
        raise Unavailable("the library is missing")
    if code in (-6, -9, -24):  # no memory left, killed for it, no time left
        raise Refused(TOO_LARGE)
    if code:
        raise Refused(code if code in range(NOT_A_TABLE, NO_READER) else NOT_A_TABLE)
    sheets: list[Sheet] = []
    for line in text.splitlines():
        if line.startswith(b"{"):
            head = json.loads(line)
            if "name" in head:
                sheets.append(Sheet(head["name"], []))
            else:
                sheets[-1].blurred.extend((row, column) for row, column in head["blurred"])
        else:
            sheets[-1].lines.append(line)
    filled = [sheet for sheet in sheets if sheet.lines]
    if not filled:
        raise Refused(EMPTY)
    return Book(filled)


KINDS: dict[str, Any] = {"day": date.fromisoformat, "at": datetime.fromisoformat, "time": time.fromisoformat}


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        ((kind, text),) = value.items()
        cell: Cell = KINDS[kind](text)
        return cell
    plain: Cell = value
    return plain


# --- the far side: no Django, no keys, no files ------------------------------------------------------------------
def _read(data: bytes, rows: int, columns: int) -> bytes:
    """The rows as JSON lines. Raises `Refused`, or whatever a hostile file leads its reader to."""
    if data.startswith(ZIP):
        _unpack(data)
    if data.startswith((ZIP, OLE)):
        return _written(_workbook(data), rows, columns)
    if (
        data[:512]
        .lstrip(b"\xef\xbb\xbf \r\n\t")
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head"))
    ):
        raise Refused(IS_A_PAGE)
    return _written([("", _separated(data))], rows, columns)


def _unpack(data: bytes) -> None:
    """Unpack for real and count: what the table says may be a lie, and not every reader stops at it."""
    import zipfile

    left = MAX_UNPACKED
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for entry in archive.infolist():
            with archive.open(entry) as packed:
                while piece := packed.read(1 << 20):
                    left -= len(piece)
                    if left < 0:
                        raise Refused(TOO_LARGE)


def _workbook(data: bytes) -> Iterator[tuple[str, Iterator[list[Any]]]]:
    import python_calamine as calamine

    book = calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    for place, about in enumerate(book.sheets_metadata):
        if about.typ == calamine.SheetTypeEnum.WorkSheet and about.visible == calamine.SheetVisibleEnum.Visible:
            yield about.name, iter(book.get_sheet_by_index(place).iter_rows())


def _separated(data: bytes) -> Iterator[list[Any]]:
    """UTF-8 with or without a mark, UTF-16 with one (a spreadsheet's "Unicode text"), else GB18030."""
    import csv

    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030")
    if not text.strip() or any(ord(ch) < 32 and ch not in "\t\r\n" for ch in text):
        raise Refused(NOT_A_TABLE)
    head = "\n".join(text.splitlines()[:20])
    mark = max(",\t;，", key=head.count)
    csv.field_size_limit(1 << 20)
    for row in csv.reader(text.splitlines(keepends=True), delimiter=mark, strict=True):
        yield [cell if cell != "" else None for cell in row]


def _written(sheets: Any, rows: int, columns: int) -> bytes:
    out: list[bytes] = []
    left = MAX_TEXT
    for name, lines in sheets:
        out.append(json.dumps({"name": name}).encode())
        blurred: list[tuple[int, int]] = []
        waiting: list[bytes] = []  # empty rows, until one comes that is not
        for n, line in enumerate(lines):
            while line and line[-1] in ("", None):
                line.pop()
            if len(line) > columns:
                raise Refused(TOO_MANY_COLUMNS)
            waiting.append(json.dumps([_plain(cell) for cell in line], ensure_ascii=False).encode())
            blurred += [(n, i) for i, cell in enumerate(line) if isinstance(cell, int | float) and abs(cell) >= SURE]
            if line:
                if n >= rows:
                    raise Refused(TOO_MANY_ROWS)
                left -= sum(map(len, waiting))
                if left < 0:
                    raise Refused(TOO_LARGE)
                out += waiting
                waiting = []
        if blurred:
            out.append(json.dumps({"blurred": blurred[:1000]}).encode())
    return b"\n".join(out)


def _plain(cell: Any) -> Any:
    """A cell as JSON has it. A whole number comes as one; what is no number at all as nothing."""
    if cell in ("", None) or isinstance(cell, bool):
        return cell if isinstance(cell, bool) else None
    if isinstance(cell, float):
        if cell != cell or cell in (float("inf"), float("-inf")):
            return None
        return int(cell) if cell.is_integer() and abs(cell) < 1e18 else cell
    if isinstance(cell, str | int):
        return cell
    if isinstance(cell, datetime):
        return {"at": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    return str(cell)  # a length of time, as "1 day, 2:00:00"


def limit() -> None:
    """Bounds for this process: set before the first byte of the file is looked at."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the table
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def answer(data: bytes, rows: int, columns: int) -> tuple[int, bytes]:
    """(exit code, what is handed over). Anything at all that goes wrong is a code."""
    try:
        return 0, _read(data, rows, columns)
    except Refused as refused:
        return refused.code, b""
    except MemoryError:
        return TOO_LARGE, b""
    except ImportError:
        return NO_READER, b""
    except BaseException:  # readers of hostile files raise anything; a panic of theirs is no Exception
        return NOT_A_TABLE, b""


def main() -> int:
    limit()
    code, text = answer(sys.stdin.buffer.read(), int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.buffer.write(text)
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115 — a panic prints a page, and nobody reads it
    os._exit(main())
