"""The page that says how the site itself is doing, and what a person must decide about it (R54, R57)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongxin.core import access, clock, health, heartbeat, matrix, notes, outbox, periodic, site
from tongxin.core.health import Finding, State
from tongxin.core.models import Alarm, JobRun, Upkeep, UpkeepKind
from tongxin.core.once import once

SHOWN = 12  # lines of each list


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What was found just now and last night, and what was done for the site of late."""
    found = [*health.quick(), *_last_night()]
    order = {State.FAULT: 0, State.LATE: 1, State.OK: 2}
    found.sort(key=lambda finding: order[finding.state])
    context = {
        "found": found,
        "faults": sum(1 for one in found if one.state is State.FAULT),
        "late": sum(1 for one in found if one.state is State.LATE),
        "checked": Upkeep.objects.filter(kind=UpkeepKind.CHECK).order_by("-at").first(),
        "upkeep": Upkeep.objects.exclude(kind=UpkeepKind.CHECK).order_by("-at", "-id")[:SHOWN],
        "alarms": Alarm.objects.order_by("-day", "-at")[:SHOWN],
        "jobs": _jobs(),
        "aside": outbox.aside()[:SHOWN],
        "site": site.state(),
        "may_decide": _may(request),
        "is_muted": site.is_muted(),
        "is_shared": site.is_shared(),
    }
    return render(request, "core/status.html", context)


def _may(request: HttpRequest) -> bool:
    village = getattr(request, "village", None)
    roles = matrix.right("site.decide").roles
    return village is not None and not site.is_shared() and access.holds(request.user, village.pk, *roles)


def _last_night() -> list[Finding]:
    row = Upkeep.objects.filter(kind=UpkeepKind.CHECK).order_by("-at").first()
    kept: list[dict[str, str]] = row.facts.get("found", []) if row else []
    return [Finding(one["name"], State(one["state"]), one["words"], one["mend"], one["check"]) for one in kept]


def _jobs() -> list[dict[str, Any]]:
    """Each job of the calendar: when it last ran, and by when it must have."""
    late = {job.name: job for job in periodic.late()} if not site.is_muted() else {}
    rows = []
    for job in periodic.jobs():
        done = JobRun.objects.filter(name=job.name, finished_at__isnull=False).order_by("-slot")
        last = done.values_list("finished_at", flat=True).first()
        by = job.slot(clock.now()) + job.every + job.grace
        rows.append({"name": job.name, "last": last, "by": late[job.name].by if job.name in late else by,
                     "is_late": job.name in late})  # fmt: skip
    return rows


@require_POST
@once
def live(request: HttpRequest) -> HttpResponse:
    """'This is the live site': said once, by somebody with a post, with the tick that the old one is off."""
    if not _may(request):
        raise PermissionDenied
    if request.POST.get("old_is_off") != "1":
        messages.error(request, _("Switch the old site off first, then tick that it is off."))
    elif site.is_muted():
        aside = site.make_live(by_name=getattr(request.user, "name", ""))
        notes.forget()
        messages.success(request, _("This is the live site from now on."))
        if aside:
            words = ngettext("%(count)s old message is set aside.", "%(count)s old messages are set aside.", aside)
            messages.warning(request, words % {"count": aside})
    return HttpResponseRedirect(reverse("core:status"), status=303)


@require_POST
@once
def aside(request: HttpRequest) -> HttpResponse:
    """Do again what was set aside, or let it be."""
    if not _may(request):
        raise PermissionDenied
    if request.POST.get("what") == "again":
        count = outbox.again()
        words = ngettext("%(count)s item is done again.", "%(count)s items are done again.", count)
    else:
        count = outbox.drop()
        words = ngettext("%(count)s item is left be.", "%(count)s items are left be.", count)
    messages.success(request, words % {"count": count})
    return HttpResponseRedirect(reverse("core:status"), status=303)


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 while the worker works, else 503: for a monitor outside, which notices what the site itself cannot say."""
    is_well = heartbeat.is_alive() and not site.is_muted()
    return HttpResponse("ok\n" if is_well else "late\n", content_type="text/plain", status=200 if is_well else 503)
