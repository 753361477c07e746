"""A backup every night, a drill every month, by themselves. Each in a process of its own: it may take long and much."""

import logging
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from tongxin.core import clock, periodic, site
from tongxin.core.keeping import retention
from tongxin.core.models import Upkeep, UpkeepKind

WAIT = 240.0  # seconds; an outbox item that takes five minutes is taken for dead
DRILL_EVERY = timedelta(days=28)
log = logging.getLogger(__name__)


def nightly_backup() -> None:
    """A demonstration has nothing to lose; a site without keys says so on the status page and in the alarms."""
    if site.claim().is_demo:
        return
    if not Path(settings.BACKUP_KEYS).exists():
        log.error("backup: none tonight, there are no keys to seal it to; run: tongxin backup_keys")
        return
    _run("backup")


def monthly_drill() -> None:
    """Asked every night, so that one that failed is held again the next night."""
    if site.claim().is_demo or not retention.archives(Path(settings.BACKUPS)):
        return
    since = clock.now() - DRILL_EVERY
    if not Upkeep.objects.filter(kind=UpkeepKind.DRILL, is_ok=True, at__gt=since).exists():
        _run("restore", "--drill")


def _run(*command: str) -> None:
    """Whether it went well stands in its row; what takes longer than we wait goes on by itself.

    Raises:
        RuntimeError: it failed, so that the outbox tries again.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tongxin.core.cli", *command], cwd=settings.ROOT, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        code = process.wait(WAIT)
    except subprocess.TimeoutExpired:
        log.warning("%s: still at it after %s seconds", command[0], WAIT)
        return
    if code:
        raise RuntimeError(f"{command[0]} ended with {code}")


periodic.register("core.backup", timedelta(days=1), nightly_backup, at=timedelta(hours=2))
periodic.register("core.drill", timedelta(days=1), monthly_drill, at=timedelta(hours=3, minutes=30))
