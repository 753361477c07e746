"""Whether the site is well: findings with their mend, for `doctor`, the status page and the nightly check (R57).

An app registers what it can say about itself in `ready()`: the chain its heads, the ledger its sums.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from django.db import connection
from django.utils.translation import gettext as _

from tongxin.core.logs import described, one_line, scrubbed

log = logging.getLogger(__name__)


class State(Enum):
    OK = "ok"
    LATE = "late"  # wants somebody this week
    FAULT = "fault"  # wants somebody now; `doctor` ends with 1


@dataclass(frozen=True)
class Finding:
    """`words` say what is, `mend` what to do about it; both for a person, in the language of the moment."""

    name: str
    state: State
    words: str
    mend: str = ""
    check: str = ""  # which check found it; filled in by the registry

    @property
    def is_ok(self) -> bool:
        return self.state is State.OK


Look = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """`is_deep`: reads much, so the status page shows last night's answer. `in_copy`: also true of a restored copy."""

    name: str
    look: Look
    is_deep: bool = False
    in_copy: bool = False


_checks: dict[str, Check] = {}


def register(name: str, look: Look, *, is_deep: bool = False, in_copy: bool = False) -> None:
    check = Check(name, look, is_deep, in_copy)
    if _checks.setdefault(name, check) != check:
        raise ValueError(f"two checks named {name}")


def names() -> list[str]:
    return list(_checks)


def everything() -> list[Finding]:
    return [finding for check in _checks.values() for finding in _looked(check)]


def quick() -> list[Finding]:
    """What can be asked while somebody waits for a page."""
    return [finding for check in _checks.values() if not check.is_deep for finding in _looked(check)]


def deep() -> list[Finding]:
    return [finding for check in _checks.values() if check.is_deep for finding in _looked(check)]


def restored() -> list[Finding]:
    """What must hold in a restored copy as well: its tables, triggers, chain, sums."""
    return [finding for check in _checks.values() if check.in_copy for finding in _looked(check)]


def _looked(check: Check) -> Iterator[Finding]:
    """A check that breaks is a fault, and the others are asked all the same."""
    try:
        for finding in list(check.look()):
            yield replace(finding, check=check.name)
    except Exception as error:
        log.error("health: %s broke: %s", check.name, described(error))
        words = one_line(scrubbed(described(error)))[:200]
        mend = _("Look into the log, and report it: this is a fault of the product.")
        said = _("The check itself broke: %(words)s") % {"words": words}
        yield Finding(check.name, State.FAULT, said, mend, check.name)
        if connection.in_atomic_block:
            raise
