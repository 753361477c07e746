"""A number for each request, and the size of letters that somebody chose."""

import pytest
from django.http import HttpResponse

from tongxin.core import middleware
from tongxin.core.middleware import Display, DisplayMiddleware, RequestIdMiddleware


@pytest.fixture
def shown(rf):
    """The display that a page sees, and the answer."""

    def ask(query="", cookie=None):
        request = rf.get(f"/{query}", headers={"cookie": f"show={cookie}"} if cookie else {})
        seen = []
        answer = DisplayMiddleware(lambda r: seen.append(r.display) or HttpResponse())(request)
        return seen[0], answer

    return ask


@pytest.mark.parametrize("word", ["1", "2", "3", "4", "1s", "4s"])
def test_a_choice_is_written_and_read_back(word, shown):
    display = Display.read(word)
    assert display.word == word
    assert shown(cookie=word)[0] == display
    assert shown(f"?s={word}")[0] == display


@pytest.mark.parametrize("word", ["", "0", "5", "s", "3x", "3ss", "33", "３", '"><script>', "1\n"])
def test_what_is_no_choice_is_the_standard(word, shown):
    assert Display.read(word) is None
    assert shown(f"?s={word.strip()}" if word.isascii() and '"' not in word else "")[0] == Display(1, False)


def test_the_address_goes_before_the_cookie_and_is_kept(shown):
    display, answer = shown("?s=3s", cookie="1")
    assert display == Display(3, True)
    assert answer.cookies["show"].value == "3s"
    assert answer.cookies["show"]["httponly"] and answer.cookies["show"]["samesite"] == "Lax"


@pytest.mark.parametrize(("query", "cookie"), [("", None), ("", "2"), ("?s=2", "2"), ("?s=9", None)])
def test_no_cookie_is_set_when_nothing_changed(query, cookie, shown):
    answer = shown(query, cookie)[1]
    assert not answer.cookies
    assert "Cookie" in answer["Vary"]


def test_each_request_has_a_number_of_its_own_in_page_log_and_header(rf):
    seen = []

    def page(request):
        seen.append((request.id, middleware.request_id.get()))
        return HttpResponse()

    answers = [RequestIdMiddleware(page)(rf.get("/", headers={"x-request-id": "from outside"})) for _ in range(50)]
    assert [(a["X-Request-ID"], a["X-Request-ID"]) for a in answers] == seen
    assert len(set(seen)) == 50
    assert middleware.request_id.get() == ""


def test_the_number_ends_with_the_request_even_when_it_breaks(rf):
    def page(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestIdMiddleware(page)(rf.get("/"))
    assert middleware.request_id.get() == ""
