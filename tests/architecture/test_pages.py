"""Pages and sheets keep to what the policy and the oldest phone allow.

The content security policy knows neither inline styles nor handlers; the floor is Chromium 80 for the sheets and ES2017
for a resident's scripts. Fragments say what they need.
"""

import re
from pathlib import Path

import pytest

from .tree import ROOT, nothing, plant, templates

PAGE = {
    "an inline style": re.compile(r"<[a-z][^>]*\sstyle\s*="),
    "an inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*="),
    "a script without a nonce": re.compile(r"<script(?![^>]*(?:\bsrc=|nonce=))[^>]*>"),
    "a sheet without a nonce": re.compile(r"<style(?![^>]*nonce=)[^>]*>"),
    "a script address": re.compile(r"(?:href|action)=[\"']javascript:"),
    "unescaped text": re.compile(r"\|\s*safe\b|{%\s*autoescape\s+off"),
    "a foreign server": re.compile(r"(?:src|href)=[\"'](?:https?:)?//(?!www\.w3\.org)"),
}
SHEET = {
    ":has()": re.compile(r":has\("),
    "oklch()": re.compile(r"\bok(?:lch|lab)\("),
    "color-mix()": re.compile(r"\bcolor-mix\("),
    "@layer": re.compile(r"@layer\b"),
    "@container": re.compile(r"@container\b"),
    "nesting": re.compile(r"[{;]\s*&"),
    "inset": re.compile(r"(?<![\w-])inset\s*:"),
    "aspect-ratio": re.compile(r"(?<![\w(-])aspect-ratio\s*:"),
    "a foreign server": re.compile(r"url\(\s*[\"']?(?:https?:)?//|@import"),
}
SCRIPT = {
    "optional chaining": re.compile(r"[\w\])]\?\.(?!\d)"),
    "??": re.compile(r"\?\?"),
    "a private field": re.compile(r"\bthis\.#\w"),
    "replaceAll": re.compile(r"\.replaceAll\("),
    "eval": re.compile(r"\beval\(|\bnew Function\("),
    "innerHTML": re.compile(r"\.(?:innerHTML|outerHTML)\s*\+?=|insertAdjacentHTML|document\.write"),
    "a foreign server": re.compile(r"fetch\(\s*[\"'`]https?:"),
}


def flex_gap(text: str) -> list[str]:
    """Rules that set a gap on what they lay out as flex."""
    found = []
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        if re.search(r"display\s*:\s*(?:inline-)?flex", body) and re.search(
            r"(?<![\w-])(?:row-|column-)?gap\s*:", body
        ):
            found.append(f"flex gap: {selector.strip().splitlines()[-1]}")
    return found


def line_of(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def faults(root: Path) -> list[str]:
    found = []
    for name, text in templates(root):
        said = re.sub(
            r"{#.*?#}|{% comment %}.*?{% endcomment %}", lambda hit: "\n" * hit[0].count("\n"), text, flags=re.S
        )
        found += [
            f"{name}:{line_of(said, hit.start())}: {what}" for what, p in PAGE.items() for hit in p.finditer(said)
        ]
        if Path(name).name.startswith("_") and not re.match(r"\s*{# needs:", text):
            found.append(f"{name}: a fragment opens with what it needs: {{# needs: … #}}")
    for path in sorted((root / "tongxin" / "static").rglob("*")):
        patterns = {".css": SHEET, ".js": SCRIPT}.get(path.suffix)
        if not patterns or "vendor" in path.parts:
            continue
        name = path.relative_to(root).as_posix()
        text = re.sub(r"/\*.*?\*/", lambda hit: "\n" * hit[0].count("\n"), path.read_text("utf-8"), flags=re.S)
        if path.suffix == ".js":
            text = re.sub(r"(?m)(^|\s)//.*$", "", text)
        else:
            found += [f"{name}: {what}" for what in flex_gap(text)]
        found += [
            f"{name}:{line_of(text, hit.start())}: {what}" for what, p in patterns.items() for hit in p.finditer(text)
        ]
    return found


def test_every_page_keeps_to_the_policy_and_the_floor():
    nothing(faults(ROOT))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tongxin/issues/templates/issues/a.html", '<p style="color: red">'),
        ("tongxin/issues/templates/issues/a.html", '<a\n onclick="go()">'),
        ("tongxin/issues/templates/issues/a.html", "<script>go()</script>"),
        ("tongxin/issues/templates/issues/a.html", "{{ text|safe }}"),
        ("tongxin/issues/templates/issues/a.html", '<img src="https://a.example/b.png">'),
        ("tongxin/issues/templates/issues/_row.html", "<li></li>"),
        ("tongxin/static/a.css", "a:has(b) { color: red }"),
        ("tongxin/static/a.css", ".row { display: flex; gap: 1rem }"),
        ("tongxin/static/a.css", ".row { & a { color: red } }"),
        ("tongxin/static/a.js", "const a = b?.c"),
        ("tongxin/static/a.js", "box.innerHTML = text"),
    ],
)
def test_a_planted_fault_is_found(tmp_path, name, text):
    assert faults(plant(tmp_path, {name: text}))


def test_what_keeps_to_both_is_let_through(tmp_path):
    files = {
        "tongxin/issues/templates/issues/_row.html": "{# needs: issue #}<li class='cell'>{{ issue.title }}</li>",
        "tongxin/issues/templates/issues/a.html": '<script nonce="{{ n }}">a()</script><script src="a.js"></script>',
        "tongxin/static/a.css": ".grid { display: grid; gap: 1rem }\n/* :has( */",
        "tongxin/static/a.js": "// b?.c\nconst a = b ? .5 : 1;",
    }
    assert faults(plant(tmp_path, files)) == []
