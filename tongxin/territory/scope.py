"""Which village the work at hand belongs to. No scope, no rows: an error (R17 of the access rules).

A request opens its village's scope in the middleware; a command or a job opens one by name. The manager of every
village's table asks here, so a forgotten filter is an exception and never a leak.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import UUID


class NoScope(RuntimeError):
    """A village's table was asked without a village."""


class _Everything:
    """The scope of work over several villages (a county's roll-up, the worker)."""


EVERYTHING: Final = _Everything()
_active: ContextVar[UUID | _Everything | None] = ContextVar("village", default=None)


_watch: Callable[[UUID | None], None] = lambda village_id: None  # noqa: E731 -- until `register_watch`


def register_watch(watch: Callable[[UUID | None], None]) -> None:
    """What is told each time a village, or with None all of them, is opened."""
    global _watch
    _watch = watch


def active() -> UUID | _Everything | None:
    return _active.get()


def one() -> UUID:
    """The one village at hand.

    Raises:
        NoScope: none is, or several are.
    """
    here = _active.get()
    if not isinstance(here, UUID):
        raise NoScope("this asks for one village, and the scope holds none or several")
    return here


def must_reach(village_id: UUID) -> None:
    """For a question that names its village and does not go through a manager.

    Raises:
        NoScope: the scope at hand is another village's, or there is none.
    """
    if (here := _active.get()) is not EVERYTHING and here != village_id:
        raise NoScope("this village was asked outside its scope")


@contextmanager
def village(village_id: UUID) -> Iterator[None]:
    _watch(village_id)
    token = _active.set(village_id)
    try:
        yield
    finally:
        _active.reset(token)


@contextmanager
def everything(reason: str) -> Iterator[None]:
    """Lift the scope; `reason` says why, for whoever reads the code."""
    if not reason:
        raise ValueError("lifting the scope needs a reason")
    _watch(None)
    token = _active.set(EVERYTHING)
    try:
        yield
    finally:
        _active.reset(token)
