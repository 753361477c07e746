"""A kept page is the page that would be drawn now, for this reader, with a token of its own; or it is drawn."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.middleware.csrf import _does_token_match
from django.test import RequestFactory
from django.utils import translation

from tongxin.core import clock, kept
from tongxin.core.middleware import Display


@pytest.fixture(autouse=True)
def fresh():
    kept.forget()
    yield
    kept.forget()


class Desk:
    """Draws pages and counts them."""

    def __init__(self, body="<p>{n}</p>", **head):
        self.body, self.head, self.drawn = body, head, 0

    def look(self, path="/v/say/", stamp="s1", reader="li", method="get", **about):
        request = getattr(RequestFactory(), method)(path)
        request.session = {}
        request._messages = FallbackStorage(request)
        request.display = about.pop("display", Display())
        for name, value in about.items():
            setattr(request, name, value)
        self.request = request

        def draw():
            self.drawn += 1
            token = kept.get_token(request)
            response = HttpResponse(self.body.format(n=self.drawn, token=token), status=self.head.get("status", 200))
            for name, value in self.head.items():
                if name == "cookie":
                    response.set_cookie("a", value)
                elif name == "type":
                    response["Content-Type"] = value
            return response

        return kept.page(request, stamp, reader, draw)


def test_an_unchanged_page_is_drawn_once():
    desk = Desk()
    assert [desk.look().content for _ in range(3)] == [b"<p>1</p>"] * 3
    assert desk.drawn == 1


@pytest.mark.parametrize(
    "other",
    [
        {"stamp": "s2"},
        {"reader": "wang"},
        {"path": "/v/say/?page=2"},
        {"display": Display(3)},
        {"method": "post"},
        {"stamp": None},
    ],
    ids=str,
)
def test_what_it_hangs_on_draws_it_anew(other):
    desk = Desk()
    desk.look()
    assert desk.look(**other).content == b"<p>2</p>"
    assert desk.look().content == b"<p>1</p>"  # and the first is still there


def test_another_day_and_another_language_draw_it_anew():
    desk = Desk()
    desk.look()
    with clock.stopped_at(clock.now() + timedelta(days=1)):
        assert desk.look().content == b"<p>2</p>"
    with translation.override("en"):
        assert desk.look().content == b"<p>3</p>"


def test_each_look_gets_a_token_of_its_own_that_fits_its_cookie():
    desk = Desk('<form><input type="hidden" name="csrfmiddlewaretoken" value="{token}"></form>' * 2)
    tokens = []
    for _ in range(3):
        found = re.findall(rb'value="([A-Za-z0-9]{64})"', desk.look().content)
        assert len(found) == 2
        assert all(_does_token_match(t.decode(), desk.request.META["CSRF_COOKIE"]) for t in found)
        tokens += found
    assert desk.drawn == 1
    assert len(set(tokens)) >= 3


def test_each_look_gets_a_key_of_its_own_for_each_form():
    key = '<input type="hidden" name="once" value="1e5b2c60-0000-4000-8000-00000000000{n}">'
    desk = Desk(f"<form>{key}</form><form>{key}</form>")
    found = [re.findall(rb'name="once" value="([0-9a-f-]{36})"', desk.look().content) for _ in range(3)]
    assert desk.drawn == 1
    assert len({key for keys in found for key in keys}) >= 5  # the first page is as it was drawn


@pytest.mark.parametrize("head", [{"status": 422}, {"status": 404}, {"cookie": "x"}, {"type": "text/csv"}], ids=str)
def test_what_is_no_plain_page_is_never_kept(head):
    desk = Desk(**head)
    desk.look()
    desk.look()
    assert desk.drawn == 2


def test_two_sheets_never_share_a_key():
    desk = Desk('<form><input type="hidden" name="key" value="{n}"></form>')
    assert desk.look().content != desk.look().content


def test_a_word_for_the_reader_is_said_once_and_never_to_another():
    desk = Desk()
    desk.look()
    asked = RequestFactory().get("/")
    asked.session = {}
    waiting = FallbackStorage(asked)
    waiting.add(constants.SUCCESS, "Done.")
    assert desk.look(_messages=waiting).content == b"<p>2</p>"
    assert desk.look().content == b"<p>1</p>"


def test_the_oldest_go_first(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    desk = Desk()
    for path in ("/a/", "/b/", "/c/"):
        desk.look(path)
    assert desk.look("/c/").content == b"<p>3</p>"
    assert desk.look("/a/").content == b"<p>4</p>"
