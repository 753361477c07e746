"""The list of households, one household, and its changes."""

from collections.abc import Collection
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongxin.audit.models import Why
from tongxin.core import clock, ledgers, numbers
from tongxin.core.answering import again, tried
from tongxin.core.errors import DomainError
from tongxin.core.once import once, repeats
from tongxin.people import access, actions, queries
from tongxin.people.forms import CloseForm, HouseForm, HouseholdForm, MemberForm, further_rows
from tongxin.people.models import Household, Relation
from tongxin.people.views.common import (
    RegisterRequest,
    Together,
    decided,
    household_of,
    household_page,
    must_keep,
    page,
)
from tongxin.people.views.story import told
from tongxin.territory import queries as territory

A_PAGE = 25


@require_safe
def households(request: HttpRequest) -> HttpResponse:
    """The roll: searched, filtered, paged, printed, exported."""
    asked = cast(RegisterRequest, request)
    today = clock.today(asked.village.tz)
    closed = asked.GET.get("closed") == "1"
    rows = queries.households(asked.village, today, closed=closed).select_related("group", "grid")
    group, grid, q = (asked.GET.get(key, "") for key in ("group", "grid", "q"))
    if group.isdigit():
        rows = rows.filter(group__number=int(group[:4]), group__ended_on=None)
    if grid.isdigit():
        rows = rows.filter(grid__number=int(grid[:4]))
    rows = queries.matching(rows, asked.village, q).order_by("number")
    if asked.GET.get("as"):
        answer = ledgers.respond(request, _ledger(asked, list(rows)))
        if answer is not None:
            return answer
    found = Paginator(rows, A_PAGE).get_page(asked.GET.get("page"))
    context = {
        "page": found,
        "lines": queries.lines(list(found.object_list)),
        "groups": territory.groups_on(today),
        "grids": territory.grids_on(today),
        "group": group,
        "grid": grid,
        "q": q,
        "closed": closed,
        "may_keep": access.can_keep_register(asked.user, asked.village.pk) or bool(_own_grids(asked)),
    }
    return page(request, "people/households.html", context)


# --- for the page of who looked --------------------------------------------------------------------------------------
def reach(request: HttpRequest) -> QuerySet[Household]:
    """The households that this reader may know of."""
    return Household.objects.visible_to(request.user).values("pk")  # type: ignore[return-value]


def named(ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """What they are called, and where they stand."""
    rows = Household.objects.filter(pk__in=ids).only("number")
    return {row.pk: (row.number, reverse("people:household", args=[row.pk])) for row in rows}


def _own_grids(request: RegisterRequest) -> list[UUID]:
    grids = territory.grids_on(clock.today(request.village.tz))
    return [g.pk for g in grids if access.can_keep_household(request.user, request.village.pk, g.pk)]


def _ledger(request: RegisterRequest, rows: list[Household]) -> ledgers.Ledger:
    columns = [
        ledgers.Column("number", _("Household number"), width=12),
        ledgers.Column("house", _("House name"), width=16),
        ledgers.Column("head", _("Head of the household"), width=12),
        ledgers.Column("members", _("People"), "number", 8),
        ledgers.Column("away", _("Away"), "number", 8),
        ledgers.Column("group", _("Group"), width=10),
        ledgers.Column("grid", _("Grid"), width=12),
        ledgers.Column("since", _("Registered on"), "date", 12),
    ]
    lines = queries.lines(rows)
    body = [
        (x.household.number, x.household.house_name, x.head, x.members, x.away, x.household.group.name,
         x.household.grid.name, x.household.opened_on)
        for x in lines
    ]  # fmt: skip
    return ledgers.Ledger(
        _("Ledger of households"),
        request.village.name,
        columns,
        body,
        note=_("Without telephones and identity numbers."),
        prepared_by=request.user.name,
        persons=sum(bool(line.head) for line in lines),
    )


@require_safe
def household(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _household(request, household_of(request, pk))


@require_POST
@repeats("each look is an opening, and each of them is on record")
def household_reveal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The telephones, once: the page is not gone to but answered, so that looking again is pressing again."""
    found = household_of(request, pk)
    must_keep(request, found)
    try:
        phones = actions.reveal(found, by=cast(RegisterRequest, request).user, why=request.POST.get("why", ""))
    except DomainError as error:
        messages.error(request, str(error.message))
        return _household(request, found, status=error.status)
    return _household(request, found, shown=phones)


def _household(
    request: HttpRequest, found: Household, *, shown: dict[UUID, str] | None = None, status: int = 200
) -> HttpResponse:
    """`shown`: telephones in full by person, for which an entry was left."""
    asked = cast(RegisterRequest, request)
    now, gone = queries.members(found)
    may_keep = access.can_keep_household(asked.user, found.village_id, found.grid_id)
    cards = queries.cards(found)
    context = {
        "household": found,
        "members": now,
        "gone": gone,
        "has_head": any(m.relation == Relation.HEAD for m in now),
        "cards": cards,
        "shut": queries.shut(cards) if may_keep else set(),
        "pin": queries.pin_of(found) if may_keep else None,
        "has_card": any(card.revoked_on is None for card in cards),
        "history": told(queries.history(found)),
        "may_keep": may_keep and found.closed_on is None,
        "sees_phones": may_keep,
        "lines": [(m, (shown or {}).get(m.person_id, "")) for m in now],
        "shown": shown is not None,
        "reasons": Why.given() if may_keep and shown is None and any(m.person.phone for m in now) else [],
        "panels": queries.panels(request, found),
        "year": clock.today(asked.village.tz).year,
    }
    return page(request, "people/household.html", context, status)


@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_new(request: HttpRequest) -> HttpResponse:
    """The first visit: group, grid, head, members; everything else is later."""
    asked = cast(RegisterRequest, request)
    today = clock.today(asked.village.tz)
    data = _with_more_rows(asked.POST) if asked.method == "POST" else None
    form = HouseholdForm(data, day=today, initial=_here(asked))
    head = MemberForm(data, prefix="head", initial={"relation": Relation.HEAD})
    rows = further_rows(data)
    every = [form, head, *rows.forms]
    status = 200
    if data is not None and "more" in data:
        for piece in every:
            piece._errors = {}  # asked for more rows, not judged yet
    elif data is not None:
        status = 422
        if all([form.is_valid(), head.is_valid(), rows.is_valid()]):
            members = _decided(asked, [head, *rows.filled()])
            made: list[Household] = []
            if members:
                status = tried(head, lambda: made.append(_register(asked, form, members)), form)
            if not status:
                messages.success(request, _("Household %(number)s is registered.") % {"number": made[0].number})
                return HttpResponseRedirect(reverse("people:household", args=[made[0].pk]), status=303)
    context = {"form": form, "head": head, "rows": rows, "together": Together(every)}
    return page(request, "people/household_new.html", context, status)


def _with_more_rows(sent: QueryDict) -> QueryDict:
    """Four more rows when the button for it was pressed."""
    if "more" not in sent:
        return sent
    grown = sent.copy()
    rows = sent.get("row-TOTAL_FORMS", "")
    grown["row-TOTAL_FORMS"] = str(min((int(rows) if rows.isdigit() and len(rows) < 4 else 6) + 4, 30))
    return grown


def _decided(request: RegisterRequest, forms: list[MemberForm]) -> list[actions.Member]:
    """The members, each known to be new or known; empty while one of the forms still asks."""
    members = [decided(request.village, form) for form in forms]
    return [member for member in members if member is not None] if all(members) else []


def _here(request: RegisterRequest) -> dict[str, object]:
    """A grid worker starts in the own grid."""
    own = _own_grids(request)
    grid = next((g for g in territory.grids_on(clock.today()) if g.pk in own), None)
    return {"group": grid.group_id, "grid": grid.pk} if grid is not None and len(own) == 1 else {}


def _register(request: RegisterRequest, form: HouseholdForm, members: list[actions.Member]) -> Household:
    data = form.cleaned_data
    return actions.register_household(
        request.village,
        by=request.user,
        group=data["group"],
        grid=data["grid"],
        members=members,
        opened_on=data["opened_on"],
        house_name=data["house_name"],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    found = household_of(request, pk)
    must_keep(request, found)
    today = clock.today(asked.village.tz)
    initial = {
        "group": found.group_id,
        "grid": found.grid_id,
        "house_name": found.house_name,
        "seen": found.updated_at.isoformat(),
    }
    form = HouseForm(asked.POST or None, day=today, initial=initial)
    status = 200
    if asked.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            status = tried(
                form,
                lambda: actions.change_household(
                    found, by=asked.user, seen=data["seen"], house_name=data["house_name"], grid=data["grid"],
                    group=data["group"],
                ),
            )  # fmt: skip
            if not status:
                messages.success(request, _("Changed."))
                return HttpResponseRedirect(reverse("people:household", args=[pk]), status=303)
    context: dict[str, object] = {"household": found, "form": form, "heading": _("Change the household")}
    if status == 409:
        now = household_of(request, pk)
        form = again(form, seen=now.updated_at.isoformat())
        context |= {"form": form, "now": _stands(now)}
    return page(request, "people/household_form.html", context, status)


def _stands(household: Household) -> list[tuple[str, str]]:
    return [
        (_("House name"), household.house_name or "—"),
        (_("Group"), household.group.name),
        (_("Grid"), household.grid.name),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@once
def household_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    asked = cast(RegisterRequest, request)
    found = household_of(request, pk)
    must_keep(request, found)
    form = CloseForm(asked.POST or None)
    return household_page(
        request,
        found,
        form,
        lambda: actions.close_household(found, by=asked.user, **form.cleaned_data),
        _("The household is closed; its card no longer works."),
        _("Close the household"),
    )


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The box at the top of every desk page: a matter's number, else a household or a person."""
    text = request.GET.get("q", "").strip()
    try:
        number = numbers.compose(*numbers.parse(text)) if text else ""
        if number:
            return redirect(reverse("issues:issue", args=[number]))
    except (numbers.BadNumber, NoReverseMatch):
        pass
    asked = cast(RegisterRequest, request)
    if not access.can_read_register(asked.user, asked.village.pk):
        return redirect(f"{reverse('issues:tasks')}")
    return redirect(f"{reverse('people:households')}?{request.GET.urlencode()}")
