"""One explicit table a domain, one small machine for all.

The machine checks the right, moves the row by compare-and-set and writes the timeline entry, in one transaction.
Whoever comes second gets `WrongStatus`, which a page shows as one friendly 409.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.audit import actions as audit
from tongxin.casework.actors import Actor
from tongxin.casework.models import Case, Channel, Entry
from tongxin.core import clock, inserting
from tongxin.core.errors import NotAllowed, WrongStatus

Right = Callable[[Any, Any], bool]
Signature = Callable[[Any, Any], tuple[str, str]]


@dataclass(frozen=True)
class Step:
    """One row of the table: from where, to where, under which label, by whom. `target=None` leaves the status alone."""

    name: str
    sources: tuple[str, ...]
    target: str | None
    label: str | Promise
    who: Right


class Workflow:
    """The steps of one kind of case.

    Args:
        case_model, entry_model: the tables; `entry_model` has a foreign key named `case_field`.
        initial: the status that a new case is born with.
        groups: status -> `StatusGroup` value, for every status.
        steps: the table.
        sign: (actor, case) -> (name, post) as they are today, to be kept in the entry.
    """

    def __init__(
        self,
        case_model: type[Case],
        entry_model: type[Entry],
        case_field: str,
        initial: str,
        groups: Mapping[Any, Any],
        steps: list[Step],
        sign: Signature,
    ) -> None:
        self.case_model = case_model
        self.entry_model = entry_model
        self.case_field = case_field
        self.initial = initial
        self.groups: dict[str, str] = {str(k): str(v) for k, v in groups.items()}
        self.steps = {step.name: step for step in steps}
        self.sign = sign

    def open_to(self, by: Actor, case: Case) -> list[Step]:
        """The steps that this actor may take now; templates loop over it and decide nothing."""
        return [s for s in self.steps.values() if case.status in s.sources and s.who(by, case)]

    def allows(self, name: str, by: Actor, case: Case) -> bool:
        step = self.steps[name]
        return case.status in step.sources and step.who(by, case)

    def take(
        self,
        name: str,
        case: Case,
        *,
        by: Actor,
        note: str = "",
        channel: str = Channel.STAFF,
        data: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Entry:
        """Take a step and write the entry. Other `fields` go into the same update.

        Raises:
            NotAllowed: this actor may not take the step on this case.
            WrongStatus: the case is no longer where the caller saw it.
        """
        step = self.steps[name]
        if case.status not in step.sources:
            raise WrongStatus(_("Somebody was quicker: this matter has moved on. Please look again."))
        if not step.who(by, case):
            raise NotAllowed(_("This step is not yours to take."))
        target = step.target or case.status
        moved = {"status": target, "status_group": self.groups[target], **fields}
        with transaction.atomic():
            # every query on a village's table names the village; the column comes with the concrete table
            here = {"village_id": getattr(case, "village_id")}  # noqa: B009
            rows = self.case_model._base_manager.filter(pk=case.pk, status=case.status, **here).update(**moved)
            if not rows:
                raise WrongStatus(_("Somebody was quicker: this matter has moved on. Please look again."))
            entry = self.enter(name, case, by=by, note=note, channel=channel, data=data)
        for field, value in moved.items():
            setattr(case, field, value)
        return entry

    def enter(
        self,
        name: str,
        case: Case,
        *,
        by: Actor,
        note: str = "",
        channel: str = Channel.STAFF,
        data: Mapping[str, Any] | None = None,
    ) -> Entry:
        """Write a timeline entry without a step: the birth of a case. It leaves its line in the audit chain."""
        by_name, by_post = self.sign(by, case)
        concrete = {self.case_field: case, "village_id": getattr(case, "village_id")}  # noqa: B009
        entry = self.entry_model(
            at=clock.now(),
            step=name,
            by=by if isinstance(by, User) else None,
            by_name=by_name,
            by_post=by_post,
            channel=channel,
            note=note,
            data=dict(data or {}),
            **concrete,
        )
        with transaction.atomic(savepoint=False):
            inserting.insert(entry)
            audit.record(f"{case._meta.app_label}.{name}", by=by, about=case, data={"entry": entry.pk})
        return entry
