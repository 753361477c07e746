"""The quiet channel: nothing of who asks comes in, nothing that could be kept goes out, and the log stays silent."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from tongxin.core import clock, ids, logs, matrix, quiet

SEEN: list = []
TELLING = {
    "REMOTE_ADDR": "203.0.113.7",
    "HTTP_USER_AGENT": "canary-agent",
    "HTTP_X_FORWARDED_FOR": "203.0.113.8",
    "HTTP_REFERER": "https://where.example/from",
    "HTTP_ACCEPT_LANGUAGE": "bo-CN",
    "HTTP_COOKIE": "sessionid=canary-session; csrftoken=canary-token; show=3; django_language=en",
    "HTTP_VIA": "canary-proxy",
    "HTTP_SEC_CH_UA_MODEL": "canary-phone",
    "gunicorn.socket": "canary-socket",
    "RAW_URI": "/n/shown/?canary",
}


@quiet.quiet
def shown(request):
    SEEN.append(request)
    response = HttpResponse("shown")
    response.set_cookie("canary", "1")
    response["ETag"] = "canary"
    return response


@quiet.quiet
def broken(request):
    raise RuntimeError("张三 13812345678")


def loud(request):
    return HttpResponse("loud")


urlpatterns = [
    path("n/shown/", shown, name="shown"),
    path("n/broken/", broken, name="broken"),
    path("n/loud/", loud, name="loud"),
    path("n/closed/", shown, name="closed"),
    path("n/unlisted/", shown, name="unlisted"),
    path("n/looked/", shown, name="looked"),
    path("shown/", shown, name="elsewhere"),
]


def door(name, audience="open", **methods):
    return matrix.Door(name, "a test", audience, methods or {"GET": EVERYBODY, "POST": EVERYBODY})


EVERYBODY = matrix.Right("everybody", {matrix.ANY: frozenset({matrix.EVERYBODY})})


@pytest.fixture
def channel(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    doors = {name: door(name) for name in ("shown", "broken", "loud")}
    doors["closed"], doors["looked"] = door("closed", "door"), door("looked", GET=EVERYBODY)
    monkeypatch.setattr(matrix, "door", doors.get)
    settings.QUIET_MIDDLEWARE = []
    SEEN.clear()
    return quiet.QuietChannel(lambda request: HttpResponse("ordinary"))


@pytest.mark.parametrize(
    ("address", "is_quiet"),
    [
        ("/n/", True), ("/n", True), ("/n/new/", True), ("/gucheng/n/open/", True), ("//n/new/", True),
        ("//gucheng/n/", True), ("/", False), ("/nn/", False), ("/say/new/", False), ("/a/b/n/", False),
    ],
)  # fmt: skip
def test_which_addresses_belong_to_it(address, is_quiet):
    assert quiet.is_quiet_path(address) == is_quiet


def test_of_who_asks_nothing_comes_in(channel):
    request = RequestFactory().get("/n/shown/", **TELLING)
    environ = request.META
    assert channel(request).content == b"shown"
    [seen] = SEEN
    left = " ".join(f"{key}={value}" for key, value in seen.META.items() if not key.startswith("wsgi."))
    assert "canary" not in left and "203.0.113" not in left and "where.example" not in left and "bo-CN" not in left
    assert seen.COOKIES == {"show": "3", "django_language": "en"}
    assert not seen.user.is_authenticated and not hasattr(seen, "session")
    # what the server's own line would be made of
    assert environ["RAW_URI"] == environ["PATH_INFO"] == "/n/" and "REMOTE_ADDR" not in environ


def test_a_cookie_that_only_looks_like_a_choice_is_left_behind(channel):
    channel(RequestFactory().get("/n/shown/", HTTP_COOKIE="show=canary; django_language=../etc"))
    assert SEEN[0].COOKIES == {}


def test_nothing_that_could_be_kept_goes_out(channel):
    response = channel(RequestFactory().get("/n/shown/"))
    assert not response.cookies and "ETag" not in response and "X-Request-ID" not in response
    assert response["Referrer-Policy"] == "no-referrer" and response["Cache-Control"] == "no-store"
    policy = response["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';") and "http" not in policy
    assert SEEN[0].csp_nonce in policy


def test_what_is_not_of_the_channel_is_not_there_and_the_channel_is_nowhere_else(channel, rf):
    for address in ("/n/loud/", "/n/none/", "/n/closed/", "/n/unlisted/"):
        assert channel(rf.get(address)).status_code == 404, address
    assert channel(rf.post("/n/looked/")).status_code == 405
    assert channel(rf.get("/say/")).content == b"ordinary"
    with pytest.raises(quiet.Http404):
        shown(rf.get("/shown/"))


def test_a_press_from_a_foreign_page_is_refused(channel, rf):
    assert channel(rf.post("/n/shown/", HTTP_SEC_FETCH_SITE="cross-site")).status_code == 403
    assert channel(rf.post("/n/shown/", HTTP_SEC_FETCH_SITE="same-origin")).status_code == 200
    assert channel(rf.get("/n/shown/", HTTP_SEC_FETCH_SITE="cross-site")).status_code == 200


def test_what_breaks_is_told_by_kind_and_place_without_path_words_or_address(channel, caplog, rf):
    caplog.handler.addFilter(logs.Quiet())
    response = channel(rf.get("/n/broken/?canary", **{k: v for k, v in TELLING.items() if k != "RAW_URI"}))
    assert response.status_code == 500
    [record] = caplog.records
    line = record.getMessage()
    assert line.startswith("quiet channel") and "RuntimeError at tests/core/test_quiet.py" in line
    for word in ("/n/", "canary", "203.0.113", "张三", "138"):
        assert word not in line


def test_less_than_an_error_is_not_told_at_all():
    record = logging.LogRecord("t", logging.WARNING, __file__, 1, "GET /n/new/ from 203.0.113.7", (), None)
    token = logs.hushed.set(True)
    try:
        assert not logs.Quiet().filter(record)
    finally:
        logs.hushed.reset(token)


# --- by the day ---------------------------------------------------------------------------------------------------
def test_what_is_written_by_the_day_tells_no_hour_neither_in_columns_nor_in_ids():
    now = datetime(2026, 6, 15, 4, 20, 33, tzinfo=UTC)  # 12:20 on the village's wall
    with clock.stopped_at(now), quiet.by_the_day("Asia/Shanghai") as at:
        made = [ids.uuid7() for _ in range(50)]
        assert clock.now() == at == datetime(2026, 6, 14, 16, tzinfo=UTC)
        assert clock.today("Asia/Shanghai").isoformat() == "2026-06-15"
    assert {ids.moment_of(id_) for id_ in made} == {at}
    assert len({id_.int & ((1 << 62) - 1) for id_ in made}) == len(made) == len(set(made))
    assert {id_.int >> 64 & 0xFFF for id_ in made} != {0}
    assert ids.uuid7() > made[0]


def test_a_story_keeps_its_order_and_tells_no_more_than_that():
    now = datetime(2026, 6, 15, 4, 20, tzinfo=UTC)
    with clock.stopped_at(now):
        this_morning, yesterday = now - timedelta(hours=3), now - timedelta(days=1)
        assert quiet.moment("Asia/Shanghai", after=this_morning) == this_morning + timedelta(microseconds=1)
        assert quiet.moment("Asia/Shanghai", after=yesterday) == datetime(2026, 6, 14, 16, tzinfo=UTC)
