"""The village report, its figures for machines, and the rows behind each figure."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from tongxin.core import clock, ledgers
from tongxin.reports import access, indicators
from tongxin.reports.forms import DayForm
from tongxin.reports.indicators import page
from tongxin.reports.indicators.kinds import Records, say, typed
from tongxin.reports.indicators.rows import at_least_three
from tongxin.reports.period import Period
from tongxin.reports.queries import Facts
from tongxin.territory.models import Village

ROWS = 50


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """`/report/?on=2023-06-30`: the village on one page."""
    form = _asked(request)
    if not form.is_valid():
        return _which_day(request, form)
    village = _village(request)
    shown = page.report(Facts(village, form.period))
    answer = ledgers.respond(request, _figures_ledger(village, shown))
    if answer is not None:
        return answer
    context = {"report": shown, "period": form.period, "form": form, "query": page.query(form.period)}
    return render(request, "reports/report_page.html", context | {"edition": indicators.EDITION})


@require_safe
def report_json(request: HttpRequest) -> HttpResponse:
    """`/report.json`: the same figures for machines; null where nothing is recorded."""
    form = _asked(request)
    if not form.is_valid():
        return _json({"error": form.sentence}, status=400)
    village, period = _village(request), form.period
    figures = [
        {
            "code": figure.code,
            "name": str(figure.indicator.name),
            "value": figure.text,
            "unit": str(figure.indicator.unit),
            "records_url": figure.url,
        }
        for figure in page.figures(Facts(village, period))
    ]
    days = [period.from_on.isoformat(), period.on.isoformat()]
    return _json({"village": village.name, "on": period.on.isoformat(), "period": days, "figures": figures})


@require_safe
def records(request: HttpRequest, code: str) -> HttpResponse:
    """`/report/<code>/`: the rows that a figure counts; where they are about people, the public gets totals."""
    indicator = indicators.by_code(code)
    if indicator is None:
        raise Http404
    form = _asked(request)
    if not form.is_valid():
        return _which_day(request, form)
    village, period = _village(request), form.period
    may_open = access.can_open_rows(request.user, village.pk, indicator)
    if not may_open and request.user.is_authenticated:
        raise Http404  # a post elsewhere opens nothing here
    facts = Facts(village, period)
    figure = page.Figure(indicator, indicator.count(facts), period)
    found = indicator.rows(facts, request.user)
    answer = ledgers.respond(request, _rows_ledger(village, figure, found, may_open))
    if answer is not None:
        return answer
    context = {
        "figure": figure,
        "indicator": indicator,
        "period": period,
        "query": page.query(period),
        "may_open": may_open,
        "totals": _totals(found, may_open),
        "hidden": len(found.hidden),
    }
    return render(request, "reports/records_list.html", context | (_rows_page(request, found) if may_open else {}))


# --- help ---------------------------------------------------------------------------------------------------------
def _village(request: HttpRequest) -> Village:
    village: Village | None = getattr(request, "village", None)
    if village is None:
        raise Http404
    return village


def _asked(request: HttpRequest) -> DayForm:
    return DayForm(request.GET, today=clock.today(_village(request).tz))


def _which_day(request: HttpRequest, form: DayForm) -> HttpResponse:
    """A day that has not come is a question answered; one that cannot be read is a bad request."""
    return render(request, "reports/day_choice.html", {"form": form}, status=200 if form.is_future else 400)


def _json(body: dict[str, Any], status: int = 200) -> JsonResponse:
    return JsonResponse(
        body,
        status=status,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        content_type="application/json; charset=utf-8",
    )


def _rows_page(request: HttpRequest, found: Records) -> dict[str, Any]:
    pager = Paginator(found.rows, ROWS).get_page(request.GET.get("page"))
    columns = found.columns
    rows = [[(column, say(cell)) for column, cell in zip(columns, found.cells(item), strict=True)] for item in pager]
    return {"columns": columns, "rows": rows, "page": pager}


def _totals(found: Records, may_open: bool) -> list[tuple[str, object]]:
    """By villager group; in public one or two people are not told."""
    few = found.hides_few and not may_open
    return [
        (total.label or _("The whole village"), at_least_three(total.number) if few else total.number)
        for total in found.totals
    ]


def _figures_ledger(village: Village, shown: page.Report) -> ledgers.Ledger:
    columns = [
        ledgers.Column("part", pgettext("column", "Part")),
        ledgers.Column("name", pgettext("column", "Figure"), width=28),
        ledgers.Column("value", pgettext("column", "Value"), "number"),
        ledgers.Column("unit", pgettext("column", "Unit"), width=8),
        ledgers.Column("definition", pgettext("column", "What counts"), width=60),
        ledgers.Column("code", pgettext("column", "Code"), width=28),
    ]
    rows = [
        (
            str(part.name),
            str(figure.indicator.name),
            figure.cell if figure.value is not None else _("No records"),
            str(figure.indicator.unit) if figure.value is not None else "",
            str(figure.indicator.definition),
            figure.code,
        )
        for part in shown.parts
        for section in part.sections
        for figure in section.figures
    ]
    return ledgers.Ledger(_("Village report"), village.name, columns, rows, note=_days(shown.period), persons=0)


def _rows_ledger(village: Village, figure: page.Figure, found: Records, may_open: bool) -> ledgers.Ledger:
    indicator, period = figure.indicator, figure.period
    columns: list[ledgers.Column]
    rows: Iterable[Sequence[object]]
    if may_open:
        columns = [ledgers.Column(c.key, str(c.label), c.kind, c.width) for c in found.columns]
        rows = ([typed(cell) for cell in found.cells(item)] for item in found.rows)
    else:
        columns = [
            ledgers.Column("group", pgettext("column", "Group")),
            ledgers.Column("number", pgettext("column", "In number"), "number"),
        ]
        rows = _totals(found, may_open)
    named = found.shown if may_open and found.names_persons else 0
    note = _("What counts: %(definition)s") % {"definition": indicator.definition} + " " + _days(period)
    if found.hidden:
        note += " " + _("%(n)s more are counted and not shown.") % {"n": len(found.hidden)}
    return ledgers.Ledger(str(indicator.name), village.name, columns, rows, note=note, persons=named)


def _days(period: Period) -> str:
    return _("Day: %(on)s. Period: %(first)s to %(on)s.") % {"on": say(period.on), "first": say(period.from_on)}
