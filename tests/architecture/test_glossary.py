"""One word a concept: every model stands in docs/glossary.md with its Chinese term, its source and one sentence."""

import re
from collections.abc import Iterable

from django.apps import apps

from .tree import ROOT, nothing

GLOSSARY = ROOT / "docs" / "glossary.md"


def absent(names: Iterable[str], text: str) -> list[str]:
    """The names that the glossary does not have, as `Name` or in words (`Place code`)."""
    plain = text.lower()
    found = []
    for name in names:
        words = " ".join(re.findall(r"[A-Z][a-z0-9]*", name)).lower()
        if not re.search(rf"\b(?:{re.escape(name.lower())}|{re.escape(words)})\b", plain):
            found.append(name)
    return sorted(found)


def test_every_model_stands_in_the_glossary():
    names = {model.__name__ for model in apps.get_models() if model.__module__.startswith("tongxin.")}
    nothing(absent(names, GLOSSARY.read_text("utf-8") if GLOSSARY.exists() else ""))


def test_a_word_that_is_not_there_is_found():
    text = "| `Household` | 户 | one roof |\n| Place code | 点位码 | a code |"
    assert absent(["Household", "PlaceCode", "Membership"], text) == ["Membership"]
