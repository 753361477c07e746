"""S8: no form of a village offers a row of the next one, takes its key, or lets it into a row of its own (T02)."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.apps import apps
from django.db import models, transaction

from tests.factories.stage import Stage
from tests.journeys import doors
from tests.reliability import board, foreign, presses
from tests.reliability.neighbours import heard, two, unscoped
from tongxin.bodies.models import Body
from tongxin.core import once
from tongxin.issues.models import Issue
from tongxin.territory.models import Grid, Group, VillageRow

# what else is typed so that a form offers all that it can: a name which several bear
UNSURE = {"bodies:appoint": {"name": "苗", "outsider": ""}}
# a form whose choice shows that a table was asked without its village
CONTROLS = {"bodies:body_new": Body, "territory:place_new": Group, "people:household_new": Grid}
ALONE = {"only_village"}  # a form that stands nowhere on a site of two villages


def choices(made: list[forms.BaseForm]) -> Iterator[tuple[forms.BaseForm, str, forms.ModelChoiceField]]:
    for form in made:
        for name, one in form.fields.items():
            if isinstance(one, forms.ModelChoiceField) and one.queryset is not None:
                yield form, name, one


def offered(made: list[forms.BaseForm], keys: set[str]) -> list[str]:
    """Rows of the other village in a choice, and rows whose village a choice does not ask for."""
    found = []
    for form, name, one in choices(made):
        listed = {str(getattr(row, "pk", row)) for row in one.queryset}
        if listed & keys:
            found.append(f"{type(form).__name__}.{name} offers {len(listed & keys)} rows of the next village")
    return found


def strays(stage: Stage) -> list[str]:
    """Columns in which a row of the village points at a row of another one."""
    found = []
    for model in apps.get_models():
        if not issubclass(model, VillageRow):
            continue
        for one in model._meta.local_fields:
            to = one.related_model
            if isinstance(one, models.ForeignKey) and isinstance(to, type) and issubclass(to, VillageRow):
                rows = model._base_manager.filter(village_id=stage.village.pk, **{f"{one.name}__isnull": False})
                if rows.exclude(**{f"{one.name}__village_id": stage.village.pk}).exists():
                    found.append(f"{model._meta.label}.{one.name}")
    return found


def digest(stage: Stage) -> str:
    """All rows of the village."""
    found = hashlib.sha256()
    for model in apps.get_models():
        if issubclass(model, VillageRow):
            rows = model._base_manager.filter(village_id=stage.village.pk).order_by("pk")
            found.update(repr(list(rows.values_list())).encode())
    return found.hexdigest()


def swapped(data: dict[str, Any], made: list[forms.BaseForm], known: foreign.Foreign, at: Stage) -> Iterator[Any]:
    """(field, what is sent): the form with one thing of the other village in the place of one's own."""
    tables: dict[str, str] = {}
    for form, name, one in choices(made):
        tables[form.add_prefix(name)] = one.queryset.model._meta.label
    own = {str(pk): model._meta.label for model in apps.get_models() if issubclass(model, VillageRow)
           for pk in model._base_manager.filter(village_id=at.village.pk).values_list("pk", flat=True)}  # fmt: skip
    for name, value in data.items():
        for text in value if isinstance(value, list) else [value]:
            if name != once.FIELD and str(text) in own:
                tables.setdefault(name, own[str(text)])
    for name, table in tables.items():
        if known.keys.get(table):
            yield name, {**data, name: str(known.keys[table][0])}
    numbers = set(Issue._base_manager.filter(village_id=at.village.pk).values_list("number", flat=True))
    theirs = Issue._base_manager.exclude(village_id=at.village.pk).order_by("number").first()
    for name, value in data.items():
        for text in value if isinstance(value, list) else [value]:
            if str(text) in numbers:
                yield name, {**data, name: theirs.number}


def tried(
    door: doors.Door, there: Stage, known: foreign.Foreign, is_touched: Callable[[], bool], monkeypatch
) -> tuple[list[str], set[Any]]:
    """What one door does with the other village's things; and which choices it was asked by."""
    press = presses.of(door, there)
    with heard(monkeypatch) as made:
        visitor = presses.visitor(there, press)
        data = presses.filled(visitor, press)
        for typed in ({}, UNSURE[door.name]) if door.name in UNSURE else ({},):
            with transaction.atomic():
                visitor.send(press.to, data := {**data, **typed})
                transaction.set_rollback(True)
    met = {(type(form), name) for form, name, _one in choices(made)}
    found = [f"{door}: {it}" for it in offered(made, set(known.of_key))]
    for name, sent in swapped(data, made, known, there):
        with transaction.atomic(), heard(monkeypatch) as again:
            visitor.send(press.to, sent)
            taken = [
                type(form).__name__
                for form, field, _one in choices(again)
                if form.is_bound and form.add_prefix(field) == name and getattr(form, "cleaned_data", {}).get(field)
            ]
            wrong = [*(f"{it} took it" for it in taken), *strays(there), *["a row there is another"][: is_touched()]]
            transaction.set_rollback(True)
        found += [f"{door}: a key of the next village in {name}: {it}" for it in wrong]
    return found, met


def declared() -> set[Any]:
    """Every choice of rows in any form of the product."""

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {
        (kind, name)
        for kind in below(forms.BaseForm)
        if kind.__module__.startswith("tongxin.")
        for name, one in getattr(kind, "base_fields", {}).items()
        if isinstance(one, forms.ModelChoiceField)
    }


def test_no_form_offers_or_takes_a_row_of_the_next_village(db, monkeypatch):
    both = two()
    known = foreign.plant(both.here)
    before = digest(both.here)

    def is_touched() -> bool:
        return digest(both.here) != before

    found, met = [], set()
    every = [door for door in presses.mutating() if not door.line.methods["POST"].relations & ALONE]
    for door in every:
        wrong, these = tried(door, both.there, known, is_touched, monkeypatch)
        found, met = found + wrong, met | these
    with heard(monkeypatch) as made:  # forms that ask only
        for door in every_asked(both.there):
            both.readers["everybody"].get(door)
            both.readers["nobody"].get(door)
    found += offered(made, set(known.of_key))
    met |= {(type(form), name) for form, name, _one in choices(made)}
    for kind, name in declared() - met:
        if not any(issubclass(one, kind) for one, _name in met):
            found.append(f"{kind.__module__}.{kind.__name__}.{name} was met nowhere")
    bad = []
    for name, table in CONTROLS.items():
        door = next(door for door in every if door.name == name)
        with unscoped(monkeypatch, table):
            bad += tried(door, both.there, known, is_touched, monkeypatch)[0][:1]
    board.reach(
        "S8 choices",
        wanted=f"0 rows of the next village offered or taken; {len(every)} forms",
        reached="".join(f"\n{line}" for line in found[:40]) or f"0; {len(met)} choices of rows",
        held=not found,
        control=f"one table at a time without its village: {len(bad)} of {len(CONTROLS)} forms do",
        control_failed=len(bad) == len(CONTROLS),
    )


def every_asked(stage: Stage) -> list[str]:
    return [
        stage.path(doors.addresses(door, stage)[0])
        for door in doors.every()
        if "GET" in door.line.methods and not door.params
    ]
