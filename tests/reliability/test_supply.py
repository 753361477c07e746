"""S35: what is installed is what was locked, and nothing in the tree opens anything (T46, R43, R44, R58, R59)."""

import base64
import hashlib
import json
import os
import re
import runpy
import secrets
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.test_packaging import pinned, read
from tests.architecture.test_repository import faults, secrets_in
from tests.architecture.tree import ROOT, plant, tracked

from . import board


def wheel(folder: Path) -> Path:
    """The smallest thing that can be installed."""
    path = folder / "lamp-1.0-py3-none-any.whl"
    about = "lamp-1.0.dist-info"
    files = {
        "lamp.py": "lit = True\n",
        f"{about}/METADATA": "Metadata-Version: 2.1\nName: lamp\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = []
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
            record.append(f"{name},sha256={digest},{len(text)}")
        archive.writestr(f"{about}/RECORD", "\n".join([*record, f"{about}/RECORD,,"]))
    return path


def installed(folder: Path, digest: str) -> bool:
    """As ./dev installs: from a lock with hashes, here out of a folder and without a network."""
    lock = folder / "lock.txt"
    lock.write_text(f"lamp==1.0 --hash=sha256:{digest}\n")
    command = [sys.executable, "-m", "pip", "install", "-qq", "--no-input", "--require-hashes", "--no-index"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--find-links", str(folder), "-r", str(lock)]
    into = ["--target", str(folder / digest[:8])]
    return subprocess.run([*command, *into], capture_output=True).returncode == 0


def checked_for_service(tmp_path: Path, **more: str) -> str:
    """What `check --deploy` says of a village behind TLS with keys of its own."""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tongxin.settings",
        "TONGXIN_DATA": str(tmp_path),
        "TONGXIN_SECRET_KEY": secrets.token_urlsafe(60),
        "TONGXIN_FIELD_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "TONGXIN_HOSTS": "village.example.org",
        "TONGXIN_HTTPS": "1",
        "TONGXIN_PROXY_DEPTH": "1",
        **more,
    }
    env.pop("DATABASE_URL", None)
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    return "" if not done.returncode else done.stdout + done.stderr


def test_the_chain_of_supply_holds(tmp_path):
    made = wheel(tmp_path)
    right = hashlib.sha256(made.read_bytes()).hexdigest()
    takes_right, takes_wrong = installed(tmp_path, right), installed(tmp_path, right[::-1])
    found = faults(ROOT)
    said = checked_for_service(tmp_path)
    sample = checked_for_service(tmp_path, TONGXIN_SECRET_KEY="change-me-" + "x1y2z3" * 10)
    document = bill()
    missing = pinned(read("base.txt")).items() - {(one["name"], one["version"]) for one in document["components"]}
    bare = [one["name"] for one in document["components"] if not one["hashes"]]
    board.reach(
        "S35",
        wanted="0 secrets, wrong hash refused, bill of materials whole, check --deploy clean",
        reached=f"{len(found)} in {len(tracked())} files, wrong hash {'TAKEN' if takes_wrong else 'refused'}, "
        f"{len(document['components'])} components, {len(missing) + len(bare)} missing, check: {said or 'clean'}",
        held=takes_right and not (found or takes_wrong or missing or bare or said),
        control="a planted key, a sample secret key",
        control_failed=bool(secrets_in('SECRET = "' + secrets.token_hex(24) + '"')) and "E007" in sample,
    )


def bill() -> dict:
    done = subprocess.run([sys.executable, ".ci/sbom.py"], cwd=ROOT, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def test_the_bill_of_materials_is_the_same_each_time_and_knows_each_part_once():
    first = bill()
    assert first == bill() and first["bomFormat"] == "CycloneDX" and first["specVersion"] == "1.5"
    refs = [one["bom-ref"] for one in first["components"]]
    assert len(refs) == len(set(refs)) and first["dependencies"][0]["dependsOn"] == refs


def test_a_lock_is_read_whole():
    components = runpy.run_path(str(ROOT / ".ci" / "sbom.py"))["components"]
    lock = (
        "a_b==1.0 \\\n    --hash=sha256:"
        + "0" * 64
        + "\n    # via x\nc[d]==2 ; os_name == 'posix' \\\n    --hash=sha256:"
    )
    [one, other] = components(lock + "1" * 64 + "\n")
    assert (one["name"], one["version"], other["name"], other["version"]) == ("a-b", "1.0", "c", "2")


# --- nothing calls out (R43), nothing of a user's becomes code (R44) ---------------------------------------------
OUT = re.compile(
    r"^\s*(?:import|from)\s+(?:requests|httpx|aiohttp|urllib3|urllib\.request|http\.client|ftplib|smtplib|telnetlib|"
    r"poplib|imaplib|xmlrpc|socket|ssl|asyncio|django\.core\.mail)\b",
    re.M,
)
CODE = re.compile(
    r"\.extra\(|RawSQL\(|\beval\(|\bexec\(|pickle\.loads?\(|yaml\.load\(|shell=True|os\.system\(|Template\(request"
)


ASKS_ITSELF = {  # the operator's own tools; they ask this machine or the village's own address and nobody else
    "tongxin/core/health/machine.py": "looks at our own certificate and ports, when the operator asks",
    "tongxin/core/keeping/settling.py": "logs in to the restored copy on this machine, to see that it works",
}


def calls(root: Path, pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(root)}: {hit[0].strip()}"
        for path in sorted((root / "tongxin").rglob("*.py"))
        for hit in pattern.finditer(path.read_text("utf-8"))
    ]


def test_nothing_of_the_product_calls_out():
    """No adapter calls anybody: messages are files that the county's gateway collects."""
    assert [hit for hit in calls(ROOT, OUT) if hit.split(":")[0] not in ASKS_ITSELF] == []


def test_no_text_of_a_user_becomes_code():
    assert calls(ROOT, CODE) == []  # SQL put together from text is ruff's S608


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("import socket\n", OUT),
        ("from urllib.request import urlopen\n", OUT),
        ("def a():\n    import smtplib\n", OUT),
        ("rows.extra(order_by=[x])\n", CODE),
        ("subprocess.run(x, shell=True)\n", CODE),
    ],
)
def test_a_planted_call_is_found(tmp_path, text, pattern):
    assert len(calls(plant(tmp_path, {"tongxin/core/a.py": text}), pattern)) == 1
