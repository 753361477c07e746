"""The loop behind `tongxin worker`, and the thread in `tongxin serve`."""

import logging
import threading

from django.db import close_old_connections, connections

from tongxin.core import heartbeat, outbox, periodic, site, watch

PAUSE = 1.0  # seconds between looks at an empty outbox; also how long stopping takes
log = logging.getLogger(__name__)


def run_forever(stop: threading.Event, pause: float = PAUSE) -> None:
    """Work until `stop` is set. A database that goes away is waited for."""
    claimed = False
    try:
        while not stop.is_set():
            close_old_connections()
            outbox.nudge.clear()
            try:
                claimed = claimed or bool(site.claim())
                heartbeat.beat()
                periodic.tick()
                busy = outbox.work_once() > 0
                watch.look()
            except Exception:
                log.exception("worker: the round failed; again in ten seconds")
                connections.close_all()
                stop.wait(10)
                continue
            if not busy:
                outbox.nudge.wait(pause)
    finally:
        connections.close_all()


def end(stop: threading.Event) -> None:
    """Set `stop` and wake the loop, so that it ends after the item in hand."""
    stop.set()
    outbox.nudge.set()


def start(stop: threading.Event) -> threading.Thread:
    """The same as a daemon thread of this process."""
    thread = threading.Thread(target=run_forever, args=(stop,), name="worker", daemon=True)
    thread.start()
    return thread
