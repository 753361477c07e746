"""Somebody speaks, somebody else writes it down: at the door, by telephone, at the desk, from a slip (J1)."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tongxin.core.errors import DomainError
from tongxin.issues import actions, danger, queries
from tongxin.issues.forms.proxy import ProxyForm
from tongxin.issues.models import Issue, Route
from tongxin.issues.views import sentences
from tongxin.issues.views.matter import Alike
from tongxin.issues.views.working import StaffRequest, fetch, office, subject, whereabouts


@office()
@require_http_methods(["GET", "HEAD", "POST"])
def proxy(request: StaffRequest) -> HttpResponse:
    """The sheet; before a new one is made, open reports that may be the same are shown."""
    posted = request.method == "POST"
    start = {"household_text": request.GET.get("hh", ""), "key": str(uuid4())}
    form = ProxyForm(
        request.POST if posted else None, request.FILES if posted else None, village=request.village, initial=start
    )
    alike: list[Alike] = []
    if posted and form.is_valid():
        alike = [] if "anyway" in request.POST or "same" in request.POST else _alike(request, form)
        if not alike:
            try:
                return _joined(request, form) if request.POST.get("same") else _told(request, form)
            except DomainError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
    context = {"form": form, "alike": alike, "danger": posted and danger.is_danger(request.POST.get("words", ""))}
    return render(request, "issues/proxy_new.html", context, status=422 if form.errors else 200)


def _alike(request: StaffRequest, form: ProxyForm) -> list[Alike]:
    said = form.said()
    if said.about_post is not None or said.is_sealed:
        return []
    place, home = said.place, said.household
    found = queries.similar(
        request.village.pk,
        said.category,
        place_id=place.pk if place else None,
        group_id=said.group.pk if said.group else (place.group_id if place else None),
        household_id=home.pk if home else None,
        among=queries.visible_to(request.user, request.village.pk).filter(is_sealed=False),
    )
    return [Alike(other, subject(other), whereabouts(other)) for other in found]


def _told(request: StaffRequest, form: ProxyForm) -> HttpResponse:
    told = actions.report(request.village, form.said(), by=request.user, key=form.cleaned_data["key"])
    issue = Issue._base_manager.get(pk=told.issue_id, village=request.village)
    if not queries.visible_to(request.user, request.village.pk).filter(pk=issue.pk).exists():
        messages.success(
            request,
            _("Written down as %(number)s. It goes to %(taker)s and past you.")
            % {"number": told.number, "taker": sentences.taker(issue)},
        )
        return HttpResponseRedirect(reverse("issues:today"), status=303)
    messages.success(request, _("Written down. The number is %(number)s.") % {"number": told.number})
    return HttpResponseRedirect(reverse("issues:slip", args=[told.number]), status=303)


def _joined(request: StaffRequest, form: ProxyForm) -> HttpResponse:
    """The same matter: one more voice, and no second case."""
    issue = fetch(request, request.POST["same"])
    data = form.cleaned_data
    actions.join(
        issue,
        by=request.user,
        key=data["key"],
        phone=data["phone"],
        household=form.household,
        channel=data["channel"],
    )
    messages.success(request, _("Noted as one more voice for %(number)s.") % {"number": issue.number})
    return HttpResponseRedirect(reverse("issues:slip", args=[issue.number]), status=303)


@office()
@require_safe
def slip(request: StaffRequest, number: str) -> HttpResponse:
    """A strip to hand over: number, day, who takes it, the village's telephone. No words and no names."""
    issue = fetch(request, number)
    context = {"issue": issue, "taker": sentences.taker(issue), "is_council": issue.route == Route.COUNCIL}
    return render(request, "issues/slip_print.html", context)
