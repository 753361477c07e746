"""S12: ten thousand malformed tables, each a tidy refusal or a table; no bomb goes off (T32, R38)."""

import io
import random
import struct
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from tongxin.casework import sheets
from tongxin.core.errors import DomainError

from . import board
from .nursery import Nursery

UNCAUGHT = 99


def xlsx(rows: list[list[object]], *, names: tuple[str, ...] = ("户册",)) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name in names:
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(y, x, datetime(cell.year, cell.month, cell.day), day)
                else:
                    sheet.write(y, x, cell)
    book.close()
    return out.getvalue()


ODS = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="户册"><table:table-row>'
    '<table:table-cell office:value-type="string"><text:p>苗长有</text:p>'
    '</table:table-cell><table:table-cell office:value-type="float" office:value="4"/></table:table-row></table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)


def zipped(**files: bytes | str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


MANIFEST = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'


def ods() -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped(**{"mimetype": kind, "content.xml": ODS, "META-INF/manifest.xml": MANIFEST})


ROWS: list[list[object]] = [
    ["姓名", "人口", "日"],
    ["苗长有", 4, date(2023, 6, 30)],
    ["乔秋生", 2.5, None],
    ["=1", "", 1],
]
CSV = '姓名,人口\n苗长有,4\n"乔\n秋生",2\n'
GOOD = {"xlsx": xlsx(ROWS, names=("一", "二")), "ods": ods(), "csv": CSV.encode(), "gb18030": CSV.encode("gb18030")}


def rezipped(data: bytes, change) -> bytes:
    """The same archive with one of its files changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = change.choice(sorted(files))
    files[name] = damaged(files[name], change)
    return zipped(**files)


def damaged(data: bytes, change: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _n in range(change.randint(1, 12)):
        at = change.randrange(len(spoilt) or 1)
        match change.randrange(5):
            case 0 if spoilt:
                spoilt[at] = change.randrange(256)
            case 1:
                del spoilt[at : at + change.randint(1, 40)]
            case 2:
                spoilt[at:at] = change.randbytes(change.randint(1, 40))
            case 3:
                spoilt[at:at] = spoilt[at : at + 200]
            case _:
                del spoilt[at:]
                if not change.randrange(3):
                    break
    return bytes(spoilt)


def mutant(n: int) -> bytes:
    change = random.Random(n)
    data = GOOD[change.choice(sorted(GOOD))]
    if data.startswith(sheets.ZIP) and n % 2:
        return rezipped(data, change)
    if not n % 17:
        return sheets.OLE + change.randbytes(change.randint(0, 3000))
    return damaged(data, change)


@pytest.fixture
def nursery(monkeypatch):
    made = Nursery(sheets.__file__)
    monkeypatch.setattr(sheets, "call", made.call)
    yield made
    made.close()


def test_malformed_tables_are_refused_or_read_and_nothing_else(nursery):
    many = board.count(1000, 10_000)
    read, said, odd = 0, set(), []
    for n in range(many):
        try:
            for sheet in sheets.read(mutant(n)).sheets:
                list(sheet.rows())
            read += 1
        except DomainError as error:
            said.add(str(error))
        except Exception as error:
            odd.append(f"{n}: {type(error).__name__}")
    nursery.is_control = True
    codes = [nursery.call(mutant(n), 20_000, 60)[0] for n in range(200)]
    escaped = sum(code == UNCAUGHT for code in codes)
    board.reach(
        "S12",
        wanted=f"{many} malformed tables: each read or one clear sentence",
        reached=f"{read} read, {many - read - len(odd)} refused in {len(said)} sentences, {len(odd)} odd {odd[:5]}; "
        f"at most {nursery.most_memory // 1024} MiB",
        held=not odd and many - read > many // 4 and nursery.most_memory < 512 * 1024,
        control=f"only BadZipFile caught: {escaped} of 200 escape",
        control_failed=escaped > 0,
    )


# --- bombs -------------------------------------------------------------------------------------------------------
def with_sheet(xml: str) -> bytes:
    """A workbook whose first sheet is this."""
    with zipfile.ZipFile(io.BytesIO(GOOD["xlsx"])) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files["xl/worksheets/sheet1.xml"] = xml.encode()
    return zipped(**files)


def sheet_of(rows: str, before: str = "") -> str:
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    return f'<?xml version="1.0"?>{before}<worksheet {space}><sheetData>{rows}</sheetData></worksheet>'


def lying() -> bytes:
    """Its table says ten bytes; there are sixty million."""
    data = bytearray(zipped(**{"xl/worksheets/sheet1.xml": b"0" * 60_000_000}))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        where = data.rfind(mark)
        data[where + at : where + at + 4] = struct.pack("<I", 10)
    return bytes(data)


def overlapping() -> bytes:
    """A thousand entries that are all the same packed megabyte."""
    data = zipped(a=b"0" * 1_000_000)
    start = data.rfind(b"PK\x01\x02")
    end = data.rfind(b"PK\x05\x06")
    entries = data[start:end] * 1000
    last = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1000, 1000, len(entries), start, 0)
    return data[:start] + entries + last


LAUGHS = "<!DOCTYPE x [" + "".join(
    f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' if n else '<!ENTITY a1 "ha">' for n in range(10)
) + "]>"  # fmt: skip
NEAR = '<row r="1"><c r="A1"><v>1</v></c></row>'
TEXT = '<c r="A1" t="inlineStr"><is><t>{}</t></is></c>'


def bombs() -> dict[str, bytes]:
    return {
        "sixty megabytes of nothing": zipped(**{"xl/workbook.xml": b"0" * 60_000_000}),
        "sixty megabytes that say ten bytes": lying(),
        "a thousand times the same megabyte": overlapping(),
        "three thousand files": zipped(**{f"f{n}": "" for n in range(3000)}),
        "laughs": with_sheet(sheet_of(f'<row r="1">{TEXT.format("&a10;")}</row>', LAUGHS)),
        "two far cells": with_sheet(sheet_of(f'{NEAR}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        "a far row": with_sheet(sheet_of(f'{NEAR}<row r="900000"><c r="A900000"><v>1</v></c></row>')),
        "too many rows": b"a,b\n" * 20_001,
        "too many columns": b",".join([b"a"] * 61) + b"\n",
        "one cell of a megabyte, often": (b'"' + b"x" * 4000 + b'",') * 3000,
        "locked": sheets.OLE + b"\0" * 500 + sheets.LOCKED + b"\0" * 500,
        "thirteen megabytes": b"a" * (13 * 1024 * 1024),
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(bombs()))
def test_a_bomb_is_refused_with_a_sentence(nursery, name):
    with pytest.raises(DomainError):
        sheets.read(bombs()[name])
    assert nursery.most_memory < 512 * 1024


def test_the_table_of_an_archive_is_enough_to_refuse_the_plainest():
    for name in ("sixty megabytes of nothing", "a thousand times the same megabyte", "three thousand files"):
        with pytest.raises(sheets.Refused):
            sheets._look(bombs()[name])


def test_after_all_that_a_good_table_is_read(nursery):
    for name, data in GOOD.items():
        [first, *_others] = sheets.read(data).sheets
        rows = list(first.rows())
        assert ("苗长有" in rows[0] or "苗长有" in rows[1]) and rows, name
