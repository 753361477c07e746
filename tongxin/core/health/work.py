"""Whether the work beside the pages is done: the worker, the jobs of the calendar, what waits in the outbox."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tongxin.core import clock, heartbeat, outbox, periodic, site
from tongxin.core.health import Finding, State, register
from tongxin.core.models import JobRun, OutboxItem, OutboxState

STUCK_AFTER = timedelta(minutes=15)


def said(moment: datetime) -> str:
    """A moment as it stands on the wall here."""
    return date_format(clock.local(moment), "Y-m-d H:i")


def worker() -> Iterator[Finding]:
    name = _("Worker")
    seen = heartbeat.last_seen()
    if heartbeat.is_alive():
        yield Finding(name, State.OK, _("At work."))
        return
    mend = _("Start it: tongxin worker, or the service that runs it. Until then nothing is sent and no photo is shown.")
    if seen is None:
        yield Finding(name, State.FAULT, _("It has never been seen at work."), mend)
    else:
        yield Finding(name, State.FAULT, _("Last seen at %(moment)s.") % {"moment": said(seen)}, mend)


def jobs() -> Iterator[Finding]:
    """Each job against the moment by which it must have run; a copy of the site has none to run."""
    name = _("Jobs of the calendar")
    if site.is_muted():
        yield Finding(name, State.OK, _("Muted: a copy runs no jobs."))
        return
    late = periodic.late()
    # just set up: the worker's own line says what there is to do
    if late and heartbeat.last_seen() is None and not JobRun.objects.exists():
        yield Finding(name, State.LATE, _("None has run yet: they begin with the worker."))
        return
    if late:
        words = "; ".join(
            _("%(job)s has not run by %(by)s, last: %(last)s")
            % {"job": job.name, "by": said(job.by), "last": said(job.last) if job.last else _("never")}
            for job in late
        )
        yield Finding(name, State.FAULT, words, _("Look into the log for its name; is the worker alive?"))
    else:
        count = len(periodic.jobs())
        words = ngettext("%(count)s job has run by its time.", "%(count)s jobs have run by their time.", count)
        yield Finding(name, State.OK, words % {"count": count})


def waiting() -> Iterator[Finding]:
    name = _("Outbox")
    if aside := outbox.parked():
        words = ngettext("%(count)s item is set aside.", "%(count)s items are set aside.", aside) % {"count": aside}
        mend = _("Look at them: tongxin outbox. Mend the cause, then: tongxin outbox --again")
        yield Finding(name, State.FAULT, words, mend)
    if site.is_muted():
        yield Finding(name, State.OK, _("Muted: nothing leaves a copy."))
        return
    due = OutboxItem.objects.filter(state=OutboxState.WAITING, due_at__lte=clock.now() - STUCK_AFTER)
    oldest = due.order_by("due_at").values_list("due_at", flat=True).first()
    if oldest is not None:
        words = _("Work waits since %(moment)s.") % {"moment": said(oldest)}
        yield Finding(name, State.FAULT, words, _("Is the worker alive? Is it held up by one long piece of work?"))
    elif not aside:
        yield Finding(name, State.OK, _("Nothing waits longer than it should."))


register("worker", worker)
register("jobs", jobs)
register("outbox", waiting)
