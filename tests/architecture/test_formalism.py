"""Against formalism: no check-ins, rankings of people, counts of log-ins or minutes, tracks, forced photos, quotas.

These are the cases named by the State Council's notice on apps at the grass roots: such features must not exist, not
even switched off. Names, routes, msgids and Chinese are read; comments and docstrings may say what we do not do. What
only sounds like one stands in `formalism_allowed.txt` with its reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongxin.core import catalogue

from .tree import ROOT, nothing, parsed, plant, python, templates

BANNED = {
    "check-in": (
        r"\bcheck[ _-]?ins?\b|\bchecked[ _-]in\b|\bpunch(?:es|ed)?\b|\bclock[ _-]?in\b|\battendance[ _-]streak",
        r"签到|打卡",
    ),
    "ranking": (
        r"\brank(?:ing|ings|ed|s)?\b|\bleader[ _-]?board|\btop[ _-]?(?:staff|workers)\b",
        r"排名|排行|名次|末位|光荣榜|红黑榜",
    ),
    "counting log-ins": (
        r"\blog[ _-]?ins?[ _-]?(?:count|counts|total|days|number)\b|\bnumber[ _-]of[ _-]log",
        r"登录(?:次数|天数|率)|活跃度",
    ),
    "online minutes": (
        r"\bonline[ _-]?(?:minutes|time|seconds|duration|hours)\b|\btime[ _-]online\b",
        r"在线时长|在线时间|学习时长",
    ),
    "counting steps": (r"\bstep[ _-]counts?\b|\bpedometer\b", r"步数"),
    "tracks": (
        r"\bgps[ _-]?(?:trail|track|tracks|trace)\b|\bwatch[ _]?position\b|\blocation[ _-](?:trail|history)\b",
        r"轨迹|巡更",
    ),
    "forced photo": (
        r"\b(?:forced?|required|mandatory|must[ _-]have)[ _-]photos?\b|\bphotos?[ _-](?:is[ _-])?required\b",
        r"必须(?:拍照|上传照片|传照片)|请先拍照|照片必填",
    ),
    "quota": (r"\bquotas?\b|\breport[ _-]targets?\b", r"指标任务|上报任务数|每月至少上报"),
    "chasing readers": (r"\bread[ _-]receipts?\b|\bunread[ _-]by\b", r"已读未读|已读名单|未读名单"),
}
PATTERNS = {kind: re.compile("|".join(patterns), re.IGNORECASE) for kind, patterns in BANNED.items()}
ALLOWED = Path(__file__).with_name("formalism_allowed.txt")


def spoken(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Names and strings of a module, docstrings aside."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for field in ("name", "id", "attr", "arg", "module"):
            if isinstance(value := getattr(node, field, None), str):
                yield line, value
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield line, node.value


def forced_files(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """A file field of a form that says not `required=False`: a photo may be given, never asked for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            of_form = getattr(getattr(node.func, "value", None), "id", "forms") == "forms"
            if of_form and name in {"FileField", "ImageField", "MultipleFileField"}:
                given = {word.arg: getattr(word.value, "value", True) for word in node.keywords}
                if given.get("required", True) and "upload_to" not in given:
                    yield node.lineno, f"{name} without required=False"


def banned_in(text: str) -> list[str]:
    """The kinds that a text sounds like; `gps_trail`, `gpsTrail` and `gps trail` are the same."""
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text).replace("_", " ")
    return [kind for kind, pattern in PATTERNS.items() if pattern.search(plain)]


def faults(root: Path) -> list[str]:
    found: list[str] = []
    for name, path in python(root):
        if name == "tongxin/core/wording.py":
            continue
        tree = parsed(path)
        found += [f"{name}:{line}: {kind}: {text[:60]!r}" for line, text in spoken(tree) for kind in banned_in(text)]
        found += [f"{name}:{line}: forced photo: {what}" for line, what in forced_files(tree)]
    for name, text in templates(root):
        said = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.S)
        found += [f"{name}: {kind}" for kind in banned_in(said)]
        for tag in re.findall(r"<input\b[^>]*>", said):
            if re.search(r"type=[\"']?file", tag) and re.search(r"\srequired\b", tag):
                found.append(f"{name}: forced photo: {tag[:60]}")
    for path in sorted((root / "tongxin").rglob("*.js")):
        said = re.sub(r"/\*.*?\*/|(?m:(?:^|\s)//.*$)", "", path.read_text("utf-8"), flags=re.S)
        found += [f"{path.relative_to(root)}: {kind}" for kind in banned_in(said)]
    for msgid, chinese in catalogue.load(root, "zh_Hans").items():
        found += [f"locale: {kind}: {msgid!r} -> {chinese!r}" for kind in {*banned_in(msgid), *banned_in(chinese)}]
    return sorted(set(found))


def names(part: str, fault: str) -> bool:
    """Whether an allowance means this finding; line numbers move and do not count."""
    return part in re.sub(r":\d+", "", fault)


def allowed() -> dict[str, str]:
    """{a part of the finding, without its line: reason}."""
    lines = ALLOWED.read_text("utf-8").splitlines() if ALLOWED.exists() else []
    return dict(line.split(" | ", 1) for line in lines if line and not line.startswith("#"))


def test_the_product_asks_nobody_for_a_show():
    nothing([fault for fault in faults(ROOT) if not any(names(part, fault) for part in allowed())])


def test_each_allowance_is_still_needed_and_has_its_reason():
    found = faults(ROOT)
    idle = [
        part
        for part, reason in allowed().items()
        if not reason.strip() or not any(names(part, fault) for fault in found)
    ]
    nothing(idle)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tongxin/people/models.py", "class A:\n    login_count = 1"),
        ("tongxin/people/models.py", "online_minutes = 1"),
        ("tongxin/people/models.py", "class GpsTrail: ..."),
        ("tongxin/issues/urls.py", "path('leaderboard/', view)"),
        ("tongxin/issues/urls.py", "path('grid/check-in/', view)"),
        ("tongxin/issues/models.py", "title = _('Ranking of grid workers')"),
        ("tongxin/issues/forms.py", "photo = forms.ImageField()"),
        ("tongxin/issues/templates/issues/a.html", "<p>今日打卡</p>"),
        ("tongxin/issues/templates/issues/a.html", '<input type="file" name="photo" required>'),
        ("tongxin/static/a.js", "navigator.geolocation.watchPosition(send)"),
        ("locale/zh_Hans/LC_MESSAGES/django.po", 'msgid "Best"\nmsgstr "积分排名"\n'),
    ],
)
def test_a_planted_show_is_found(tmp_path, name, text):
    assert faults(plant(tmp_path, {name: text}))


@pytest.mark.parametrize(
    "text",
    [
        '"""No check-ins, no rankings."""',
        "# nobody is ranked here\na = 1",
        "photo = forms.ImageField(required=False)",
        "self.check(instance)",
        "franking = 'frank'",
    ],
)
def test_what_is_no_show_is_let_through(tmp_path, text):
    assert faults(plant(tmp_path, {"tongxin/issues/forms.py": text})) == []
