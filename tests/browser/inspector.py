"""Looks at a page in the browser with every measure that stands in users.md 6, and writes down what is wrong."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

PROBE = Path(__file__).with_name("probe.js").read_text("utf-8")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_LAYOUT = ["color-contrast", "target-size", "scrollable-region-focusable"]  # what larger letters can change
AXE_RUN = """async (only) => (await axe.run(document, {runOnly: only, resultTypes: ["violations"]})).violations.map(
    (v) => v.id + ": " + v.nodes.slice(0, 2).map((n) => n.target.join(" ") + " " + (n.any[0] || n.all[0] || n.none[0] || {message: v.help}).message).join(" | "))"""
PHONE, NARROW, WIDE = 360, 320, 1280
SIZES = [1, 2, 3, 4]  # letters of 18, 21, 24 and 30 px for residents


@cache
def axe_source() -> str:
    spec = find_spec("axe_playwright_python")
    assert spec is not None and spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")


@dataclass
class Inspector:
    """One page of a browser, and what was found wrong on the way."""

    page: Page
    base: str  # the only host that may be asked for anything
    village: str
    shapes: set[str] = field(default_factory=set)  # may be shared by several inspectors
    found: list[str] = field(default_factory=list)
    looked: Counter[str] = field(default_factory=Counter)
    _noise: list[str] = field(default_factory=list)
    _axe: str = field(default_factory=axe_source)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self._noise.append(f"script error: {error}"))
        self.page.on("request", self._asked)

    def _console(self, message: ConsoleMessage) -> None:
        said_of_page = message.text.startswith("Failed to load resource") and message.location["url"] == self.page.url
        if message.type in ("error", "warning") and not said_of_page:
            self._noise.append(f"console: {message.text[:200]}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self._noise.append(f"asked another host: {request.url[:120]}")

    def visit(self, address: str) -> Response | None:
        """Open an address, forgetting what was noted before."""
        self._noise.clear()
        return self.page.goto(self.base + address)

    def look(self, where: str) -> None:
        """Measure what is open: at four sizes and three widths, and with axe at the first and third size.

        At the third size axe is asked only for what larger letters can change; names and order stay as they are.
        Axe is the dear one: it is asked once for each shape of page. What depends on a page's words is measured always.
        """
        page = self.page
        page.evaluate(PROBE)
        kind, shapes = page.evaluate("[probe.kind(), probe.shapes()]")
        self.looked[kind] += 1
        wrong = self._measure(kind, with_axe=not self.shapes.issuperset(shapes))
        self.shapes.update(shapes)
        self.found += [f"{where} [{kind}]: {line}" for line in dict.fromkeys(wrong + self._noise)]
        self._noise.clear()

    def _measure(self, kind: str, *, with_axe: bool) -> list[str]:
        page, wrong = self.page, []
        page.set_viewport_size({"width": WIDE if kind in ("desk", "sheet") else PHONE, "height": 740})
        if with_axe:
            page.evaluate(self._axe)
        for size in (1, 3) if kind != "print" else (1,):
            page.evaluate("size => probe.show(size)", size)
            wrong += self._said(f"size {size}", page.evaluate("a => probe.measure(a[0], a[1])", [size, self.village]))
            if with_axe:
                # what lies under the fixed bar of tabs is measured as obscured: at the end of the page nothing does
                page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
                wrong += self._said(f"axe, size {size}", page.evaluate(AXE_RUN, AXE_TAGS if size == 1 else AXE_LAYOUT))
        page.evaluate("probe.show(4, true)")
        wrong += self._said("size 4, simple", page.evaluate("a => probe.measure(a[0], a[1])", [4, self.village]))
        if kind != "print":
            for width in (NARROW, PHONE, WIDE):
                page.set_viewport_size({"width": width, "height": 740})
                wrong += self._said(f"{width} px wide", page.evaluate("s => probe.widths(s)", SIZES))
        return wrong

    @staticmethod
    def _said(how: str, findings: list[Any]) -> list[str]:
        return [f"{how}: {finding}" for finding in findings]
