"""Paper and spreadsheets: the same rows, and no cell that a spreadsheet would run."""

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import ledgers


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@a", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "  =cmd"])
def test_a_formula_in_a_text_becomes_harmless(text):
    assert ledgers.harmless(text).startswith("'")


@pytest.mark.parametrize("text", ["水渠", "3-2 组", "a=b", "1368"])
def test_ordinary_text_stays_as_it_is(text):
    assert ledgers.harmless(text) == text


@pytest.fixture
def ask(rf, db):
    def respond(how: str):
        request = rf.get("/v/x/", {"as": how, "q": "水"} if how else {})
        request.user = AnonymousUser()
        columns = [ledgers.Column("a", "名称"), ledgers.Column("n", "数", "number"), ledgers.Column("d", "日", "date")]
        rows = [("=HYPERLINK(1)", 3, date(2023, 6, 30)), ("老槐树", None, None)]
        return ledgers.respond(request, ledgers.Ledger("台账", "通安驿村", columns, rows, persons=0))

    return respond


def test_a_page_is_a_page(ask):
    assert ask("") is None
    assert ask("nonsense") is None


def test_the_spreadsheet_types_its_cells(ask):
    answer = ask("xlsx")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet  # no formula anywhere
    assert "'=HYPERLINK(1)" in sheet
    assert "<v>3</v>" in sheet
    assert answer["X-Content-Type-Options"] == "nosniff" and answer["Content-Disposition"].startswith("attachment")


def test_the_paper_numbers_its_rows_and_leads_back_to_the_same_filter(ask):
    text = ask("print").content.decode()
    assert "台账" in text and "老槐树" in text and "2023-06-30" in text
    assert "/v/x/?q=" in text
    assert "共 2 行" in text


def sheet_of(answer):
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_a_day_is_a_day_money_is_a_number_and_a_moment_is_on_the_villages_wall(rf):
    request = rf.get("/v/x/", {"as": "xlsx"})
    request.user = SimpleNamespace(name="苗长有")
    columns = [
        ledgers.Column("d", "日", "date"),
        ledgers.Column("m", "元", "money"),
        ledgers.Column("at", "时"),
        ledgers.Column("id", "号", "number"),
    ]
    rows = [(date(2023, 6, 30), Decimal("1368.50"), datetime(2023, 6, 30, 17, 0, tzinfo=UTC), "0012")]
    ledger = ledgers.Ledger("台账", "通安驿村", columns, rows, note="电话已遮", persons=0)
    sheet = sheet_of(ledgers.respond(request, ledger))
    assert "<v>45107</v>" in sheet  # a spreadsheet counts the days since 1900
    assert "<v>1368.5</v>" in sheet
    assert "2023-07-01 01:00" in sheet
    assert "0012" in sheet and "<v>12</v>" not in sheet  # a text with zeros in front stays a text
    assert "苗长有" in sheet and "电话已遮" in sheet  # who took it out, and what is hidden


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12), min_size=1, max_size=5))
def test_no_text_whatever_becomes_a_formula_or_a_link(texts):
    request = RequestFactory().get("/v/x/", {"as": "xlsx"})
    request.user = AnonymousUser()
    rows = [(text,) for text in [*texts, "https://elsewhere.example", "=1+1", "{=A1}"]]
    answer = ledgers.respond(request, ledgers.Ledger("=台账", "+村", [ledgers.Column("a", "@名")], rows, persons=0))
    sheet = sheet_of(answer)
    assert "<f" not in sheet.replace("<formatPr", "") and "hyperlink" not in sheet.lower()


@pytest.mark.parametrize(("rows", "cut"), [(0, False), (3, False), (4, True)])
def test_a_list_too_long_for_paper_is_cut_and_says_so(rf, db, monkeypatch, rows, cut):
    monkeypatch.setattr(ledgers, "PRINT_LIMIT", 3)
    request = rf.get("/v/x/", {"as": "print"})
    request.user = AnonymousUser()
    ledger = ledgers.Ledger("台账", "通安驿村", [ledgers.Column("a", "名")], ((n,) for n in range(rows)), persons=0)
    text = ledgers.respond(request, ledger).content.decode()
    assert ("导出" in text) is cut
    assert f"共 {min(rows, 3)} 行" in text


def test_what_a_person_wrote_is_no_markup_on_paper(rf, db):
    request = rf.get("/v/x/", {"as": "print"})
    request.user = AnonymousUser()
    columns, rows = [ledgers.Column("a", "名")], [("<script>alert(1)</script>",)]
    ledger = ledgers.Ledger("<b>台账", "通安驿村", columns, rows, persons=0)
    text = ledgers.respond(request, ledger).content.decode()
    assert "<script>alert" not in text and "<b>台账" not in text


def test_a_row_with_too_few_cells_is_an_error_and_not_a_shifted_table(rf):
    request = rf.get("/v/x/", {"as": "xlsx"})
    request.user = AnonymousUser()
    columns = [ledgers.Column("a", "一"), ledgers.Column("b", "二")]
    with pytest.raises(ValueError):
        ledgers.respond(request, ledgers.Ledger("台账", "村", columns, [("only one",)], persons=0))
