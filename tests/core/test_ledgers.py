"""Paper and spreadsheets: the same rows, and no cell that a spreadsheet would run."""

import io
import zipfile
from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser

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
        return ledgers.respond(request, ledgers.Ledger("台账", "通安驿村", columns, rows))

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
