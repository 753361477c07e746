"""Who looked; the notice with the head of the chain; and the page on which anybody checks such a paper."""

from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.audit import actions, queries, wording
from tongxin.audit.forms import PaperForm, month_of
from tongxin.audit.models import AuditEntry
from tongxin.core import clock, ledgers, network, throttle
from tongxin.core.errors import TooMany
from tongxin.core.once import once, repeats

A_PAGE = 25
TRIES, PER = 30, timedelta(minutes=10)  # sixty bits are not guessed; the database is spared


@never_cache
@require_safe
def looks(request: HttpRequest) -> HttpResponse:
    """Every opening of what is masked or sealed, as far as this reader may know of it."""
    village: Any = request.village  # type: ignore[attr-defined]
    every = queries.looks(request, village.pk)
    months = queries.by_month(every, village.tz)
    month, person = month_of(request.GET.get("month", "")), _uuid(request.GET.get("who", ""))
    rows = every
    if month is not None:
        rows = rows.filter(at__gte=clock.at(month, zone=village.tz), at__lt=clock.at(_next(month), zone=village.tz))
    if person is not None:
        rows = rows.filter(actor_id=person)
    if (answer := ledgers.respond(request, _ledger(request, rows))) is not None:
        return answer
    found = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    readers = [pk for pk in every.order_by().values_list("actor_id", flat=True).distinct() if pk]
    check = queries.last_check(village.pk)
    context = {
        "page": found,
        "lines": wording.lines(queries.told(village.pk, list(found.object_list))),
        "months": months,
        "month": month,
        "people": sorted(queries.who(readers, village.pk).items(), key=lambda one: one[1]),
        "person": person,
        "check": check,
        "faults": wording.faults(check.found) if check else [],
        "anchor": queries.last_anchor(village.pk),
    }
    return render(request, "audit/looks.html", context)


def _ledger(request: HttpRequest, rows: Any) -> ledgers.Ledger:
    village: Any = request.village  # type: ignore[attr-defined]
    columns = [
        ledgers.Column("at", _("When"), "date", 17),
        ledgers.Column("who", _("Who"), "text", 22),
        ledgers.Column("act", _("What they opened"), "text", 24),
        ledgers.Column("about", _("Of what"), "text", 20),
        ledgers.Column("why", _("What for"), "text", 18),
    ]
    wanted = request.GET.get("as") in ("print", "xlsx")
    kept = wording.lines(queries.told(village.pk, list(cast("list[AuditEntry]", rows)))) if wanted else []
    cells = [(look.at, look.who, look.act, look.about, look.why) for look in kept]
    named = len({look.who for look in kept})
    note = _("Who opened names, telephones and sealed matters; what they read is not in this table.")
    name = str(getattr(request.user, "name", ""))
    return ledgers.Ledger(_("Ledger of who looked"), village.name, columns, cells, note, name, persons=named)


def _next(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_POST
@once
def anchor(request: HttpRequest) -> HttpResponse:
    """The head as it is now, for a notice."""
    village: Any = request.village  # type: ignore[attr-defined]
    if actions.anchor(village.pk) is None:
        messages.warning(request, _("Nothing has been entered yet; there is no head to print."))
        return HttpResponseRedirect(reverse("audit:looks"), status=303)
    return HttpResponseRedirect(reverse("audit:notice"), status=303)


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The A4 notice for the board: date, count, twelve characters, how to check."""
    village: Any = request.village  # type: ignore[attr-defined]
    row = queries.last_anchor(village.pk)
    context = {"anchor": row, "qr": _qr(request, row.characters) if row else ""}
    return render(request, "audit/notice_print.html", context)


def _qr(request: HttpRequest, characters: str) -> SafeString:
    """Our own text only, so the drawing is safe; level Q survives rain and a photocopier."""
    address = f"{request.build_absolute_uri(reverse('audit:paper'))}?c={characters}"
    drawing = segno.make(address, error="q", micro=False)
    return mark_safe(drawing.svg_inline(border=2, omitsize=True, svgclass="qr"))  # noqa: S308


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@repeats("it asks and changes nothing")
def paper(request: HttpRequest) -> HttpResponse:
    """Anybody types what a notice says and hears whether it is the chain's."""
    village: Any = request.village  # type: ignore[attr-defined]
    posted = request.method == "POST"
    form = PaperForm(request.POST if posted else None, initial={"characters": request.GET.get("c", "")[:40]})
    context: dict[str, Any] = {"form": form, "asked": False}
    status = 200
    if posted:
        key = f"paper|{network.address(request)}"
        try:
            throttle.check(key, TRIES, PER)
        except TooMany as error:
            context["retry_at"], status = error.retry_at, 429
        else:
            throttle.hit(key)
            status = 200 if form.is_valid() else 422
            if form.is_valid():
                found = queries.paper(village.pk, form.cleaned_data["characters"])
                check = queries.last_check(village.pk)
                context |= {"asked": True, "found": found, "is_broken": bool(check and check.is_broken)}
    return render(request, "audit/paper.html", context, status=status)
