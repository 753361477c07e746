"""S34: the headers of R42 on every answer of the product, and cookies that stay with this host (T30, T33, T34)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import DatabaseError
from django.test import Client

from tests.architecture.tree import ROOT
from tests.factories import stage as stages
from tests.journeys import doors
from tongxin.territory import queries as territory

from . import board

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": ("same-origin", "no-referrer"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=()",
    "Content-Security-Policy": "default-src 'self'",
}
RULES = ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'")
EVERYWHERE = (*RULES, "report-uri /policy-report")
OVER_HTTPS = {"Strict-Transport-Security": "max-age=31536000"}


@pytest.fixture
def stage(db):
    territory.forget_villages()
    yield stages.fill(stages.settle(stages.village()))
    territory.forget_villages()


def wrong(response: Any, *, https: bool = False, quiet: bool = False) -> list[str]:
    """What is missing on one answer: headers, rules of the policy, marks of its cookies."""
    found = []
    for name, value in {**HEADERS, **(OVER_HTTPS if https else {})}.items():
        allowed = value if isinstance(value, tuple) else (value,)
        if not any(one in response.get(name, "") for one in allowed):
            found.append(f"{name}: {response.get(name)}")
    policy = response.get("Content-Security-Policy", "")
    found += [f"no {rule}" for rule in (RULES if quiet else EVERYWHERE) if rule not in policy]
    found += ["unsafe in the policy"] if "unsafe" in policy or "*" in policy else []
    for name, morsel in response.cookies.items():
        is_taken_away = not morsel.value
        if not is_taken_away and not (
            morsel["httponly"] and morsel["samesite"] in ("Lax", "Strict") and not morsel["domain"]
        ):
            found.append(f"cookie {name}: {morsel.OutputString()}")
        if https and not (morsel["secure"] and name.startswith("__Host-" if morsel["path"] == "/" else "__Secure-")):
            found.append(f"cookie {name} over HTTPS: {morsel.OutputString()}")
    return found


def everything(stage: stages.Stage, monkeypatch: pytest.MonkeyPatch, **extra: Any) -> dict[str, Any]:
    """An answer of every route, asked and pressed, by a stranger and by whoever holds every post; and of each error."""
    found: dict[str, Any] = {}
    officer = stages.everybody(stage, f"all{extra.get('secure', '')}")
    for who in ("stranger", "officer"):
        client = Client(raise_request_exception=False)
        if who == "officer":
            client.force_login(officer)
        for door in doors.every():
            address = stage.path(doors.addresses(door, stage, most=1)[0])
            for verb in ("get", "post", "put"):
                if not (door.name == "accounts:logout" and who == "officer"):
                    found[f"{who} {verb} {door.name}"] = getattr(client, verb)(address, **extra)
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    found["404"] = client.get("/no/such/page", **extra)
    found["403 without a token"] = client.post(stage.path("/display/"), {"size": "2"}, **extra)
    found["400 too many fields"] = client.post(stage.path("/say/new/"), {f"f{n}": "" for n in range(500)}, **extra)
    with monkeypatch.context() as patched:
        patched.setattr(configured, "ALLOWED_HOSTS", ["village.example"])
        found["400 another host"] = client.get("/", HTTP_HOST="elsewhere.example", **extra)
    with monkeypatch.context() as patched:
        for error in (ZeroDivisionError(), DatabaseError("gone")):
            patched.setattr("tongxin.issues.views.board.render", raising(error))
            found[f"500 {type(error).__name__}"] = client.get(stage.path("/board/"), **extra)
    found["a choice"] = Client().post(stage.path("/display/"), {"size": "3"}, **extra)
    found["a language"] = Client().post(stage.path("/language/"), {"language": "en"}, **extra)
    told = {"category": "road", "words": "路塌了", "is_sealed": "on"}
    found["a sealed report"] = Client().post(stage.path("/say/new/"), told, **extra)
    card = stage.path(f"/c/{stage.cards[0].token}/")
    found["a card"] = Client().post(card, {"tail": stages.TAIL}, **extra)
    found["a file"] = a_file(**extra)
    return found


def a_file(**extra: Any) -> Any:
    """One of the collected files, by a handler that has seen it."""
    path = Path(configured.STATIC_ROOT) / "tokens.css"
    path.write_text("a{}")
    return Client().get("/static/tokens.css", **extra)


def raising(error: Exception) -> Any:
    def view(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return view


def faults(found: dict[str, Any], **how: bool) -> list[str]:
    """The quiet channel sends no reports: nothing there is told to anybody, not even to us."""
    return [
        f"{name} ({answer.status_code}): {what}"
        for name, answer in found.items()
        for what in wrong(answer, quiet="issues:hush" in name, **how)
    ]


def as_over_https() -> dict[str, Any]:
    """The product's own settings with TONGXIN_HTTPS=1, as another process reads them."""
    names = [
        "HTTPS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
        "LANGUAGE_COOKIE_NAME", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER",
    ]  # fmt: skip
    code = (
        "import json; from django.conf import settings\n"
        f"print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
    )
    env = os.environ | {"TONGXIN_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "tongxin.settings"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    read = json.loads(done.stdout)
    read["SECURE_PROXY_SSL_HEADER"] = tuple(read["SECURE_PROXY_SSL_HEADER"])
    return read


def test_every_answer_carries_every_header(stage, settings, monkeypatch):
    plain = everything(stage, monkeypatch)
    for name, value in as_over_https().items():
        setattr(settings, name, value)
    secure = everything(stage, monkeypatch, secure=True, HTTP_X_FORWARDED_PROTO="https")
    found = faults(plain) + faults(secure, https=True)
    statuses = sorted({answer.status_code for answer in plain.values()})
    named = {name for answer in secure.values() for name in answer.cookies}

    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "csp.middleware.CSPMiddleware"]
    bare = faults({"the first page": Client().get(stage.path("/"))})

    assert {200, 302, 303, 400, 403, 404, 405, 500} <= set(statuses), statuses
    assert {"__Host-show", "__Host-home", "__Host-language", "__Host-messages"} <= named, named
    board.reach(
        "S34",
        wanted=f"{len(HEADERS)} headers, {len(EVERYWHERE)} rules, marks of cookies on 100 % of answers",
        reached=f"{len(plain)} + {len(secure)} answers ({', '.join(map(str, statuses))}), {len(found)} faults"
        + "".join(f"\n{fault}" for fault in found[:30]),
        held=not found,
        control=f"without the policy's middleware: {len(bare)} faults on one page",
        control_failed=bool(bare),
    )


REPORT = {"csp-report": {"document-uri": "https://v.example/c/token-of-a-card/", "blocked-uri": "inline"}}


def test_a_report_of_a_browser_is_one_short_line_and_few_of_them(stage, caplog):
    caplog.set_level("WARNING")
    client = Client(enforce_csrf_checks=True)
    text = json.dumps({"csp-report": {**REPORT["csp-report"], "violated-directive": "script-src 'self'"}})
    for _n in range(40):
        answer = client.post("/policy-report", text, content_type="application/csp-report")
        assert answer.status_code == 204
    lines = [record.getMessage() for record in caplog.records if "policy:" in record.getMessage()]
    assert len(lines) == 30
    assert "script-src refused inline on issues:card" in lines[0] and "token-of" not in lines[0]


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", "null", '{"csp-report": 1}', "[" * 8000, '{"csp-report": {"a": "' + "x" * 9000]
)
def test_what_is_no_report_is_refused_and_no_error(stage, body):
    answer = Client().post("/policy-report", body, content_type="application/csp-report")
    assert answer.status_code in (204, 400)


def test_asking_changes_nothing(stage):
    """T34: whatever prefetches or clicks links for somebody does nothing in their name."""
    from . import presses

    client = Client(raise_request_exception=False)
    client.force_login(stages.everybody(stage))
    before = presses.snapshot()
    for door in doors.every():
        for address in doors.addresses(door, stage, most=1):
            client.get(stage.path(address))
            client.get(stage.path(address))
    done = presses.difference(before, presses.snapshot())
    allowed = {"audit.AuditEntry added", "audit.Chain changed", "audit.Chain added"}  # what was read is on record
    assert not done.keys() - allowed, done
