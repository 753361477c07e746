"""What a reader would meet in the wrong words: bare text outside the catalogue, office words on a resident's page.

Reads files only; `core.catalogue check` asks it.
"""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
WORD = re.compile(r"[A-Za-z][A-Za-z'-]+")
# Names that are the same in every language, and the letters of formats.
SAME_EVERYWHERE = {
    "QR",
    "PDF",
    "Excel",
    "XLSX",
    "CSV",
    "JSON",
    "JPEG",
    "PNG",
    "SHA",
    "WeChat",
    "Tongxin",
    "DOCTYPE",
    "html",
}
# Chinese office words a resident need not know (the voice: like a reliable neighbour).
OFFICE_WORDS = (
    *("提交申请", "受理", "流转", "工单", "闭环", "赋能", "抓手", "节点"),
    *("上传附件", "系统异常", "参数错误", "登录超时", "用户不存在", "敬请谅解"),
)
RESIDENT_TEMPLATES = (
    "tongxin/*/templates/*/resident*.html",
    "tongxin/*/templates/*/_resident*.html",
    "tongxin/templates/resident*.html",
)
# Attributes that are read or heard.
SPOKEN = {"alt", "title", "placeholder", "aria-label", "aria-description", "label", "data-say", "data-label"}
# Rooms whose texts reach a reader. Data of the law, of numbers or of the demonstration village is Chinese by nature.
SPEAKING_ROOMS = {
    "models",
    "queries",
    "access",
    "workflow",
    "actions",
    "forms",
    "views",
    "roles",
    "middleware",
    "errors",
}
LITERAL = re.compile(r"""_\(\s*(?:"[^"]*"|'[^']*')\s*\)|("[^"]*"|'[^']*')""")
ATTRIBUTES = re.compile(r"""\s*(?:[\w-]+=(?:"[^"]*"|'[^']*')\s*)+""")  # a fragment that stands inside a tag
IN_ATTRIBUTE = re.compile(r"""=(?:"[^"<>]*|'[^'<>]*){%\s*block\s+(\w+)""")
SLUG = re.compile(r"[a-z0-9_-]+")  # a name for the machine, not a word for a reader
DEFAULT = re.compile(r"""\|default(?:_if_none)?:("[^"]*"|'[^']*')|\|yesno:("[^"]*"|'[^']*')""")


def english_words(text: str) -> list[str]:
    return [word for word in WORD.findall(text) if word not in SAME_EVERYWHERE and len(word) > 1]


def is_resident(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in RESIDENT_TEMPLATES)


def office_words(text: str) -> list[str]:
    return [f"an office word on a resident's page: {word} in {text!r}" for word in OFFICE_WORDS if word in text]


class _Text(HTMLParser):
    """Collects text nodes and spoken attributes. `translate="no"` marks an element that is the same everywhere."""

    VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if not self.silent:
            for name, value in attrs:
                spoken = name in SPOKEN or (name == "content" and given.get("name") == "description")
                spoken = spoken or (name == "value" and given.get("type") in {"submit", "button"})
                if spoken and value:
                    self.found.append((self.getpos()[0], value))
        if tag not in self.VOID and (self.silent or given.get("translate") == "no" or tag in {"style", "script"}):
            self.silent.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.found.append((self.getpos()[0], " ".join(data.split())))


def attribute_blocks(root: Path) -> frozenset[str]:
    """The names of blocks that stand inside an attribute of a base page: what fills them is a class name, not text."""
    texts = (path.read_text("utf-8") for path in (root / "tongxin").rglob("*.html"))
    names = frozenset(name for text in texts for name in IN_ATTRIBUTE.findall(text))
    return names | {"page", "margin"}  # what `print.html` puts into @page


def bare_template(text: str, silent: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    """Lines of a template that say something without the catalogue; the blocks named `silent` are let through."""
    kept: list[str] = []
    inside = ""  # the tag whose end we wait for
    for token in Lexer(text).tokenize():
        lines = "\n" * token.contents.count("\n")
        if inside:
            if token.token_type == TokenType.BLOCK and token.contents.split()[0] == inside:
                inside = ""
            kept.append(lines)
        elif token.token_type == TokenType.TEXT:
            kept.append(token.contents)
        elif token.token_type == TokenType.BLOCK:
            name, *rest = token.contents.split()
            if name in {"comment", "blocktranslate", "blocktrans"} or (name == "block" and silent & set(rest)):
                inside = f"end{name}"
            elif name not in {"translate", "trans"}:
                yield from _literals(token.contents, token.lineno)
            kept.append(lines)
        elif token.token_type == TokenType.VAR:
            yield from _literals(token.contents, token.lineno)
            kept.append(lines)
    said = "".join(kept)
    reader = _Text()
    reader.feed(f"<i {said}>" if ATTRIBUTES.fullmatch(said) else said)
    reader.close()
    for line, words in reader.found:
        if CJK.search(words) or english_words(words):
            yield line, f"text outside the catalogue: {words[:60]!r}"


def _literals(contents: str, line: int | None) -> Iterator[tuple[int, str]]:
    for literal in LITERAL.findall(contents):
        if CJK.search(literal):
            yield line or 0, f"text outside the catalogue: {literal[:60]}"
    for first, second in DEFAULT.findall(contents):
        if english_words(first or second) and not SLUG.fullmatch((first or second)[1:-1]):
            yield line or 0, f"text outside the catalogue: {(first or second)[:60]}"


def bare_python(text: str) -> Iterator[tuple[int, str]]:
    """Chinese in a string of a speaking room; a line that must have it says why in a comment that opens with `zh:`."""
    tree = ast.parse(text)
    lines = text.splitlines()
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in docstrings:
            continue
        if CJK.search(node.value) and "# zh:" not in lines[node.lineno - 1]:
            yield node.lineno, f"text outside the catalogue: {node.value[:60]!r}"


def bare_script(text: str) -> Iterator[tuple[int, str]]:
    """Chinese in a script: a script takes its words from the page's data attributes."""
    without = re.sub(r"/\*.*?\*/", lambda found: "\n" * found[0].count("\n"), text, flags=re.S)
    for number, line in enumerate(without.splitlines(), 1):
        if CJK.search(re.sub(r"(^|\s)//.*", "", line)):
            yield number, f"text outside the catalogue: {line.strip()[:60]!r}"


def bare(path: Path, silent: frozenset[str] = frozenset()) -> Iterator[tuple[int, str]]:
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        if "demo" not in path.parts and (
            path.stem in SPEAKING_ROOMS or path.parent.name in SPEAKING_ROOMS | {"templatetags"}
        ):
            yield from bare_python(text)
    else:
        yield from bare_template(text, silent)
