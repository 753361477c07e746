"""Powers that must be apart are apart: in the matrix, at every start; among who holds what today, in `doctor` (R20)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongxin.bodies.models import Appointment
from tongxin.bodies.roles import STAFF, Role
from tongxin.core import clock, matrix
from tongxin.core.health import Finding, State
from tongxin.territory import queries as territory
from tongxin.territory import scope

VILLAGE = frozenset({Role.SECRETARY, Role.CLERK, Role.COMMITTEE, Role.COUNCIL, Role.ACCOUNTANT})
HIGHER = frozenset({Role.TOWNSHIP, Role.COUNTY})


@dataclass(frozen=True)
class Apart:
    """No one person holds a role of each side at a time."""

    one: frozenset[Role]
    other: frozenset[Role]
    why: str | Promise


APART = (
    # Organic Law of the Villagers' Committees, article 32
    Apart(
        frozenset({Role.SUPERVISOR}),
        frozenset({Role.SECRETARY, Role.CLERK, Role.COMMITTEE, Role.ACCOUNTANT}),
        _("Whoever watches the village's officers is not one of them."),
    ),
    Apart(frozenset({Role.SECRETARY}), frozenset({Role.ACCOUNTANT}), _("Whoever decides about money keeps no books.")),
    Apart(HIGHER, STAFF - HIGHER, _("Whoever judges complaints from above holds no post in the village.")),
    Apart(
        frozenset({Role.TOWNSHIP}),
        frozenset({Role.COUNTY}),
        _("A complaint goes past the township to somebody else."),
    ),
)


@dataclass(frozen=True)
class Never:
    """Roles that a right must not have, in these relations or, without any, in none."""

    roles: frozenset[Role]
    rights: tuple[str, ...]
    relations: tuple[str, ...]
    why: str


WATCH = frozenset({Role.SUPERVISOR})
COMPLAINT = ("issues.see", "issues.take", "issues.dispatch")
NEVER = (
    Never(VILLAGE, COMPLAINT, ("complaint", "complaint_up", "complaint_county"), "a complaint reaches who is accused"),
    Never(WATCH, COMPLAINT, ("complaint_up", "complaint_county"), "a complaint reaches the supervisor accused"),
    Never(frozenset({Role.TOWNSHIP}), COMPLAINT, ("complaint_county",), "a complaint reaches the township accused"),
    Never(WATCH, ("ground.keep", "register.keep", "bodies.keep", "bodies.lend", "bodies.grant"), (),
          "who watches does what is watched"),
    Never(VILLAGE, ("bodies.grant",), ("above_village",), "the village chooses who stands above it"),
)  # fmt: skip
# what two must agree to: the right of the second one, and what must keep the first one out of it
TWO = {"issues.unseal_agree": frozenset({"asked", "same_body", "concerned"})}


@register(Tags.security)
def matrix_separates(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Nothing starts with a matrix in which one body can do what takes two."""
    hint = "Put it right in tongxin/matrix.toml."
    return [Error(words, hint=hint, id="tongxin.E060") for words in unseparated()]


def unseparated() -> Iterator[str]:
    for never in NEVER:
        for name, relation in product(never.rights, never.relations or tuple(matrix.whole().relations)):
            wrong = sorted(role for role in never.roles if matrix.right(name).allows({role}, {relation}))
            if wrong:
                yield f"{name}, {relation}: {', '.join(wrong)} have it; {never.why}."
    for name, kept_out in TWO.items():
        if missing := kept_out - matrix.right(name).never:
            yield f"{name}: one body is enough; not kept out: {', '.join(sorted(missing))}."


def _name() -> str:
    return str(_("Powers kept apart"))


def held_apart() -> Iterator[Finding]:
    """One finding for each person who holds what must be apart, and for each village that nobody watches.

    A page of one village hears of its own alone; the operator of all.
    """
    fine, here = True, scope.active()
    with scope.everything("nobody holds at once what must be apart"):
        for village in territory.villages():
            if isinstance(here, UUID) and village.pk != here:
                continue
            rows = Appointment.objects.filter(village_id=village.pk).on(clock.today(village.tz))
            holders: dict[UUID, dict[str, str]] = {}
            for person, name, role in rows.values_list("person_id", "person__name", "post__role"):
                holders.setdefault(person, {})[role] = name
            found = [*_both(village.name, holders.values()), *_unwatched(village.name, holders.values())]
            fine = fine and not found
            yield from found
    if fine:
        yield Finding(
            _name(), State.OK, str(_("Nobody holds at once what must be apart, and every village is watched."))
        )


def _both(village: str, holders: Any) -> Iterator[Finding]:
    for roles in holders:
        for apart in APART:
            pairs = [pair for pair in product(sorted(apart.one), sorted(apart.other)) if set(pair) <= roles.keys()]
            for one, other in pairs[:1]:
                said = {"village": village, "name": roles[one], "one": Role(one).label, "other": Role(other).label}
                words = _("%(village)s: %(name)s is %(one)s and %(other)s at once.") % said
                mend = str(_("End one of the two posts under Bodies."))
                yield Finding(_name(), State.LATE, f"{words} {apart.why}", mend)


def _unwatched(village: str, holders: Any) -> Iterator[Finding]:
    is_used = any(STAFF & roles.keys() for roles in holders)
    if is_used and not any(Role.SUPERVISOR in roles for roles in holders):
        words = _("%(village)s has no supervisor.") % {"village": village}
        mend = str(_("Appoint one under Bodies: complaints go to the township meanwhile."))
        yield Finding(_name(), State.LATE, words, mend)
