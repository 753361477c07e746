"""Somebody looks every minute, and says what is wrong once a day: the pages and the worker watch each other (R50).

The worker looks from its loop, a server of pages from a thread of its own. Whichever gets the day's row in says it: an
ERROR in the log, and a short message to the operator's telephone when there is one. So a dead worker is told by the
pages, and a broken page server by the worker.
"""

import logging
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils import translation
from django.utils.translation import gettext as _

from tongxin.core import clock, health, messages, periodic, site
from tongxin.core.health import Finding, State
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import Alarm, Upkeep, UpkeepKind

EVERY = 60.0  # seconds
PATIENCE = 120.0  # after a start the worker comes up first, and catches up with what was missed
log = logging.getLogger(__name__)
_next: float | None = None  # when this process looks again


def look() -> int:
    """Once a minute at most: what can be asked quickly; how many alarms were raised by this process. Raises nothing:
    whoever looks has other work to do.
    """
    global _next
    now = time.monotonic()
    if _next is None:
        _next = now + PATIENCE
    if now < _next:
        return 0
    _next = now + EVERY
    try:
        if site.is_muted():
            return 0
        with translation.override(settings.LANGUAGE_CODE):
            return raise_alarms(health.quick())
    except Exception:
        log.exception("watch: the look failed; again in a minute")
        return 0


def raise_alarms(found: list[Finding]) -> int:
    """One a day for each check that finds a fault."""
    raised = 0
    for finding in found:
        if finding.state is State.FAULT and _is_first(finding):
            log.error("alarm: %s: %s %s", finding.check, finding.words, finding.mend)
            _tell(finding)
            raised += 1
    return raised


def _is_first(finding: Finding) -> bool:
    words = f"{finding.name}: {finding.words}"[:300]
    return insert_if_new(Alarm(name=finding.check[:60], day=clock.today(), at=clock.now(), words=words))


def _tell(finding: Finding) -> None:
    """Straight into the gateway's folder: the outbox may be what is broken."""
    text = _("%(site)s: %(name)s. %(words)s") % {
        "site": settings.ALLOWED_HOSTS[0] if settings.ALLOWED_HOSTS else "",
        "name": finding.name,
        "words": finding.words,
    }
    try:
        messages.hand_over(settings.OPERATOR_PHONE, text, f"alarm-{finding.check}-{clock.today():%Y%m%d}")
    except (OSError, site.Muted) as error:
        log.error("alarm: no message: %s", type(error).__name__)


def nightly() -> None:
    """What takes longer, once a night; the status page shows what it found (R57)."""
    began, clocked = clock.now(), time.monotonic()
    with translation.override(settings.LANGUAGE_CODE):
        found = health.deep()
        raise_alarms(found)
    faults = [finding for finding in found if finding.state is State.FAULT]
    row = Upkeep(kind=UpkeepKind.CHECK, at=began, is_ok=not faults, seconds=round(time.monotonic() - clocked, 1))
    row.words = "; ".join(finding.words for finding in faults)[:500]
    row.facts = {
        "found": [
            {"name": one.name, "state": one.state.value, "words": one.words, "mend": one.mend, "check": one.check}
            for one in found
        ]
    }
    row.save(force_insert=True)


# --- beside the pages ---------------------------------------------------------------------------------------------
def start() -> threading.Thread:
    """A daemon thread of a server of pages; a fork that loses it has the others'."""
    thread = threading.Thread(target=_run, name="watch", daemon=True)
    thread.start()
    return thread


def _run() -> None:
    while True:
        close_old_connections()
        look()
        connections.close_all()
        time.sleep(EVERY / 2)


periodic.register("core.check", timedelta(days=1), nightly, at=timedelta(hours=4, minutes=30))
