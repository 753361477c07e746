"""What lies in the repository is the product's alone: no package server, no path of somebody's machine, no key."""

import re
from pathlib import Path

import pytest

from .tree import ROOT, nothing, plant, tracked

# Split, so that this file does not find itself.
HOSTS = (
    r"\b(?:pypi\.org|files\.pythonhost"
    r"ed\.org|registry\.npmjs|npmmirror|mirrors\.(?:aliyun|ustc|tuna|cloud)|tuna\.tsinghua)"
)
EVERYWHERE = {
    "a package server": re.compile(HOSTS),
    "a package server's address": re.compile(r"--(?:extra-)?index-url[= ]h|find-links[= ][/h]"),
    "somebody's home": re.compile(r"(?<![\w.])/(?:home|Users|root)/\w"),
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]+ )?PRIVATE" r" KEY-----"),
}
IN_DOCUMENTS = {"a temporary folder": re.compile(r"(?<![\w.])/tmp/\w")}
TEXT = {
    ".md",
    ".py",
    ".txt",
    ".in",
    ".toml",
    ".html",
    ".css",
    ".js",
    ".json",
    ".po",
    ".sh",
    ".cfg",
    ".yml",
    ".yaml",
    "",
}
# Secrets by their shape: what services hand out, addresses with a password, and long random texts under a telling name.
SECRET = re.compile(
    r"AKIA[0-9A-Z]{16}|LTAI[0-9A-Za-z]{12,}|AKID[0-9A-Za-z]{28,}|gh[pousr]_[0-9A-Za-z]{30,}|glpat-[0-9A-Za-z_-]{20}|"
    r"xox[abprs]-[0-9A-Za-z-]{10,}|sk-[0-9A-Za-z]{32,}|eyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.|"
    r"\w+://[^\s:@/'\"{}$]{1,40}:[^\s:@/'\"{}$…]{6,}@|"
    r"(?i:secret|token|passw(?:or)?d|api_?key|field_key)\w*[\"']?\s*[:=]\s*[\"'](?P<long>[0-9A-Za-z+/=_-]{32,})[\"']"
)
KNOWN = {  # what looks like one, is printed for all to read, and opens nothing but a test
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=": "the bytes 0 to 31, for tests and checks",
}
INVENTED = {"tests/core/keeping/test_dumping.py"}  # addresses of databases that there are not
HEAVY = 600 * 1024  # bytes; a picture of a manual page is below


def secrets_in(text: str) -> list[str]:
    """The beginnings of what looks like a secret; a long text under a telling name only when it looks random."""
    found = []
    for hit in SECRET.finditer(text):
        long = hit["long"]
        is_plain = long is not None and (len(set(long)) < 12 or not re.search(r"\d", long) or long in KNOWN)
        if not is_plain:
            found.append(hit[0][:24])
    return found


def faults(root: Path) -> list[str]:
    found = []
    for name in tracked(root):
        path = root / name
        if path.stat().st_size > HEAVY:
            found.append(f"{name}: {path.stat().st_size // 1024} KiB")
        if path.suffix not in TEXT or name.endswith("test_repository.py"):
            continue
        text = path.read_text("utf-8", errors="replace")
        found += [f"{name}: a secret: {begin}…" for begin in secrets_in(text) if name not in INVENTED]
        patterns = EVERYWHERE | (IN_DOCUMENTS if path.suffix == ".md" else {})
        for what, pattern in patterns.items():
            if hit := pattern.search(text):
                line = text.count("\n", 0, hit.start()) + 1
                found.append(f"{name}:{line}: {what}: {hit[0]!r}")
    return found


def test_the_repository_names_nobody_s_machine():
    nothing(faults(ROOT))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements/base.txt", "--index-url https://a.example/simple"),
        ("package-lock.json", '"resolved": "https://registry.npmjs.org/a"'),
        ("docs/operations.md", "copy it to /home/li/tongxin"),
        ("docs/testing.md", "look in /tmp/shots"),
        ("tongxin/core/keys.py", 'KEY = """-----BEGIN ' + 'PRIVATE KEY-----"""'),
        ("docs/manual/page.png", "x" * (HEAVY + 1)),
        ("tongxin/core/sms.py", 'API_KEY = "' + "9f8e7d6c5b4a3f2e1d0c9b8a7f6e5d4c" + '"'),
        ("docs/operations.md", "DATABASE_URL=postgresql://tongxin:" + "Qw7rty99@db/tongxin"),
        (".env", "AWS=AKIA" + "IOSFODNN7EXAMPLE"),
    ],
)
def test_a_planted_trace_is_found(tmp_path, name, text):
    assert faults(plant(tmp_path, {name: text}))


def test_what_is_nobody_s_is_let_through(tmp_path):
    files = {
        "docs/operations.md": "it lives in /srv/tongxin, see https://www.gov.cn/",
        "dev": "pip install --require-hashes",
    }
    assert faults(plant(tmp_path, files)) == []
