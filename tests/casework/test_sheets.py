"""Somebody else's table: read as it stands, refused in a sentence, in a process that has bounds and no keys."""

import io
import subprocess
import sys
from datetime import date, datetime

import pytest
import xlsxwriter

from tongxin.casework import sheets
from tongxin.core.errors import DomainError


def workbook(**of_sheets) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    day, moment = (book.add_format({"num_format": form}) for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm"))
    for name, rows in of_sheets.items():
        sheet = book.add_worksheet(name)
        if name == "hidden":
            sheet.hide()
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(y, x, cell, day if cell.hour == 0 else moment)
                elif cell is not None:
                    sheet.write(y, x, cell)
    book.close()
    return out.getvalue()


def rows(data: bytes, **how):
    return [list(sheet.rows()) for sheet in sheets.read(data, **how).sheets]


def test_cells_come_as_what_they_are():
    moment = datetime(2023, 6, 30, 17, 20)
    data = workbook(a=[["苗长有", 4, 2.5, True, datetime(2023, 6, 30), moment], [], [None, "x"]])
    [[first, empty, last]] = rows(data)
    assert first == ["苗长有", 4, 2.5, True, date(2023, 6, 30), moment]
    assert empty == [] and last == [None, "x"]


def test_hidden_and_empty_sheets_are_left_out():
    book = sheets.read(workbook(one=[["a"]], hidden=[["b"]], none=[]))
    assert [sheet.name for sheet in book.sheets] == ["one"]


def test_a_number_that_has_lost_its_last_digits_is_named():
    [sheet] = sheets.read(workbook(a=[["身份证"], [620122199001011234], [13800000000]])).sheets
    assert sheet.blurred == [(1, 0)]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", "\t", ";"])
def test_a_text_with_separators_is_read_in_the_usual_codings(coding, mark):
    text = f'姓名{mark}号\n"苗{mark}长有"{mark}0012\n'
    assert rows(text.encode(coding)) == [[["姓名", "号"], [f"苗{mark}长有", "0012"]]]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "读不出来"),
        (b"\0\1\2", "读不出来"),
        (workbook(a=[]), "空的"),
        (workbook(a=[["x"]])[:-40], "读不出来"),
        (b"<html><table>", "网页"),
        (sheets.OLE + sheets.LOCKED, "密码"),
        (b"a\n" * 11, "10"),
        (b"a,b,c,d\n", "3"),
    ],
)
def test_a_refusal_says_what_to_do(data, said):
    with pytest.raises(DomainError) as refused:
        rows(data, rows=10, columns=3)
    assert said in str(refused.value)


def far_side(script: str, tmp_path, monkeypatch) -> None:
    path = tmp_path / "reader.py"
    path.write_text(script)
    monkeypatch.setattr(sheets, "__file__", str(path))


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("import os; os.kill(os.getpid(), 11)", DomainError),
        ("import os; os.abort()", DomainError),
        ("raise SystemExit(1)", DomainError),
        (f"raise SystemExit({sheets.NO_READER})", sheets.Unavailable),
        ("import time; time.sleep(60)", sheets.Unavailable),
    ],
    ids=["falls", "no memory", "refuses", "library missing", "hangs"],
)
def test_how_the_reader_ends_decides_what_is_said(script, error, tmp_path, monkeypatch):
    monkeypatch.setattr(sheets, "PATIENCE", 2)
    far_side(script, tmp_path, monkeypatch)
    with pytest.raises(error):
        sheets.read(b"a,b\n")


def test_the_reader_is_given_no_keys(tmp_path, monkeypatch):
    far_side("import os, sys; sys.stdout.write(' '.join(sorted(os.environ)))", tmp_path, monkeypatch)
    assert b"TONGXIN" not in sheets.call(b"", 1, 1)[1]


def test_the_reader_has_bounds():
    script = (
        "import resource, runpy, sys\n"
        f"far = runpy.run_path({sheets.__file__!r})\nfar['limit']()\n"
        "kinds = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE, resource.RLIMIT_FSIZE)\n"
        "sys.stderr.write(repr([resource.getrlimit(kind)[0] for kind in kinds]))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True)
    assert done.stderr.decode() == repr([512 * 1024**2, 30, 0, 0])
