"""S13: what is exported comes back as it was: no cell that a spreadsheet runs, no number that it rounds (T32, R41)."""

import io
import random
import zipfile
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import xlsxwriter
from django.test import Client, RequestFactory

from tests.factories import stage as stages
from tests.journeys import doors
from tongxin.casework import sheets
from tongxin.core import ledgers
from tongxin.territory import queries as territory

from . import board

STARTS = [
    *ledgers.DANGEROUS,
    "\n=",
    "　=",
    " +",
    "==",
    "=HYPERLINK(",
    "@SUM(",
    "-2+3",
    "+86 138",
    "=cmd|' /C calc'!A0",
    "{=A1}",
]
WORDS = [
    "水渠",
    "0012",
    "620122199001011234",
    "1e5",
    "https://elsewhere.example",
    "3-2 组",
    "TRUE",
    "2023/6/30",
    "'x",
    "№ 1",
]


def table(n: int) -> list[tuple[object, ...]]:
    """Texts that begin badly, texts that look like numbers, and numbers of every size."""
    chance = random.Random(n)
    rows: list[tuple[object, ...]] = []
    for _n in range(60):
        text = chance.choice([*(start + "1" for start in STARTS), *WORDS])
        whole = chance.choice([0, -1, 1368, 10**15 - 1, 10**15, 620122199001011234, 10**22, chance.randrange(10**18)])
        money = chance.choice(["0.01", "-0.10", "1368.50", "99999999.99", "12345678901234.56", "1234567890123456.78"])
        rows.append((text, whole, Decimal(money), date(2023, 6, chance.randint(1, 30))))
    return rows


COLUMNS = [
    ledgers.Column("a", "名称"),
    ledgers.Column("n", "数", "number"),
    ledgers.Column("m", "元", "money"),
    ledgers.Column("d", "日", "date"),
]


def written(rows: list[tuple[object, ...]]) -> bytes:
    request = RequestFactory().get("/v/x/", {"as": "xlsx"})
    request.user = SimpleNamespace(name="=苗长有")
    answer = ledgers.respond(request, ledgers.Ledger("=台账", "+村", COLUMNS, rows, note="-电话已遮", persons=0))
    return answer.content


def by_default(rows: list[tuple[object, ...]]) -> bytes:
    """The control: what a library does with the same rows when nobody says anything."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for y, row in enumerate([("",), ("",), ("",), *rows]):
        for x, cell in enumerate(row):
            sheet.write(y, x, cell)
    book.close()
    return out.getvalue()


def live(data: bytes) -> int:
    """Cells that a spreadsheet would run or follow: formulas and links, in the archive itself."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets"))
    return text.count("<f>") + text.count("<f ") + text.count("<hyperlink ")


def back(data: bytes) -> list[list[object]]:
    return list(sheets.read(data).sheets[0].rows())[3:]


def same(was: object, now: object) -> bool:
    """A number that is too long for a sheet comes back as text, digit by digit."""
    if isinstance(was, int | float | Decimal) and isinstance(now, int | float):
        return Decimal(str(was)) == Decimal(str(now))
    return str(was) == now if isinstance(now, str) else was == now


def altered(rows: list[tuple[object, ...]], came: list[list[object]]) -> int:
    """Cells that are not what they were; the apostrophe before a text that begins like a formula is no change."""
    wrong = 0
    for was, now in zip(rows, came, strict=True):
        wrong += sum(not same(cell, other) for cell, other in zip(was[1:], now[1:], strict=True))
        wrong += str(now[0]) not in (was[0], f"'{was[0]}")
    return wrong


def test_what_is_exported_comes_back_as_it_was():
    many = board.count(12, 300)
    formulas = wrong = moved = 0
    for n in range(many):
        rows = table(n)
        data = written(rows)
        came = back(data)
        formulas += live(data)
        wrong += altered(rows, came)
        again = back(written([tuple(row) for row in came]))  # opened, saved, read once more
        moved += altered([tuple(row) for row in came], again)
    control = by_default(table(0))
    bad = live(control) + altered(table(0), back(control))
    board.reach(
        "S13",
        wanted="0 live cells, 0 altered numbers after out, in, out and in again",
        reached=f"{many} × 60 rows: {formulas} live cells, {wrong} altered, {moved} altered the second time",
        held=not (formulas or wrong or moved),
        control=f"the library's own way: {bad} faults in one table",
        control_failed=bad > 0,
    )


def test_every_list_that_is_exported_says_who_took_it_and_holds_nothing_live(db):
    territory.forget_villages()
    stage = stages.fill(stages.settle(stages.village()))
    client = Client()
    client.force_login(stages.everybody(stage))
    found = 0
    for door in doors.every():
        for address in doors.addresses(door, stage, most=1):
            answer = client.get(stage.path(address), {"as": "xlsx"})
            if answer.get("Content-Type", "") == ledgers.MIME:
                found += 1
                assert live(answer.content) == 0, door
                rows = list(sheets.read(answer.content).sheets[0].rows())
                assert stage.users["everybody"].name in str(rows[1][0]), door
                assert "attachment" in answer["Content-Disposition"] and "no-store" in answer["Cache-Control"], door
    assert found >= 5
    territory.forget_villages()
