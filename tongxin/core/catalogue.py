"""The catalogues, kept without gettext's tools (docs/adr/0002-catalogues-without-gettext-tools.md).

    python -m tongxin.core.catalogue extract          what code and templates say and has no Chinese yet, as JSON
    python -m tongxin.core.catalogue set zh_Hans      merge JSON {msgid: 中文} from standard input, fill, compile
    python -m tongxin.core.catalogue fill             make zh_Hant from zh_Hans, and en from the msgids
    python -m tongxin.core.catalogue compile          write the .mo files
    python -m tongxin.core.catalogue check            exit 1 with a list of what a reader would meet untranslated
    python -m tongxin.core.catalogue prune            drop entries that no code says any more

A key is the msgid, or `context U+0004 msgid`. Chinese has one plural form, so a plural message is one text there.
"""

import argparse
import fcntl
import json
import os
import re
import sys
import tokenize
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import normalize, read_po
from django.utils.translation.template import templatize

from tongxin.core import wording

ROOT = Path(__file__).resolve().parents[2]
LANGUAGES = {"zh_Hans": 1, "zh_Hant": 1, "en": 2}  # and how many plural forms each has
PLURALS = {1: "nplurals=1; plural=0;", 2: "nplurals=2; plural=(n != 1);"}
JOINT = "\u0004"
KEYWORDS: dict[str, Any] = dict(DEFAULT_KEYWORDS) | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
NAMED = re.compile(r"%\((\w+)\)[sdifr]|\{(\w*)(?:![rs])?(?::[^{}]*)?\}|(%[sd])")


@dataclass
class Message:
    """One msgid of the code: `plural` is its second English form, `where` the files that say it."""

    key: str
    plural: str = ""
    where: set[str] = field(default_factory=set)

    @property
    def context(self) -> str | None:
        return self.key.split(JOINT)[0] if JOINT in self.key else None

    @property
    def msgid(self) -> str:
        return self.key.split(JOINT)[-1]


# --- reading the code ---------------------------------------------------------------------------------------------
def sources(root: Path) -> Iterator[Path]:
    """Python and templates of the product, migrations aside; and the sentences of the permission matrix."""
    if (matrix := root / "tongxin" / "matrix.toml").exists():
        yield matrix
    for path in sorted((root / "tongxin").rglob("*")):
        if "migrations" not in path.parts if path.suffix == ".py" else is_template(path):
            yield path


def is_template(path: Path) -> bool:
    return "templates" in path.parts and path.suffix in {".html", ".txt", ".xml", ".svg"}


def said_in(path: Path) -> Iterator[Message]:
    """The messages of one file; raises SyntaxError when it cannot be read."""
    text = path.read_text("utf-8")
    if path.suffix == ".toml":
        yield from (Message(sentence) for sentence in sentences(text))
        return
    if path.suffix != ".py":
        # In brackets, because Python's own tokenizer would trip over the indentation that templates have.
        text = f"(\n{templatize(text)}\n)"
    elif "_(" not in text and "gettext" not in text:
        return
    try:
        for _line, found, _comments, context in extract("python", BytesIO(text.encode()), KEYWORDS, (), {}):
            singular, plural = (found[0], found[1]) if isinstance(found, tuple) else (found, "")
            if singular:
                yield Message(f"{context}{JOINT}{singular}" if context else singular, plural or "")
    except tokenize.TokenError as error:
        raise SyntaxError(str(error)) from error


def sentences(text: str) -> Iterator[str]:
    """What the matrix says to people: of its relations, rights and doors."""
    try:
        matrix = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SyntaxError(str(error)) from error
    yield from (*matrix.get("relation", {}).values(), *matrix.get("means", {}).values())
    for audience in ("open", "login", "door"):
        for line in (line for lines in matrix.get(audience, {}).values() for line in lines.values()):
            yield from (line[key] for key in ("does", "because") if line.get(key))


def said(root: Path = ROOT, faults: list[str] | None = None) -> dict[str, Message]:
    """Every message of the code. A file that cannot be read goes to `faults`, for somebody may be writing it."""
    messages: dict[str, Message] = {}
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        try:
            for found in said_in(path):
                message = messages.setdefault(found.key, found)
                message.plural = message.plural or found.plural
                message.where.add(name)
        except SyntaxError as error:
            if faults is not None:
                faults.append(f"{name}: cannot be read: {error}")
    return messages


# --- the .po files ------------------------------------------------------------------------------------------------
def po(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def load(root: Path, language: str) -> dict[str, str]:
    """Key -> text; of a plural entry its last form."""
    path = po(root, language)
    if not path.exists():
        return {}
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=language, abort_invalid=True)
    texts: dict[str, str] = {}
    for entry in catalogue:
        if entry.id:
            msgid = entry.id[0] if isinstance(entry.id, (list, tuple)) else entry.id
            text = entry.string[-1] if isinstance(entry.string, (list, tuple)) else entry.string
            texts[f"{entry.context}{JOINT}{msgid}" if entry.context else msgid] = text or ""
    return texts


def forms(message: Message, text: str, language: str) -> list[str]:
    """What stands in msgstr[0], msgstr[1]…"""
    return [message.msgid, text] if LANGUAGES[language] == 2 else [text]


def save(root: Path, language: str, texts: Mapping[str, str], messages: Mapping[str, Message]) -> None:
    """Write the .po: sorted, one line a text, without line numbers or dates, so that merges are calm."""
    out = [
        'msgid ""\nmsgstr ""\n'
        f'"Language: {language}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {PLURALS[LANGUAGES[language]]}\\n"\n'
    ]
    for key in sorted(texts, key=lambda key: (key.split(JOINT)[-1], key)):
        message = messages.get(key) or Message(key)
        lines = [f"msgctxt {normalize(message.context, width=0)}"] if message.context else []
        lines.append(f"msgid {normalize(message.msgid, width=0)}")
        if message.plural:
            lines.append(f"msgid_plural {normalize(message.plural, width=0)}")
            for number, text in enumerate(forms(message, texts[key], language)):
                lines.append(f"msgstr[{number}] {normalize(text, width=0)}")
        else:
            lines.append(f"msgstr {normalize(texts[key], width=0)}")
        out.append("\n".join(lines) + "\n")
    replace(po(root, language), "\n".join(out).encode())


def replace(path: Path, content: bytes) -> None:
    """Whole or not at all: somebody may be reading it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}.new")
    beside.write_bytes(content)
    os.replace(beside, path)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One writer at a time."""
    folder = os.open(root / "locale", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# --- the verbs ----------------------------------------------------------------------------------------------------
def singular_keys(texts: Mapping[str, str], messages: Mapping[str, Message]) -> dict[str, str]:
    """Texts given for a plural msgid belong to the entry of its singular."""
    of_plural = {
        (f"{message.context}{JOINT}{message.plural}" if message.context else message.plural): key
        for key, message in messages.items()
        if message.plural
    }
    given = {of_plural[key]: text for key, text in texts.items() if key in of_plural and key not in messages}
    return given | {key: text for key, text in texts.items() if key in messages or key not in of_plural}


def traditional(root: Path, simplified: Mapping[str, str]) -> dict[str, str] | None:
    """zh_Hant by rule, with the texts a person has put right; None where opencc is not installed."""
    try:
        from opencc import OpenCC
    except ImportError:
        return None
    reviewed_file = root / "locale" / "zh_Hant" / "reviewed.json"
    reviewed = json.loads(reviewed_file.read_text("utf-8")) if reviewed_file.exists() else {}
    convert = OpenCC("s2t").convert
    return {key: reviewed.get(key) or convert(text) for key, text in simplified.items() if text}


def english(messages: Mapping[str, Message], simplified: Mapping[str, str]) -> dict[str, str]:
    """The msgids are the English; of a plural the second form is kept."""
    keys = simplified.keys() | messages.keys()
    return {key: (messages.get(key) or Message(key)).plural or key.split(JOINT)[-1] for key in keys}


def fill(root: Path = ROOT) -> None:
    """Write zh_Hans anew in its order, and what follows from it."""
    messages = said(root)
    simplified = singular_keys(load(root, "zh_Hans"), messages)
    save(root, "zh_Hans", simplified, messages)
    if (hant := traditional(root, simplified)) is not None:
        save(root, "zh_Hant", hant, messages)
    save(root, "en", english(messages, simplified), messages)


def put(texts: Mapping[str, str], language: str = "zh_Hans", root: Path = ROOT) -> None:
    """Merge texts into a catalogue. For zh_Hant they are what a person has reviewed, and outlast `fill`."""
    with alone(root):
        if language == "zh_Hant":
            path = root / "locale" / "zh_Hant" / "reviewed.json"
            reviewed = (json.loads(path.read_text("utf-8")) if path.exists() else {}) | dict(texts)
            replace(path, (json.dumps(reviewed, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
        else:
            messages = said(root)
            save(root, language, load(root, language) | singular_keys(texts, messages), messages)
        fill(root)
        compile_all(root)


def prune(root: Path = ROOT) -> list[str]:
    """Drop what no code says any more; returns the dropped keys."""
    with alone(root):
        faults: list[str] = []
        messages = said(root, faults)
        if faults:
            raise SystemExit("\n".join(faults))
        texts = singular_keys(load(root, "zh_Hans"), messages)
        gone = sorted(texts.keys() - messages.keys())
        save(root, "zh_Hans", {key: text for key, text in texts.items() if key in messages}, messages)
        fill(root)
        compile_all(root)
    return gone


def compile_all(root: Path = ROOT) -> int:
    """Write each .mo beside its .po; returns how many texts there are in all."""
    count = 0
    for language in LANGUAGES:
        path = po(root, language)
        if not path.exists():
            continue
        with path.open("rb") as stream:
            catalogue: Catalog = read_po(stream, locale=language, abort_invalid=True)
        out = BytesIO()
        write_mo(out, catalogue)
        replace(path.with_suffix(".mo"), out.getvalue())
        count += len(catalogue)
    return count


def missing(root: Path = ROOT) -> dict[str, str]:
    texts = singular_keys(load(root, "zh_Hans"), messages := said(root))
    return {key: "" for key in sorted(messages) if not texts.get(key)}


def places(text: str) -> list[str]:
    """The placeholders of a text, in a fixed order."""
    return sorted({"".join(found) for found in NAMED.findall(text.replace("%%", ""))})


def findings(root: Path = ROOT) -> list[str]:
    """All that is wrong, one line each."""
    found: list[str] = []
    messages = said(root, found)
    simplified = singular_keys(load(root, "zh_Hans"), messages)
    hant, en = load(root, "zh_Hant"), load(root, "en")
    for key, message in sorted(messages.items()):
        where = sorted(message.where)[0]
        text = simplified.get(key, "")
        if wording.CJK.search(message.msgid):
            found.append(f"{where}: a msgid is short English, its Chinese stands in the catalogue: {message.msgid!r}")
        if not text or (text == message.msgid and wording.english_words(text)):
            found.append(f"{where}: no Chinese: {message.msgid!r}")
            continue
        found += [
            f"{where}: no {name}: {message.msgid!r}" for name, of in (("zh_Hant", hant), ("en", en)) if not of.get(key)
        ]
        for given in (text, hant.get(key, text)):
            if places(given) != places(message.plural or message.msgid):
                found.append(f"{where}: placeholders differ: {message.msgid!r} -> {given!r}")
    if (wanted := traditional(root, simplified)) is not None:
        stale = [key for key in messages if hant.get(key) and hant[key] != wanted.get(key)]
        found += [f"locale/zh_Hant: stale, run `fill`: {key.split(JOINT)[-1]!r}" for key in sorted(stale)]
    silent = wording.attribute_blocks(root)
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        if path.suffix == ".toml":
            continue
        with suppress(SyntaxError):
            found += [f"{name}:{line}: {what}" for line, what in wording.bare(path, silent)]
            if wording.is_resident(name):
                texts = [simplified.get(message.key, "") for message in said_in(path)] if path.suffix != ".py" else []
                found += [f"{name}: {what}" for text in texts for what in wording.office_words(text)]
    for path in sorted((root / "tongxin").rglob("*.js")):
        if "vendor" not in path.parts:
            name = path.relative_to(root).as_posix()
            found += [f"{name}:{line}: {what}" for line, what in wording.bare_script(path.read_text("utf-8"))]
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tongxin.core.catalogue", description=__doc__.splitlines()[0])
    parser.add_argument("verb", choices=["extract", "set", "fill", "compile", "check", "prune"])
    parser.add_argument("language", nargs="?", default="zh_Hans", choices=list(LANGUAGES))
    asked = parser.parse_args(argv)
    if asked.verb == "extract":
        print(json.dumps(missing(), ensure_ascii=False, indent=1))
    elif asked.verb == "set":
        texts = json.load(sys.stdin)
        if not all(isinstance(key, str) and isinstance(text, str) for key, text in texts.items()):
            parser.error("expected an object of texts: {msgid: 中文}")
        put(texts, asked.language)
        unsaid = sorted(set(texts) - set(said()))
        print(f"{len(texts)} texts set in {asked.language}" + (f"; not in the code yet: {unsaid}" if unsaid else ""))
    elif asked.verb == "fill":
        with alone(ROOT):
            fill()
            compile_all()
    elif asked.verb == "compile":
        with alone(ROOT):
            print(f"{compile_all()} texts compiled")
    elif asked.verb == "prune":
        print("\n".join(prune()) or "nothing to drop")
    elif found := findings():
        print("\n".join(found))
        print(f"{len(found)} findings; `extract` prints what has no Chinese, ready for `set`")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
