"""`manage.py worker`: carries out the outbox and the periodic jobs, in a process of its own."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tongxin.core import checks, worker


class Command(BaseCommand):
    help = "Work until SIGTERM or SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            checks.refuse_unsafe()
        except checks.Unsafe as fault:
            raise CommandError(str(fault)) from None
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: worker.end(stop))
        worker.run_forever(stop)
