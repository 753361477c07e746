"""S6: every form of the product, pressed twice, eight times at once, again after a lost answer: one effect (T16).

"One effect" is what a single press does, counted over all tables. What is natural to repeat is on the list as well: its
single press changes nothing, and so do the others.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from tests.factories import stage as stages
from tests.journeys.visitor import Visitor
from tongxin.core import idempotency, once
from tongxin.core.models import Idempotency
from tongxin.territory import queries as territory

from . import board, presses

AT_ONCE = 8
Effect = dict[str, int]


@contextmanager
def settled() -> Iterator[stages.Stage]:
    """A village with its people and offices, and somebody who holds every post."""
    territory.forget_villages()
    made = stages.settle(stages.village())
    stages.everybody(made)
    yield made
    territory.forget_villages()


class Browser:
    """One browser before one form: its cookies, and what it would send."""

    def __init__(self, stage: stages.Stage, press: presses.Press, who: str | None = None) -> None:
        self.visitor: Visitor = presses.visitor(stage, press, who)
        self.to = stage.path(press.to)
        self.data = presses.filled(self.visitor, press)

    def as_it_was(self) -> Client:
        """The same browser while the form lay open: what an answer brought along is not in it."""
        twin = Client(enforce_csrf_checks=True, raise_request_exception=False)
        twin.cookies.load({name: morsel.value for name, morsel in self.visitor.client.cookies.items()})
        return twin

    def press(self, client: Client, **other: Any) -> int:
        return client.post(self.to, {**self.data, **other}).status_code


def twice(browser: Browser, press: presses.Press) -> list[int]:
    client = browser.as_it_was()
    return [browser.press(client), browser.press(client)]


def lost_answer(browser: Browser, press: presses.Press) -> list[int]:
    """The first answer never arrived: its cookies are not there when the form is sent again."""
    return [browser.press(browser.as_it_was()), browser.press(browser.as_it_was())]


def other_words(browser: Browser, press: presses.Press) -> list[int]:
    return [browser.press(browser.as_it_was()), browser.press(browser.as_it_was(), **press.other)]


def at_once(browser: Browser, press: presses.Press) -> list[int]:
    """Eight presses that start together, each on a connection of its own."""
    gate, statuses = threading.Barrier(AT_ONCE), [599] * AT_ONCE

    def run(n: int) -> None:
        client = browser.as_it_was()
        gate.wait()
        try:
            statuses[n] = browser.press(client)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


Way = Callable[[Browser, presses.Press], list[int]]
IN_SEQUENCE: dict[str, Way] = {"twice": twice, "answer lost": lost_answer, "other words": other_words}
# What stands to be repeated has no key of its own; here other words are simply another request.
WITHOUT_KEY = {
    *("accounts:password", "accounts:enrol", "accounts:invited", "accounts:second", "accounts:passkey_drop"),
    *("accounts:session_end_others", "bodies:login", "people:cards_print"),
}


@dataclass
class Trial:
    """One form before which everything is ready; each way of pressing starts from there."""

    door: Any
    press: presses.Press
    browser: Browser
    before: presses.Snapshot

    @classmethod
    def of(cls, stage: stages.Stage, door: Any) -> "Trial":
        press = presses.of(door, stage)
        return cls(door, press, Browser(stage, press), presses.snapshot())

    def done(self, way: Way) -> tuple[Effect, list[int]]:
        """What it does, counted over all tables, and how it is answered."""
        statuses = way(self.browser, self.press)
        return presses.difference(self.before, presses.snapshot()), statuses

    def tried(self, way: Way) -> tuple[Effect, list[int]]:
        """The same, taken back afterwards."""
        with transaction.atomic():
            found = self.done(way)
            transaction.set_rollback(True)
        return found

    def right(self, found: Effect, statuses: list[int]) -> str:
        """What is wrong with the yardstick itself: a single press."""
        if statuses[0] >= 400:
            return f"{self.door}: a single press is answered with {statuses[0]}"
        if bool(found) != self.press.changes:
            return f"{self.door}: a single press changes {found or 'nothing'}"
        return ""

    def wrong(self, name: str, found: Effect, statuses: list[int], wanted: Effect) -> str:
        if self.press.each:
            wanted = {what: n * len(statuses) if what.endswith("added") else n for what, n in wanted.items()}
        if found != wanted:
            return f"{self.door}, {name}: {found} instead of {wanted}, answered {statuses}"
        if max(statuses) >= 500:
            return f"{self.door}, {name}: answered {statuses}"
        is_keyed = wanted and not self.press.each and self.door.name not in WITHOUT_KEY
        if name == "other words" and is_keyed and statuses[1] != 409:
            return f"{self.door}, {name}: answered {statuses[1]} instead of 409"
        return ""


def single(browser: Browser, press: presses.Press) -> list[int]:
    return [browser.press(browser.as_it_was())]


def of_another(stage: stages.Stage, trial: Trial) -> str:
    """Somebody else sends the key that this form carries: it is theirs by themselves, and nobody else's answer."""
    if not trial.press.who:
        return ""  # strangers have no name; the key is all that tells them apart
    key, mine = {once.FIELD: str(uuid4())}, trial.browser
    theirs = Browser(stage, trial.press, trial.press.also)
    with transaction.atomic():
        first = mine.press(mine.as_it_was(), **key)
        answer = theirs.as_it_was().post(theirs.to, {**theirs.data, **key})
        own = Idempotency.objects.filter(actor=str(stage.users[trial.press.also].pk), operation=trial.door.name)
        is_done = answer.status_code == 303 and not hasattr(answer, "is_refusal")
        is_replay = is_done and hasattr(trial.door.view, "pressed_once") and not own.exists()
        transaction.set_rollback(True)
    if first >= 400 or answer.status_code >= 500:
        return f"{trial.door}, another's key: answered {first} and {answer.status_code}"
    return f"{trial.door}, another's key: was answered as if it were the other one" if is_replay else ""


@contextmanager
def every_key_is_new() -> Iterator[None]:
    """The control in sequence: as if the unique key were not there."""

    def written(row: Idempotency) -> bool:
        row.key = str(uuid4())
        row.save(force_insert=True)
        return True

    kept, idempotency.insert_if_new = idempotency.insert_if_new, written
    try:
        yield
    finally:
        idempotency.insert_if_new = kept


@pytest.mark.django_db
def test_every_form_pressed_again_has_one_effect():
    found, bad, doors = [], 0, presses.mutating()
    with settled() as stage:
        for door in doors:
            trial = Trial.of(stage, door)
            wanted, statuses = trial.tried(single)
            found.append(trial.right(wanted, statuses))
            for name, way in IN_SEQUENCE.items():
                found.append(trial.wrong(name, *trial.tried(way), wanted))
            found.append(of_another(stage, trial))
            with every_key_is_new():
                bad += bool(trial.wrong("other words", *trial.tried(other_words), wanted))
    found = [fault for fault in found if fault]
    board.reach(
        "S6 again",
        wanted="every form × 4 ways: 1 effect, 409 for other words, 0 × 5xx",
        reached="".join(f"\n{fault}" for fault in found) or f"{len(doors)} of {len(doors)} forms",
        held=not found,
        control=f"no unique key: {bad} forms take other words or do it twice",
        control_failed=bad > len(doors) // 2,
    )


@contextmanager
def without_the_unique_key() -> Iterator[None]:
    """The control at once: the constraint itself is dropped."""
    constraint = next(c for c in Idempotency._meta.constraints if c.name == "core_idempotency_once")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Idempotency, constraint)
    try:
        yield
    finally:
        Idempotency.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Idempotency, constraint)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_every_form_pressed_eight_times_at_once_has_one_effect():
    found, doors = [], presses.mutating()
    effects: dict[str, Effect] = {}
    with settled() as stage:
        for door in doors:
            trial = Trial.of(stage, door)
            effects[door.name], statuses = trial.tried(single)
            found.append(trial.right(effects[door.name], statuses))
            found.append(trial.wrong("at once", *trial.done(at_once), effects[door.name]))
        with without_the_unique_key():
            bare = [door for door in doors if door.name in UNGUARDED]
            trials = [(door, Trial.of(stage, door)) for door in bare]
            bad = sum(bool(trial.wrong("at once", *trial.done(at_once), effects[door.name])) for door, trial in trials)
    found = [fault for fault in found if fault]
    board.reach(
        "S6 at once",
        wanted=f"every form × {AT_ONCE} at once: 1 effect, 0 × 5xx",
        reached="".join(f"\n{fault}" for fault in found) or f"{len(doors)} of {len(doors)} forms",
        held=not found,
        control=f"unique key dropped: {bad} of {len(UNGUARDED)} forms do it more than once",
        control_failed=bad == len(UNGUARDED),
    )


# Nothing but the key tells a second press of these from another matter.
UNGUARDED = {"issues:say_new", "issues:feedback", "issues:say_join", "issues:proxy", "bodies:appoint"}
