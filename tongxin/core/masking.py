"""Hiding personal numbers and names, and finding numbers that somebody wrote into free text. Pure.

A finder is for warning and for logs; it errs on the side of hiding.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["phone", "landline", "identity", "card"]

# compound surnames, two characters each
_SURNAMES: Final = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空令狐百里呼延东郭西门南门拓跋第五"
)
_COMPOUND: Final = frozenset(_SURNAMES[i : i + 2] for i in range(0, len(_SURNAMES), 2))
_CHINESE: Final = dict(zip("〇零一二三四五六七八九幺○", "0012345678910", strict=True))
_NUMERAL: Final = f"[{''.join(_CHINESE)}]"
_NAME_BEFORE: Final = {
    n: re.compile(rf"(?<=[\u4e00-\u9fff])(?<!{_NUMERAL}){_NUMERAL}{{{n}}}(?={_NUMERAL})") for n in (1, 2)
}
_SEPARATORS: Final = frozenset("-‐‑‒–—―−－_.·・,，、/()（）")


@dataclass(frozen=True)
class Finding:
    """A number at `text[start:end]`."""

    kind: Kind
    start: int
    end: int


# --- hiding what is known ---------------------------------------------------------------------------------------
def phone(text: str) -> str:
    """138****5678. A landline keeps three in front and two at the end; what is shorter keeps two."""
    digits = _plain(text)
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}****{digits[-4:]}"
    return _middle(digits, 3, 2) if len(digits) >= 10 else _middle(digits, 0, 2)


def identity(text: str) -> str:
    """6201************34: the prefecture and two digits; never the birthday, never the last four."""
    return _middle(_plain(text), 4, 2)


def card(text: str) -> str:
    """************0123: the last four, as banks print them."""
    return _middle(_plain(text), 0, 4)


def surname_only(text: str) -> str:
    """张三丰 is 张**, 欧阳娜娜 is 欧阳**, 阿依古丽·买买提 is 阿*******; a name in letters keeps its first letter."""
    name_ = text.strip()
    keep = 2 if len(name_) > 2 and name_[:2] in _COMPOUND else 1
    return name_[:keep] + "*" * (len(name_) - keep)


name = surname_only


def _middle(text: str, front: int, back: int) -> str:
    """Stars in the middle; all stars when less than half would be hidden."""
    if 2 * (front + back) > len(text):
        return "*" * len(text)
    return text[:front] + "*" * (len(text) - front - back) + text[len(text) - back :]


def _plain(text: str) -> str:
    return "".join(ch for ch in unicodedata.normalize("NFKC", text).upper() if ch.isalnum())


# --- finding what was written -----------------------------------------------------------------------------------
def _run(*digits: str) -> str:
    """Digit classes in a row, with up to three separators (blanks, after `_level`) between them."""
    return " {0,3}".join(digits)


_D: Final = r"\d"
_MONTH: Final = f"(?:{_run('0', '[1-9]')}|{_run('1', '[0-2]')})"
_DAY: Final = f"(?:{_run('0', '[1-9]')}|{_run('[12]', _D)}|{_run('3', '[01]')})"
_MONTH_DAY: Final = f"{_MONTH} {{0,3}}{_DAY}"
_YEAR: Final = f"(?:{_run('1', '[89]')}|{_run('2', '0')}) {{0,3}}{_run(_D, _D)}"
_AREA: Final = _run("[1-9]", _D, _D, _D, _D, _D)
_TAIL: Final = _run(_D, _D, _D)
_PATTERN: Final = re.compile(
    r"(?<!\d)(?:"
    rf"(?P<identity>{_AREA} {{0,3}}{_YEAR} {{0,3}}{_MONTH_DAY} {{0,3}}{_TAIL} {{0,3}}[\dX]"
    rf"|{_AREA} {{0,3}}{_run(_D, _D)} {{0,3}}{_MONTH_DAY} {{0,3}}{_TAIL}(?! ?\d))"
    rf"|(?P<card>[3-69](?: {{0,3}}\d){{15,18}})"
    rf"|(?P<phone>(?:\+?{_run('8', '6')} {{0,3}}|{_run('0', '0', '8', '6')} {{0,3}})?{_run('1', '[3-9]', *[_D] * 9)})"
    rf"|(?P<landline>0 {{0,3}}[1-9](?: {{0,3}}\d){{1,2}} {{0,3}}[2-8](?: {{0,3}}\d){{6,7}})"
    r")(?!\d)"
)


def findings(text: str, keep: Collection[str] = ()) -> list[Finding]:
    """Telephones of eleven digits, landlines, identity numbers (15, 18), cards (16 to 19) in `text`, left to right.

    Sees through full-width and Chinese digits, blanks, dashes and invisible characters between the digits.

    Args:
        keep: public numbers (the village's telephone) that are no finding, as digits.
    """
    found: list[Finding] = []
    public = {_plain(number) for number in keep}
    for level in _readings(text):
        for match in _PATTERN.finditer(level):
            start, end = match.span()
            taken = any(f.start < end and start < f.end for f in found)
            if not taken and match.group().replace(" ", "") not in public:
                found.append(Finding(match.lastgroup, start, end))  # type: ignore[arg-type]
    return sorted(found, key=lambda f: f.start)


def scrub(text: str, keep: Collection[str] = ()) -> str:
    """The text with every finding masked."""
    hide = {"phone": phone, "landline": phone, "identity": identity, "card": card}
    for _ in range(4):  # again, in case what is left over joins with a neighbour to a new number
        found = findings(text, keep)
        for finding in reversed(found):
            plain = "".join(_level(ch, True) for ch in text[finding.start : finding.end]).replace(" ", "")
            text = text[: finding.start] + hide[finding.kind](plain) + text[finding.end :]
        if not found:
            return text
    # nobody writes like this: a heap of digits laid out to slip through
    return "".join("*" if _level(ch, True).isdigit() else ch for ch in text)


def _readings(text: str) -> Iterator[str]:
    """Levelled, with 三 as a letter (张三138…), as a digit (一三八…), as a name before digits (张三一三八…)."""
    yield "".join(_level(ch, False) for ch in text)
    if not _CHINESE.keys().isdisjoint(text):
        for cut in range(3):
            apart = _NAME_BEFORE[cut].sub(lambda match: " " * len(match.group()), text) if cut else text
            yield "".join(_level(ch, True) for ch in apart)


def _level(ch: str, chinese: bool) -> str:
    """One character for one character: digits in all scripts to ASCII, separators and invisibles to a blank."""
    if ch.isascii():
        return " " if ch in _SEPARATORS or ch.isspace() else ch.upper()
    if chinese and ch in _CHINESE:
        return _CHINESE[ch]
    value = unicodedata.digit(ch, None)
    if value is not None:
        return str(value)
    if ch in _SEPARATORS or ch.isspace() or unicodedata.category(ch) in {"Cf", "Mn"}:
        return " "
    plain = unicodedata.normalize("NFKC", ch).upper()
    return plain if len(plain) == 1 else ch
