"""Two villages side by side, and everybody of the second one at a browser: nothing of the first is for them (S8)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django import forms
from django.test import Client

from tests.factories import stage as stages
from tests.factories.stage import Stage
from tests.journeys import canaries
from tests.reliability.cast import _holder, _more_posts, _renumber
from tongxin.bodies.roles import Role
from tongxin.core import kept, outbox
from tongxin.territory import queries, scope
from tongxin.territory.models import VillageManager, VillageQuerySet, VillageRow

HERE = 200


@dataclass
class Two:
    """The village, its neighbour, and the people of the neighbour by role."""

    here: Stage
    there: Stage
    readers: dict[str, Client]


def two(*, filled: bool = True) -> Two:
    queries.forget_villages()
    here, there = stages.settle(stages.village()), stages.settle(stages.village("shiping", "石坪村", 2))
    readers = {"nobody": Client(raise_request_exception=False)}
    for stage in (here, there) if filled else (there,):
        stages.fill(stage)
        stages.everybody(stage)
    with scope.village(there.village.pk):
        _more_posts(there)
        for role in [*Role, "everybody"]:
            readers[role] = client = Client(raise_request_exception=False)
            client.force_login(there.users.get(role) or _holder(there, f"only-{role}", role))
    with scope.village(here.village.pk):
        for n, issue in enumerate(here.issues.values(), 5001):
            _renumber(issue, n)  # both count from one: their numbers would be the same
    while outbox.work_once(200):
        pass
    queries.forget_villages()
    return Two(here, there, readers)


def read(client: Client, at: str) -> tuple[int, str]:
    """The status of an answer and all text of it; of a picture or a sound the header lines."""
    answer = client.get(at)
    if answer.get("Content-Type", "").startswith(("image/", "audio/")):
        return answer.status_code, str(answer.headers)
    text = canaries.readable(answer)
    assert "%PDF" not in text[:2000], "a PDF: teach `canaries.readable` to read it"
    return answer.status_code, text


@contextmanager
def unscoped(monkeypatch: pytest.MonkeyPatch, table: type[VillageRow]) -> Iterator[None]:
    """What is asked of this one table is asked without a village, everything else as ever."""
    get, of = VillageManager.get_queryset, VillageQuerySet.of

    def everything(manager: VillageManager[Any]) -> Any:
        if manager.model is not table:
            return get(manager)
        return manager._queryset_class(manager.model, using=manager._db)

    kept.forget()
    with monkeypatch.context() as patch:
        patch.setattr(VillageManager, "get_queryset", everything)
        patch.setattr(VillageQuerySet, "of", lambda rows, where: rows if rows.model is table else of(rows, where))
        yield
    kept.forget()


@contextmanager
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[forms.BaseForm]]:
    """Every form that is made meanwhile."""
    made: list[forms.BaseForm] = []
    begun = forms.BaseForm.__init__

    def begin(self: forms.BaseForm, *args: Any, **kwargs: Any) -> None:
        begun(self, *args, **kwargs)
        made.append(self)

    with monkeypatch.context() as patch:
        patch.setattr(forms.BaseForm, "__init__", begin)
        yield made
