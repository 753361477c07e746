"""Error pages, the reader's choices, the sign of life."""

import copy

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from tests.factories import stage as stages
from tongxin.core import views

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return stages.village()


@pytest.fixture
def request_(rf, stage):
    request = rf.get("/")
    request.village, request.id, request.csp_nonce = stage.village, "0a1b2c3d", "n0nce"
    return request


# --- size, simple pages, language ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"size": "3"}, "3"),
        ({"size": "3", "simple": "1"}, "3s"),
        ({"size": "9"}, "1"),
        ({"size": "-1", "simple": "x"}, "1"),
        ({}, "1"),
    ],
)
def test_the_size_that_somebody_chose_is_kept(client, stage, sent, kept):
    answer = client.post(reverse("core:display"), sent | {"next": "/say/"})
    assert (answer.status_code, answer["Location"]) == (303, "/say/")
    assert answer.cookies["show"].value == kept
    assert client.get("/").wsgi_request.display.word == kept


@pytest.mark.parametrize(
    "next_", ["", "https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere.example"]
)
@pytest.mark.parametrize("name", ["core:display", "core:language"])
def test_nobody_is_led_away_from_here(client, stage, name, next_):
    answer = client.post(reverse(name), {"next": next_, "size": "2", "language": "en"})
    assert answer["Location"] == "/"


def test_the_page_offers_four_sizes_and_keeps_the_way_back(client, stage):
    page = client.get(reverse("core:display"), {"next": "/say/?q=水"}).content.decode()
    assert page.count('name="size"') == 4
    assert 'value="/say/?q=水"' in page


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_verbs_are_not_understood(client, stage, method):
    assert getattr(client, method)(reverse("core:display")).status_code == 405
    assert getattr(client, method)(reverse("core:language")).status_code == 405
    assert client.get(reverse("core:language")).status_code == 405


def test_a_language_is_chosen_and_an_unknown_one_is_not(client, stage):
    assert "django_language" not in client.post(reverse("core:language"), {"language": "tlh"}).cookies
    answer = client.post(reverse("core:language"), {"language": "en", "next": "/"})
    assert answer.cookies["django_language"].value == "en"
    assert 'lang="en"' in client.get("/").content.decode()


# --- the sign of life -------------------------------------------------------------------------------------------
def test_a_living_house_says_ok(client, stage):
    assert client.get("/healthz").content == b"ok\n"
    assert client.post("/healthz").status_code == 405


def test_a_database_that_is_away_is_said_without_details(request_, monkeypatch):
    def gone():
        raise DatabaseError("password=geheim")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = views.healthz(request_)
    assert (answer.status_code, answer.content) == (503, b"down\n")


# --- when something is wrong ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("view", "status"),
    [(views.bad_request, 400), (views.denied, 403), (views.not_found, 404), (views.server_error, 500)],
)
def test_an_error_page_is_a_page_with_the_villages_telephone(request_, view, status):
    answer = view(request_)
    text = answer.content.decode()
    assert answer.status_code == status
    assert "<h1" in text and request_.village.phone in text


def test_the_error_page_needs_neither_database_nor_context(request_, django_assert_num_queries, settings):
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"] = ["tongxin.core.broken"]
    settings.TEMPLATES = templates
    with pytest.raises(ImportError):  # the control: an ordinary page cannot be drawn
        views.not_found(request_)
    with django_assert_num_queries(0):
        text = views.server_error(request_).content.decode()
    assert "0a1b2c3d" in text


def test_it_stands_even_when_nothing_has_been_set(rf):
    assert views.server_error(rf.get("/")).status_code == 500


def test_when_the_error_page_breaks_there_are_still_words(request_, monkeypatch):
    def broken(name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(views.loader, "get_template", broken)
    answer = views.server_error(request_)
    assert answer.status_code == 500
    assert answer["Content-Type"].startswith("text/plain")
    assert request_.village.phone in answer.content.decode() and "0a1b2c3d" in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_a_page(stage):
    answer = Client(enforce_csrf_checks=True).post(reverse("core:display"), {"size": "3"})
    assert answer.status_code == 403
    assert "show" not in answer.cookies
    assert stage.village.phone in answer.content.decode()


def test_an_unknown_address_is_a_page(client, stage, settings):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert stage.village.phone in answer.content.decode()
