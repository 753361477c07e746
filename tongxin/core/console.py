"""Which command of the server's command line runs here. A request has none, and neither has a job of the worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID

# leave no entry for opening a village's rows, each with its reason
WITHOUT_ENTRY = {
    "serve": "each request opens its own village, and leaves its own entries",
    "worker": "the same for each job, in the name of the calendar",
    "demo": "its villages are made up",
    "doctor": "asks for sums and numbers, shows nobody's rows, and must run when nothing can be written",
    "backup": "the same",
    "restore": "the same; and a copy must be what the archive holds",
    "upgrade": "the same, before and after the update",
    "migrate": "the chain may not be there yet",
}


@dataclass
class Running:
    """A command, and the villages that it has opened; None among them stands for all."""

    name: str
    opened: set[UUID | None] = field(default_factory=set)


_now: ContextVar[Running | None] = ContextVar("console", default=None)


@contextmanager
def running(name: str) -> Iterator[None]:
    token = _now.set(Running(name))
    try:
        yield
    finally:
        _now.reset(token)


def first_opened(village_id: UUID | None) -> str:
    """The command's name when it opens this village for the first time and has to say so; else ""."""
    command = _now.get()
    if command is None or command.name in WITHOUT_ENTRY or village_id in command.opened:
        return ""
    command.opened.add(village_id)
    return command.name
