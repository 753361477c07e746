"""What is of one village and must show nowhere in another: a canary in each of its texts, public ones too, and what
names its rows by itself (keys, numbers, codes, tokens). Read out of the model registry: a new field is in it at once.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import models

from tests import history
from tests.factories.stage import Stage, row
from tests.journeys import canaries
from tests.journeys.canaries import Planted
from tongxin.accounts.models import FactorReset, Invitation, LoginEvent, RecoveryCode, TimeCode, User, What
from tongxin.core import clock, crypto
from tongxin.issues.models import IssueEntry, Sitting, SittingItem
from tongxin.people.models import HouseholdPin, Person
from tongxin.territory import scope
from tongxin.territory.models import Division, Village, VillageRow

# of no village; each with what it holds
OF_THE_SITE = {
    "contenttypes.ContentType": "Django's own",
    "auth.Permission": "Django's own",
    "auth.Group": "Django's own",
    "core.Counter": "how far a numbering is",
    "core.CalendarDay": "the state's holidays",
    "core.Idempotency": "answers by keys that only their browser has",
    "core.OutboxItem": "work to be done: keys of rows, and what went wrong in words of the machine",
    "core.JobRun": "the calendar of the machine",
    "core.Throttle": "hashes",
    "core.SiteState": "the site itself",
    "core.Upkeep": "what was done for the site",
    "core.Heartbeat": "the worker",
    "core.Alarm": "what is wrong with the site",
    "core.SealingKey": "keys, wrapped",
    "core.LoginSession": "what a session holds, under a key that only its browser has",
    "core.Lockout": "hashes",
    "audit.Chain": "hashes",
    "audit.AuditEntry": "keys of rows and hashes; no text of anybody's",
    "audit.Anchor": "hashes",
    "audit.ChainCheck": "numbers and hashes",
}
# names a row by itself, and stands in addresses
NAMES = {
    "people.CardToken.token", "territory.PlaceCode.code", "issues.Issue.number", "issues.IssueFile.stem",
    "accounts.User.username", "territory.Division.code", "territory.Grid.code", "territory.Group.code",
}  # fmt: skip
# machinery beside that of `canaries`
WORKING = re.compile(
    r"^(?:territory\.Village\.(?:slug|host|zone)|accounts\.\w+\.(?:password|code|credential|public_key|host|secret)"
    r"|issues\.IssueFile\.\w+|ledger\.\w+\.(?:kind|unit|purpose|key|request_hash|digest))$"
)
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class Homeless(AssertionError):
    """A table that belongs to a village in no way known here, nor to the site."""


class Bare(AssertionError):
    """A village's table of which the stage holds no row: its texts would be looked for nowhere."""


@dataclass
class Foreign:
    """Everything by which somebody else's village can be told. `keys`: {table: keys of its rows}."""

    planted: dict[str, Planted]
    names: dict[str, str] = field(default_factory=dict)
    keys: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.of_key = {str(key): table for table, found in self.keys.items() for key in found}

    def seen(self, text: str, asked: str = "") -> list[str]:
        """Where that sat which shows in an answer; what the question itself held is no news."""
        found = [str(it) for it in canaries.seen(text, self.planted) if _canary_of(it, self.planted) not in asked]
        found += [f"key of a {self.of_key[key]}" for key in set(UUID.findall(text)) - {*UUID.findall(asked)}
                  if key in self.of_key]  # fmt: skip
        return found + [where for name, where in self.names.items() if name in text and name not in asked]


def _canary_of(it: Planted | str, planted: dict[str, Planted]) -> str:
    return next((canary for canary, where in planted.items() if where is it), str(it))


def rows(model: type[models.Model], stage: Stage) -> models.QuerySet[Any] | None:
    """The rows of a table that belong to the village; None for a table of the site.

    Raises:
        Homeless: a new table of which nothing is known.
    """
    own = {f.name for f in model._meta.local_fields}
    users = Person._base_manager.filter(village_id=stage.village.pk, user__isnull=False).values("user")
    if model._meta.label in OF_THE_SITE:
        return None
    if issubclass(model, VillageRow):
        return model._base_manager.filter(village_id=stage.village.pk)
    of: dict[Any, dict[str, Any]] = {Village: {"pk": stage.village.pk}, Division: {"pk": stage.village.division_id},
                                     User: {"pk__in": users}}  # fmt: skip
    if model not in of and "user" not in own:
        raise Homeless(f"{model._meta.label}: tell tests/reliability/foreign.py whose it is")
    return model._base_manager.filter(**of.get(model, {"user__in": users}))


def texts() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every text in which something can be planted."""
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        if model._meta.label in OF_THE_SITE:
            continue
        for one in model._meta.local_fields:
            label = f"{model._meta.label}.{one.name}"
            is_text = isinstance(one, models.CharField | models.TextField | models.JSONField) and not one.choices
            if is_text and label not in NAMES and not canaries.MACHINERY.search(label) and not WORKING.match(label):
                yield model, one


def complete(stage: Stage) -> None:
    """Rows of the tables that nothing on stage has filled."""
    now = clock.now()
    user, other = stage.users["clerk"], stage.users["secretary"]
    with scope.village(stage.village.pk):
        row(LoginEvent, user=user, at=now, what=What.INVITED, by=other, by_name=other.name, note="补办")
        times = {"asked_at": now, "ends_at": now + timedelta(days=1)}
        row(FactorReset, user=user, asked_by=other, because="当面认出来的", **times)
        row(TimeCode, user=user, secret="-", made_at=now)
        row(RecoveryCode, user=user, code="-")
        row(Invitation, user=user, code="-", made_at=now, ends_at=now, made_by=other)
        row(HouseholdPin, village=stage.village, household=stage.households[1], secret="-", set_at=now)
        seen = {"sitting": Sitting.objects.first(), "entry": IssueEntry.objects.first()}
        row(SittingItem, village=stage.village, **seen)


def plant(stage: Stage) -> Foreign:
    """Put a canary into every text of the village and gather what names its rows.

    Raises:
        Bare: a table without a row, so that its texts are nowhere. Say in `complete` how one comes about.
    """
    complete(stage)
    planted: dict[str, Planted] = {}
    numbers = itertools.count()
    names: dict[str, str] = {}
    with scope.village(stage.village.pk), history.unguarded():
        for model, one in texts():
            every = list(rows(model, stage) or ())
            for it in [it for it in every if getattr(it, one.name)] or every[:1]:  # an empty text is filled too
                canary = canaries._canary(next(numbers), one)
                planted[canary] = Planted(f"{model._meta.label}.{one.name}", it, str(it.pk)[-4:])
                model._base_manager.filter(pk=it.pk).update(**_put(it, one, getattr(it, one.name), canary))
        for label in NAMES:
            table, _, name = label.rpartition(".")
            values = (rows(apps.get_model(table), stage) or User.objects.none()).values_list(name, flat=True)
            names |= {value: label for value in values if value}
        keys = {model._meta.label: list(found.values_list("pk", flat=True)) for model in apps.get_models()
                if (found := rows(model, stage)) is not None}  # fmt: skip
    if bare := sorted(table for table, found in keys.items() if not found):
        raise Bare(f"no row of {', '.join(bare)}")
    return Foreign(planted, names, keys)


def _put(it: models.Model, one: models.Field, kept: Any, canary: str) -> dict[str, Any]:
    if canaries._is_secret(one):
        return crypto.sealed_for(it, one.name, canary)
    if isinstance(one, models.JSONField):  # what people wrote in it; words of the program stay
        return {one.name: _written(kept, canary)}
    return {one.name: canary}


def _written(kept: Any, canary: str) -> Any:
    if isinstance(kept, dict):
        return {name: _written(value, canary) for name, value in kept.items()}
    return canary if isinstance(kept, str) and re.search(r"[\u4e00-\u9fff]", kept) else kept
