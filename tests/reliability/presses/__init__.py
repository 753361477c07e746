"""How each form of the product is filled in and pressed: one recipe for every route that takes a POST.

The routes are found in the URLconf (`tests/journeys/doors.py`); one without a recipe is an error, so that a new form is
pressed twice from the day it is there. Recipes lie in the modules beside this file. Each prepares what it needs, afresh
at every call, and names the page on which the form stands: what the form carries hidden is read from that page, as a
browser would.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.db import models
from django.urls import reverse

from tests.architecture.tree import verbs
from tests.factories import stage as stages
from tests.factories.stage import TAIL, Stage
from tests.journeys import doors
from tests.journeys.visitor import Form, Page, Visitor
from tongxin.territory import scope

ANYBODY, OFFICER, WORKER = "", "everybody", "worker"
PIN = "738205"  # a household's
_numbers = count(1)


class NoRecipe(AssertionError):
    """A route that takes a POST, and nothing here says how its form is filled in."""


@dataclass(frozen=True)
class Press:
    """`page` shows the form that goes to `to`; `typed` is what a person fills in, `other` what another one would."""

    page: str
    to: str
    typed: dict[str, Any] = field(default_factory=dict)
    other: dict[str, Any] = field(default_factory=dict)
    who: str = OFFICER
    also: str = "clerk"  # another person who may open the same page
    family: bool = False  # a telephone that has shown the card of the first household
    changes: bool = True  # whether anything is different afterwards in the database
    each: bool = False  # every press is an act of its own, on record each time
    holding: str = ""  # a field of the form, where several forms of the page go to one address
    before: dict[str, Any] = field(default_factory=dict)  # what is typed on the page so that it shows the form
    ready: Callable[[Visitor], object] | None = None  # what the browser has done before: a password given, say


NO_FORM = {"core:policy_report": "a browser sends it by itself"}
BY_HAND = {  # what a device signs is not typed into a form: pressed twice in tests/accounts/test_views_second.py
    "accounts:passkey_new": "the answer of a device to a question that is asked once",
    "accounts:second_passkey": "the same",
}
Recipe = Callable[[Stage], Press]
RECIPES: dict[str, Recipe] = {}


def recipe(name: str) -> Callable[[Recipe], Recipe]:
    def enter(make: Recipe) -> Recipe:
        RECIPES[name] = make
        return make

    return enter


def mutating() -> list[doors.Door]:
    """Every route that takes a POST."""
    return [
        door
        for door in doors.every()
        if "POST" in verbs(door.view) and door.name not in (BY_HAND.keys() | NO_FORM.keys())
    ]


def of(door: doors.Door, stage: Stage) -> Press:
    if door.name not in RECIPES:
        raise NoRecipe(f"{door} takes a POST: say in tests/reliability/presses.py how its form is filled in")
    with scope.village(stage.village.pk):
        return RECIPES[door.name](stage)


def visitor(stage: Stage, press: Press, who: str | None = None) -> Visitor:
    name = press.who if who is None else who
    made = Visitor(stage, stage.users[name] if name else None)
    if press.family:
        show_card(made)
    if press.ready:
        press.ready(made)
    return made


def show_card(family: Visitor) -> None:
    """The first household's card, by what its page asks for: a PIN set by an earlier press stands when presses stay."""
    page = family.open(reverse("issues:card", args=[family.stage.cards[0].token]))
    if any("pin" in form.names for form in page.forms):
        page.press("", holding="pin", pin=PIN)
    else:
        page.press("", holding="tail", tail=TAIL)


def form_on(page: Page, press: Press) -> Form:
    """The form of the page that can be handed in to the press's address, by itself or by one of its buttons."""
    for form in page.forms:
        places = {form.action or page.url, *(button.action for button in form.buttons if button.action)}
        paths = {urlsplit(urljoin(page.url, place)).path for place in places}
        fits = any(path.endswith(urlsplit(press.to).path) for path in paths)
        if form.method == "post" and fits and (not press.holding or press.holding in form.names):
            return form
    seen = [(form.action, sorted(form.names)) for form in page.forms]
    raise AssertionError(f"no form to {press.to} on {page.url} ({page.status}): {seen} {page.text[:300]}")


def filled(visitor: Visitor, press: Press, **more: Any) -> dict[str, Any]:
    """What a browser sends: hidden fields and defaults of the form as it stands on its page, and what was typed."""
    page = visitor.open(press.page)
    form = form_on(page.press(holding=next(iter(press.before)), **press.before) if press.before else page, press)
    return {**form.fields, **press.typed, **more}


# --- what is different afterwards -------------------------------------------------------------------------------
Snapshot = dict[str, dict[Any, str]]
LEFT_OUT = {
    "core.LoginSession": "who is logged in where",
    "core.Lockout": "wrong tries",
    "core.SealingKey": "a key that is made at its first use",
    "accounts.RecoveryCode": "only the last ten open anything",
    "core.Idempotency": "the keys themselves",
    "core.Throttle": "every try counts, also of one who is right",
    "core.Counter": "a number that was drawn and not used is a gap and no effect",
    "contenttypes.ContentType": "Django's own",
    "auth.Permission": "Django's own",
    "auth.Group": "Django's own",
}
# What a second log-in may well write anew.
FLEETING = {"accounts.User": {"last_login"}}


def snapshot() -> Snapshot:
    """Every row of every table of ours, as text, by table and key."""
    found: Snapshot = {}
    with scope.everything("a test compares all that there is"):
        for model in apps.get_models():
            label = model._meta.label
            if label in LEFT_OUT:
                continue
            names = [f.attname for f in model._meta.concrete_fields if f.name not in FLEETING.get(label, ())]
            rows = model._base_manager.values_list("pk", *names)
            found[label] = {row[0]: repr([_plain(value) for value in row[1:]]) for row in rows}
    return found


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value  # a secret text shows in its repr what it is


def difference(before: Snapshot, after: Snapshot) -> dict[str, int]:
    """{"issues.Issue added": 1, …}: what happened between the two, in kinds and numbers."""
    found: dict[str, int] = {}
    for label, now in after.items():
        then = before.get(label, {})
        for what, n in (
            ("added", len(now.keys() - then.keys())),
            ("gone", len(then.keys() - now.keys())),
            ("changed", sum(then[pk] != now[pk] for pk in then.keys() & now.keys())),
        ):
            if n:
                found[f"{label} {what}"] = n
    return found


# --- for the recipes ---------------------------------------------------------------------------------------------
def nth() -> int:
    return next(_numbers)


def row(model: type[models.Model], **fields: Any) -> Any:
    return stages.row(model, **fields)


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
