"""Runs inside the restored site (`python -m tongxin.core.keeping.settling`): mute, leap, look, let somebody log in.

A process of its own, whose settings know no other place than the restored one. Reads a request as JSON from standard
input, answers one line of JSON: {"notes": […], "faults": […], "facts": {…}}.
"""

import http.cookiejar
import json
import secrets
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import django
from django.conf import settings

SAMPLES = 200  # sealed values that are opened in each column


def main() -> None:
    asked = json.load(sys.stdin)
    django.setup()
    from django.core.management import call_command

    notes: list[str] = []
    faults: list[str] = []
    _guarded(faults)
    call_command("migrate", interactive=False, verbosity=0)  # the archive may be of an older release
    facts: dict[str, Any] = {"leaps": _muted(asked, faults)}
    _sealed(notes, faults, facts)
    _looked(notes, faults)
    if asked["login"]:
        _came_in(notes, faults)
    sys.stdout.write(json.dumps({"notes": notes, "faults": faults, "facts": facts}, ensure_ascii=False) + "\n")


def _guarded(faults: list[str]) -> None:
    """The archive brings its triggers along; looked at before `migrate`, which would put up what is missing."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from tongxin.core import triggers

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        faults += [f"The archive came without a guard of history: {fault}" for fault in triggers.faults(connection)]


def _muted(asked: dict[str, Any], faults: list[str]) -> list[dict[str, Any]]:
    """Mute first; then no number twice, and nobody is logged in as of old."""
    from tongxin.core import site
    from tongxin.core.keeping import anchors
    from tongxin.core.models import LoginSession

    picture_of = datetime.fromisoformat(asked["picture_of"])
    site.mark_restored(archive=asked["archive"], picture_of=picture_of, leaps=[])
    leaps = anchors.catch_up(asked["anchors"])
    site.mark_restored(archive=asked["archive"], picture_of=picture_of, leaps=leaps)
    LoginSession.objects.all().delete()
    if not site.is_muted():
        faults.append("The copy is not mute.")
    return leaps


def _sealed(notes: list[str], faults: list[str], facts: dict[str, Any]) -> None:
    """Whether the field key opens what lies sealed here: without it a restore is only half of one."""
    from tongxin.core import crypto, rotation

    if not crypto.key_lines():
        notes.append("The field key is not here: telephone numbers stay closed until it is put into the data folder.")
        return
    opened = 0
    for sealed in rotation.fields():
        for row in rotation.filled(sealed)[:SAMPLES]:
            try:
                opened += bool(getattr(row, sealed.name).in_clear())
            except crypto.Erased:
                continue
            except crypto.Unreadable as error:
                faults.append(f"The field key does not open {error}.")
                break
    facts["opened"] = opened
    notes.append(f"The field key opens the sealed values ({opened} tried).")


def _looked(notes: list[str], faults: list[str]) -> None:
    from tongxin.core import health

    for finding in health.restored():
        (notes if finding.is_ok else faults).append(f"{finding.name}: {finding.words}")


# --- somebody logs in ---------------------------------------------------------------------------------------------
@contextmanager
def _serving() -> Iterator[str]:
    """The pages as they are served in earnest, on a free port of this machine."""
    import waitress
    from django.core.management import call_command

    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)
    from tongxin.wsgi import application

    server = waitress.create_server(application, host="127.0.0.1", port=0, threads=2, ident=None)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.close()


def _came_in(notes: list[str], faults: list[str]) -> None:
    """A person invented for it: the wrong password stays outside, the right one comes in."""
    from django.contrib.auth import get_user_model
    from django.shortcuts import resolve_url

    name, password = f"drill-{secrets.token_hex(4)}", secrets.token_urlsafe(18)
    user = get_user_model()(username=name, name="drill")
    user.set_password(password)
    user.save(force_insert=True)
    with _serving() as address:
        try:
            door = address + resolve_url(settings.LOGIN_URL)
            stayed = _knock(door, name, password + "x")
            inside = _knock(door, name, password)
        except (OSError, LookupError) as error:
            faults.append(f"Nobody can log in: {type(error).__name__} {error}")
            return
    if urllib.parse.urlsplit(stayed).path != urllib.parse.urlsplit(door).path:
        faults.append("A wrong password was let in.")
    if urllib.parse.urlsplit(inside).path == urllib.parse.urlsplit(door).path:
        faults.append("The test user could not log in.")
    else:
        notes.append("A test user logged in through the pages; a wrong password stayed outside.")


def _knock(door: str, name: str, password: str) -> str:
    """Fill in the log-in page, then ask for it again: whoever is in is led on. The address where one ends up."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    _opened(browser, door)
    token = next((cookie.value for cookie in jar if cookie.name == settings.CSRF_COOKIE_NAME), None)
    if token is None:
        raise LookupError("the log-in page sets no form token")
    form = {"username": name, "password": password, "csrfmiddlewaretoken": token}
    asked = urllib.request.Request(door, urllib.parse.urlencode(form).encode(), {"Referer": door})  # noqa: S310 -- ours
    _opened(browser, asked)
    return _opened(browser, door)


def _opened(browser: urllib.request.OpenerDirector, door: str | urllib.request.Request) -> str:
    """Where it leads. A 'no' is an answer too (422: a wrong password; 403: no post held); a 5xx is none."""
    try:
        with browser.open(door, timeout=60) as page:
            page.read()
            return str(page.geturl())
    except urllib.error.HTTPError as error:
        if error.code >= 500:
            raise
        return str(error.geturl())


if __name__ == "__main__":
    main()
