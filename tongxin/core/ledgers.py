"""One list, four twins: the page shows it, `?as=print` lays it on paper, `?as=xlsx` hands it to a spreadsheet.

The one writer of exports (R41): numbers as numbers, every text cell typed as text, and what a spreadsheet takes for a
formula gets an apostrophe. The rows come from the same query as the page, so the same rights and masks hold.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from typing import Any
from urllib.parse import quote

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tongxin.core import clock, exporting

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PRINT_LIMIT = 5000  # a ledger longer than this is no paper any more; the page says so


@dataclass(frozen=True)
class Column:
    """`kind`: text, number, date or money; `width` in characters for the spreadsheet."""

    key: str
    label: str | Promise
    kind: str = "text"
    width: int = 16


@dataclass(frozen=True)
class Ledger:
    """A table with a title; `note` says what is masked or how it was counted. `persons`: how many it names (R20)."""

    title: str | Promise
    village_name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]] = field(default_factory=list)
    note: str | Promise = ""
    prepared_by: str = ""
    persons: int = field(kw_only=True)


def respond(request: HttpRequest, ledger: Ledger) -> HttpResponse | None:
    """The paper or the spreadsheet when the address asks for one; None when it wants the page.

    In place of either the page on which it is asked for, when it names too many persons for one to decide.
    """
    make = {"print": _paper, "xlsx": _workbook}.get(request.GET.get("as", ""))
    if make is None:
        return None
    return exporting.held_back(request, str(ledger.title), ledger.persons) or make(request, ledger)


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe before what begins like one, blanks aside."""
    return f"'{text}" if text.lstrip(" \u3000\n").startswith(DANGEROUS) or text.startswith(DANGEROUS) else text


def is_whole_in_a_sheet(cell: Any) -> bool:
    """Whether a spreadsheet keeps this number to its last digit; one that it would round is written as text."""
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal):
        return False
    if isinstance(cell, float):
        return isfinite(cell)
    exact = Decimal(cell)
    return exact.is_finite() and len(exact.as_tuple().digits) <= 15 and Decimal(repr(float(exact))) == exact


def shown(value: Any) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return date_format(clock.local(value), "Y-m-d H:i")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _paper(request: HttpRequest, ledger: Ledger) -> HttpResponse:
    rows: list[list[tuple[Column, str]]] = []
    is_cut = False
    for row in ledger.rows:
        if is_cut := len(rows) == PRINT_LIMIT:
            break
        rows.append([(column, shown(cell)) for column, cell in zip(ledger.columns, row, strict=True)])
    back = request.GET.copy()
    back.pop("as", None)
    context = {
        "ledger": ledger,
        "rows": rows,
        "is_cut": is_cut,
        "printed_at": clock.now(),
        "back": f"{request.path}?{back.urlencode()}" if back else request.path,
    }
    return render(request, "core/ledger_print.html", context)


def _workbook(request: HttpRequest, ledger: Ledger) -> HttpResponse:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    title = book.add_format({"bold": True, "font_size": 14})
    text = book.add_format({"num_format": "@", "valign": "top"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    money = book.add_format({"num_format": "#,##0.00"})
    for i, column in enumerate(ledger.columns):
        sheet.set_column(i, i, column.width)
    sheet.write_string(0, 0, harmless(f"{ledger.village_name}　{ledger.title}"), title)
    sheet.write_string(1, 0, harmless(_head_line(request, ledger)))
    for i, column in enumerate(ledger.columns):
        sheet.write_string(2, i, harmless(str(column.label)), bold)
    line = 2
    for row in ledger.rows:
        line += 1
        for i, (column, cell) in enumerate(zip(ledger.columns, row, strict=True)):
            if cell is None or cell == "":
                continue
            if column.kind in ("number", "money") and is_whole_in_a_sheet(cell):
                sheet.write_number(line, i, float(cell), money if column.kind == "money" else None)
            elif isinstance(cell, date) and not isinstance(cell, datetime):
                sheet.write_datetime(line, i, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
            else:
                sheet.write_string(line, i, harmless(shown(cell)), text)
    sheet.freeze_panes(3, 0)
    book.close()
    response = HttpResponse(out.getvalue(), content_type=MIME)
    name = f"{ledger.village_name}-{ledger.title}-{clock.today().isoformat()}.xlsx"
    response["Content-Disposition"] = f"attachment; filename=\"ledger.xlsx\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _head_line(request: HttpRequest, ledger: Ledger) -> str:
    """Who took it out, when, and what is hidden in it."""
    who = str(getattr(request.user, "name", "")) or _("a visitor")
    line = _("Exported by %(who)s on %(when)s.") % {"who": who, "when": shown(clock.now())}
    return f"{line} {ledger.note}".strip()
