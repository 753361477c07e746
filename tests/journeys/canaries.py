"""Words that must not be seen: one in every private text field of every row of a village, each saying where it sat.

The fields are found by themselves. What may stand in public is listed here with its reason; whatever is not listed is
private, a field added tomorrow included.
"""

import itertools
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.apps import apps
from django.db import models

from tests import history
from tests.factories.stage import Stage
from tongxin.core import crypto
from tongxin.issues.models import Issue
from tongxin.territory import scope
from tongxin.territory.models import VillageRow

MARK = "鹱"  # stands in no Chinese sentence of ours
CORNER = 0x9F00  # two more, from a corner of the alphabet that nobody types
DIGITS = "1887"  # a telephone's canary begins so; seven more follow
PUBLIC = {
    # the offices, and who answers for whom
    "bodies.Body.name": "bodies and their posts are public by law",
    "bodies.Body.duty": "what a body does, in a sentence",
    "bodies.Post.title": "offices are named",
    "bodies.Appointment.phone": "entered as the telephone for villagers",
    # the ground
    "territory.Group.name": "villagers name the place by it",
    "territory.Grid.name": "stands beside its worker",
    "territory.Grid.extent": "which houses a grid holds, in words",
    "territory.Place.name": "stands on the poster",
    "territory.Place.functions": "what a place is used for",
    "territory.PlaceCode.code": "hangs on the wall",
    # what the village itself writes for all to read
    "issues.CategoryHandler.question": "the directory's own questions",
    "issues.IssueEntry.by_name": "an act is signed by name and office",
    "issues.IssueEntry.by_post": "the same",
    # addresses: a number or a token opens a page, it is not a secret that the page tells
    "issues.Issue.number": "what somebody types to get there",
    "people.CardToken.token": "is the address of the card itself",
}
# Public on some rows only: {field: whether this row's is}
SOMETIMES: dict[str, Callable[[Any], bool]] = {
    "people.Person.name": lambda person: person.appointments.filter(to_on=None).exists(),  # holds an office today
    "issues.Issue.title": lambda issue: _stands_on_the_board(issue),
    "issues.Issue.reply": lambda issue: _stands_on_the_board(issue),
    "issues.Issue.reason": lambda issue: _stands_on_the_board(issue),
    "issues.Issue.where_to": lambda issue: _is_open_book(issue),  # the number opens sentences
}
# No words: machinery that an update here would only break.
MACHINERY = re.compile(
    r"\.(?:stem|content_type|state|status|step|what|code|key|\w+_index|name_key|name_initials|HouseholdPin\.secret)$"
)


def _is_open_book(issue: Issue) -> bool:
    return issue.route == "council" and not issue.is_sealed


def _stands_on_the_board(issue: Issue) -> bool:
    return Issue.objects.shown_to_all().filter(pk=issue.pk).exists()


def fields() -> list[tuple[type[models.Model], models.Field]]:
    """Every text field of a village's tables, and every JSON field that holds what people wrote."""
    found = []
    for model in apps.get_models():
        if not issubclass(model, VillageRow):
            continue
        for field in model._meta.local_fields:
            label = f"{model._meta.label}.{field.name}"
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and label not in PUBLIC and not MACHINERY.search(label):
                found.append((model, field))
    return sorted(found, key=lambda pair: (pair[0]._meta.label, pair[1].name))


@dataclass(frozen=True)
class Planted:
    """Where a canary sits."""

    field: str
    row: models.Model
    name: str

    def __str__(self) -> str:
        return f"{self.field} of {self.name}"


def plant(stage: Stage) -> dict[str, Planted]:
    """Put a canary into each private text; {canary: where it sits}."""
    planted: dict[str, Planted] = {}
    numbers = itertools.count()
    with scope.village(stage.village.pk), history.unguarded():
        # which rows are public is asked before anything is changed
        for model, field, row in [(m, f, row) for m, f in fields() for row in _rows(m, f)]:
            canary = _canary(next(numbers), field)
            planted[canary] = Planted(f"{model._meta.label}.{field.name}", row, _said(stage, row))
            kept = crypto.sealed_for(row, field.name, canary) if _is_secret(field) else {field.name: canary}
            model._base_manager.filter(pk=row.pk).update(**kept)
    return planted


def _is_secret(field: models.Field) -> bool:
    return isinstance(field, crypto.EncryptedTextField)


def _rows(model: type[models.Model], field: models.Field) -> list[models.Model]:
    is_public = SOMETIMES.get(f"{model._meta.label}.{field.name}", lambda row: False)
    rows = list(model._base_manager.filter(village_id=scope.active()))
    return [row for row in rows if getattr(row, field.name) and not is_public(row)]


def _said(stage: Stage, row: models.Model) -> str:
    for name, issue in stage.issues.items():
        if row.pk == issue.pk or getattr(row, "issue_id", None) == issue.pk:
            return name
    return str(row.pk)[-4:]


def _canary(number: int, field: models.Field) -> str:
    if "phone" in field.name:
        return f"{DIGITS}{number:07}"
    high, low = divmod(number, 160)
    return MARK + chr(CORNER + high) + chr(CORNER + low) + MARK


def seen(text: str, planted: dict[str, Planted]) -> list[Planted | str]:
    """Where the canaries sat that can be seen in a text, escaped or spaced as they may be; of a piece its context."""
    plain = unquote(unescape(text))
    found = set(re.findall(f"{MARK}[^{MARK}]{{2}}{MARK}", plain))
    found |= set(re.findall(rf"{DIGITS}\d{{7}}", re.sub(r"(?<=\d)[\s\u202f\u00a0-]+(?=\d)", "", plain)))
    pieces = re.sub("|".join(map(re.escape, found)) or "$^", "", plain)
    context = [f"a piece: …{piece}…" for piece in re.findall(f".{{0,12}}(?:{MARK}|{DIGITS[:3]}\\*).{{0,12}}", pieces)]
    return [*(planted.get(canary, canary) for canary in sorted(found)), *context]


def readable(response: Any) -> str:
    """All text of an answer: its address, its header lines, its body; of a table every part of the archive."""
    body = b"".join(response) if response.streaming else response.content
    head = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    if body.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    text = body.decode("utf-8", "replace")
    if "json" in response.get("Content-Type", ""):
        text += json.dumps(json.loads(text), ensure_ascii=False)
    return f"{head}\n{text}"
