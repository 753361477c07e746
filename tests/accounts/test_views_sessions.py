"""Sessions end in time and by a press, under a new key at each step; and answers tell nobody who is here."""

import os
import subprocess
import sys
from datetime import timedelta

from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.accounts.conftest import digits, enter, is_in, text_of, with_time_code
from tests.factories import stage
from tongxin.core import clock, sessions
from tongxin.core.models import LoginSession, Throttle

LOGIN, SECOND, SECURITY = "/login/", "/login/second/", "/login/security/"
NEW = "一句好记的新话，够长了吧"


# --- sessions ------------------------------------------------------------------------------------------------------
def test_half_an_hour_without_a_click_logs_out(client, user):
    enter(client, user)
    start = clock.now()
    with clock.stopped_at(start + timedelta(minutes=29)):
        assert is_in(client)
    with clock.stopped_at(start + timedelta(minutes=58)):
        assert is_in(client)
    with clock.stopped_at(start + timedelta(minutes=89)):
        assert client.get("/v/")["Location"].startswith(LOGIN)


def test_twelve_hours_of_clicking_log_out_too(client, user):
    enter(client, user)
    start = clock.now()
    for turn in range(1, 25):
        with clock.stopped_at(start + timedelta(minutes=29 * turn)):
            assert is_in(client), turn
    with clock.stopped_at(start + timedelta(hours=12)):
        assert not is_in(client)


def test_the_key_is_a_new_one_at_each_step(client, user):
    with_time_code(user)
    client.get(LOGIN)
    keys = [client.cookies["sessionid"].value if "sessionid" in client.cookies else ""]
    enter(client, user)
    keys.append(client.cookies["sessionid"].value)
    client.post(SECOND, {"code": digits(user)})
    keys.append(client.cookies["sessionid"].value)
    assert len(set(keys)) == 3
    stale = Client()
    stale.cookies["sessionid"] = keys[1]
    assert not is_in(stale)


def test_logging_in_anew_while_in_gives_a_new_key_and_ends_the_old(client, user):
    enter(client, user)
    before = client.cookies["sessionid"].value
    enter(client, user)
    assert client.cookies["sessionid"].value != before and LoginSession.objects.filter(user_id=user.pk).count() == 1


def test_one_sees_where_one_is_logged_in_and_ends_the_others(user, here):
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 13) Chrome/120 Mobile MicroMessenger/8.0")
    desk = Client(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/128.0")
    third = Client()
    for client in (phone, desk, third):
        enter(client, user)
    text = text_of(desk.get(SECURITY))
    assert "Android · WeChat" in text and "Windows · Firefox" in text and "这一台" in text
    phones = next(row for row, data in sessions.of_user(user.pk) if "Android" in data["device"])
    stranger = Client()
    enter(stranger, here.users["helper"])
    assert stranger.post(f"/login/sessions/{phones.pk}/end/").status_code == 404
    assert is_in(phone)
    desk.post(f"/login/sessions/{phones.pk}/end/")
    assert not is_in(phone) and is_in(desk) and is_in(third)
    desk.post("/login/sessions/end-others/")
    assert is_in(desk) and not is_in(third)


def test_a_changed_password_ends_the_others_at_once(client, user):
    other = Client()
    enter(client, user)
    enter(other, user)
    client.post("/login/password/", {"old": stage.PASSWORD, "new": NEW, "again": NEW})
    assert is_in(client) and not is_in(other)
    assert LoginSession.objects.filter(user_id=user.pk).count() == 1


def test_behind_https_the_cookies_are_for_this_host_only():
    ask = "from tongxin import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"
    env = os.environ | {"TONGXIN_HTTPS": "1", "TONGXIN_SECRET_KEY": "k" * 50}
    told = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, check=True).stdout
    assert told.split() == ["__Host-sessionid", "__Host-csrftoken", "True"]


def test_the_cookie_is_of_the_whole_host_and_no_domain(client, user, settings):
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE = "__Host-sessionid", True
    response = enter(client, user)
    cookie = response.cookies["__Host-sessionid"]
    assert (cookie["path"], cookie["domain"], bool(cookie["secure"]), bool(cookie["httponly"])) == ("/", "", True, True)


# --- equal answers -------------------------------------------------------------------------------------------------
def test_a_known_and_an_unknown_name_get_the_same_answer_and_the_same_work(user, monkeypatch):
    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: (hashed.append(1), real(*given))[1])
    Client().post(LOGIN, {"username": "first", "password": "wrong"})  # villages and keys are in memory now
    seen = []
    for name in (user.username, "nobody.at.all"):
        hashed.clear()
        with CaptureQueriesContext(connection) as asked:
            response = Client().post(LOGIN, {"username": name, "password": "wrong"})
        statements = [one["sql"].split()[0] for one in asked.captured_queries]
        seen.append((response.status_code, statements, len(hashed), text_of(response)))
    assert seen[0] == seen[1] and seen[0][2] == 1


def test_forged_forwarding_headers_do_not_reset_the_count(user):
    statuses = [
        Client(HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
        .post(LOGIN, {"username": user.username, "password": "wrong"})
        .status_code
        for n in range(60)
    ]
    assert statuses == [422] * 5 + [429] * 55
    assert Throttle.objects.count() == 5 * 4
