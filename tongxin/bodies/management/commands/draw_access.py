"""Draw docs/access.md from the permission matrix, or say with --check that it is stale."""

from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext, override

from tongxin.bodies.roles import Role
from tongxin.core import matrix
from tongxin.core.matrix import Door, Right

HEAD = """# 谁能打开什么 · Access

这一页是画出来的，不要手改：`python manage.py draw_access`。网页的大门、各处的权限、测试用的都是同一张表，
`tongxin/matrix.toml`；改了表不改这一页，检查就过不了。
Drawn from `tongxin/matrix.toml`, which the gate, every right and the tests read; do not edit.

怎么看：● 可以；◐ 看关系，关系写在权限表里；空着就是不可以。没登录的人去登录；在本村没有岗位的人（外村的、
任期满了的、还没到任的）只得到“没有这一页”，不告诉他有没有；有岗位但轮不到的人得到“不归您看”。别村的东西，
谁来都是“没有这一页”。说的就是本人（投诉本人所任的岗位）的事，什么关系都不算，一个字也看不到。
岗位从任职登记来，任期一到，权限当天就没有了。
● may; ◐ depends on the relation, see the rights; empty may not. Who is not logged in is sent to the log-in; who holds
no post in this village today finds nothing there (404); whose post is another one is refused (403).
"""
EITHER = {"ground", "elsewhere"}  # one of the two is always true
STATES = {"current", "coded"}  # how the thing is, whoever asks
METHODS = {"GET": "看 GET", "POST": "办 POST"}
APPS = {
    "accounts": "账号 accounts",
    "bodies": "组织 bodies",
    "core": "公用 core",
    "issues": "事项 issues",
    "people": "户和人 people",
    "reports": "村情报告 reports",
    "territory": "小组网格地点 territory",
}


def row(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(head: list[str], rows: Iterable[list[str]]) -> Iterator[str]:
    yield row(head)
    yield "|" + "---|" * len(head)
    yield from (row(cells) for cells in rows)
    yield ""


def columns() -> list[Role]:
    """The roles that have any right, in their order."""
    return [role for role in Role if any(role in right.roles for right in matrix.whole().rights.values())]


def marks(roles: Iterable[str], sometimes: Iterable[str] = ()) -> list[str]:
    """The columns of a line: whoever comes, then each role."""
    always, now_and_then = set(roles), set(sometimes)
    if matrix.EVERYBODY in always:
        return ["●"] * (len(columns()) + 1)
    first = "●" if matrix.STRANGER in always else ""
    return [first, *("●" if role in always else "◐" if role in now_and_then else "" for role in columns())]


# --- rights -------------------------------------------------------------------------------------------------------
def rights() -> Iterator[list[str]]:
    """A line for each right; of one that depends on the relation a line for each; of one like another what differs."""
    whole = matrix.whole()
    for name, right in whole.rights.items():
        lines: list[list[str]] = []
        if right.like:
            lines.append([f"同“{gettext(whole.means[right.like])}”，还有 and:", *marks(())])
        lines += [
            [f"除外，谁都不行 never: {gettext(whole.relations[relation])}", *marks(())]
            for relation in sorted(right.never)
        ]
        known = whole.rights[right.like].by if right.like else {}
        lines += [
            [gettext(whole.relations.get(relation, "")), *marks(roles)]
            for relation, roles in right.by.items()
            if known.get(relation) != roles
        ]
        for i, line in enumerate(lines):
            yield ["" if i else f"{gettext(whole.means[name])} `{name}`", *line]


# --- doors --------------------------------------------------------------------------------------------------------
def address(door: Door, places: dict[str, str]) -> str:
    return f"`/{places.get(door.name, '')}`"


def open_lines(audience: str, places: dict[str, str]) -> Iterator[list[str]]:
    for door in matrix.whole().doors.values():
        if door.audience == audience:
            methods = "、".join(METHODS[method] for method in door.methods)
            yield [gettext(door.does), address(door, places), methods, gettext(door.because)]


def post_lines(app: str, places: dict[str, str]) -> Iterator[list[str]]:
    for door in matrix.whole().doors.values():
        if door.audience != "door" or door.name.partition(":")[0] != app:
            continue
        title, at = gettext(door.does), address(door, places)
        for right, methods in _together(door):
            always, sometimes = _who(right, door)
            way = "、".join(METHODS[method] for method in methods)
            yield [title, at, way, f"`{right.name}`", *marks(always, sometimes)[1:]]
            title = at = ""


def _together(door: Door) -> list[tuple[Right, list[str]]]:
    """The methods that share a right on one line."""
    found: list[tuple[Right, list[str]]] = []
    for method, right in door.methods.items():
        if found and found[-1][0] == right:
            found[-1][1].append(method)
        else:
            found.append((right, [method]))
    return found


def _who(right: Right, door: Door) -> tuple[frozenset[str], frozenset[str]]:
    """(whatever the relation, in some relation only), as far as what the address names is seen at all."""
    roles, sight = right.roles, door.sees
    depends = bool(right.relations - STATES) or bool(sight and sight.relations - STATES)
    if not depends:
        return roles, frozenset()
    if right.relations == EITHER:
        return frozenset.intersection(*right.by.values()), roles
    return frozenset(), roles


def draw() -> str:
    places = {name: str(entry.pattern) for name, entry in matrix.routes()}
    names = ["谁都行 anybody", *(str(role.label) for role in columns())]
    lines = [HEAD, "## 权限 · Rights", ""]
    lines += table(["权限 right", "什么关系 relation", *names], rights())
    lines += ["## 对所有人开的门 · Open to everybody", ""]
    lines += table(["做什么 does", "地址 address", "方式", "为什么开 because"], open_lines("open", places))
    lines += ["## 登录就能开的门 · Open to any log-in", ""]
    lines += table(["做什么 does", "地址 address", "方式", "为什么开 because"], open_lines("login", places))
    lines += ["## 任职的人开的门 · For posts", ""]
    for app in sorted({door.name.partition(":")[0] for door in matrix.whole().doors.values()}):
        if found := list(post_lines(app, places)):
            lines += [f"### {APPS.get(app, app)}", ""]
            lines += table(["做什么 does", "地址 address", "方式", "权限 right", *names[1:]], found)
    return "\n".join(lines).rstrip() + "\n"


class Command(BaseCommand):
    help = "Draw docs/access.md from the permission matrix."
    requires_system_checks = []  # it looks at the matrix and the routes only

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.ROOT) / "docs" / "access.md"
        with override("zh-hans"):
            drawn = draw()
        if options["check"]:
            if not page.exists() or page.read_text("utf-8") != drawn:
                raise CommandError("docs/access.md is stale: python manage.py draw_access")
        else:
            page.write_text(drawn, "utf-8")
            self.stdout.write(f"{page.name}: {len(matrix.whole().doors)} doors")
