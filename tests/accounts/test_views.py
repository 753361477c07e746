"""In, out, one's own password: the same answer for every wrong guess, a rest after five, no way to a foreign page."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.factories import stage
from tongxin.accounts import queries
from tongxin.core import clock

LOGIN, PASSWORD = "/login/", "/login/password/"


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def enter(client, username, password=stage.PASSWORD, **more):
    return client.post(LOGIN, {"username": username, "password": password, **more})


# --- in ---------------------------------------------------------------------------------------------------------
def test_the_right_word_opens_and_leads_to_the_days_work(client, user):
    response = enter(client, user.username)
    assert (response.status_code, response["Location"]) == (303, "/v/start/")
    assert client.get("/v/start/")["Location"] == "/v/"
    assert client.get("/v/").status_code == 200


@pytest.mark.parametrize("typed", ["CLERK.liugou", "  clerk.liugou ", "Clerk.LiuGou"])
def test_the_name_is_read_however_it_is_typed(client, user, typed):
    assert enter(client, typed).status_code == 303


def test_somebody_unknown_a_wrong_word_and_a_closed_log_in_get_the_same_answer(client, here, user):
    closed = here.users["helper"]
    closed.is_active = False
    closed.save()
    answers = {
        (response.status_code, text_of(response))
        for response in (
            enter(Client(), "nobody"), enter(Client(), user.username, "wrong"), enter(Client(), closed.username),
        )
    }  # fmt: skip
    assert len({(status, re.sub(r"\S+\.liugou|nobody", "", text)) for status, text in answers}) == 1
    assert "登录名和密码对不上" in next(iter(answers))[1]


def test_a_wrong_guess_keeps_the_name_and_never_the_word(client, user):
    page = enter(client, user.username, "a-wrong-word").content.decode()
    assert f'value="{user.username}"' in page and "a-wrong-word" not in page


def test_empty_fields_are_named(client, here):
    response = client.post(LOGIN, {})
    assert response.status_code == 422 and "写登录名。" in text_of(response) and "写密码。" in text_of(response)


# --- five tries -------------------------------------------------------------------------------------------------
def test_after_five_wrong_guesses_even_the_right_word_rests_fifteen_minutes(client, user):
    for _try in range(5):
        assert enter(client, user.username, "wrong").status_code == 422
    rest = enter(client, user.username)
    assert rest.status_code == 429 and "试了 5 次了" in text_of(rest)
    with clock.stopped_at(clock.now() + timedelta(minutes=14)):
        assert enter(client, user.username).status_code == 429
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):
        assert enter(client, user.username).status_code == 303


def test_somebody_unknown_rests_like_everybody(client, here):
    statuses = [enter(client, "nobody", "wrong").status_code for _try in range(6)]
    assert statuses == [422] * 5 + [429]


def test_four_wrong_guesses_and_the_right_one_start_afresh(client, user):
    for _round in range(2):
        for _try in range(4):
            enter(Client(), user.username, "wrong")
        assert enter(Client(), user.username).status_code == 303


def test_somebody_elses_guesses_elsewhere_do_not_lock_the_right_one_out_at_once(user):
    for _try in range(5):
        enter(Client(REMOTE_ADDR="192.0.2.7"), user.username, "wrong")
    assert enter(Client(REMOTE_ADDR="192.0.2.8"), user.username).status_code == 303


def test_a_name_rests_when_guessed_from_everywhere(user):
    for n in range(20):
        enter(Client(REMOTE_ADDR=f"192.0.2.{n}"), user.username, "wrong")
    assert enter(Client(REMOTE_ADDR="192.0.2.99"), user.username).status_code == 429


# --- onward -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wanted", "onward"),
    [
        ("/v/say/?status=told", "/v/say/?status=told"),
        ("https://evil.example/", "/v/start/"),
        ("//evil.example/", "/v/start/"),
        ("/\\evil.example", "/v/start/"),
        ("javascript:alert(1)", "/v/start/"),
        ("", "/v/start/"),
    ],
)
def test_one_comes_to_where_one_wanted_when_that_is_ours(client, user, wanted, onward):
    assert enter(client, user.username, next=wanted)["Location"] == onward


def test_the_wish_is_carried_through_the_page(client, user):
    assert 'name="next" value="/v/say/"' in client.get(LOGIN, {"next": "/v/say/"}).content.decode()
    assert client.get(LOGIN, {"next": "https://evil.example/"}).status_code == 200
    client.force_login(user)
    assert client.get(LOGIN, {"next": "/v/say/"})["Location"] == "/v/say/"
    assert client.get(LOGIN, {"next": "//evil.example/"})["Location"] == "/v/start/"


def test_the_session_is_a_new_one_after_the_log_in(client, user):
    client.get(LOGIN)
    client.session["seen"] = 1
    before = client.cookies.get("sessionid")
    enter(client, user.username)
    assert before is None or before.value != client.cookies["sessionid"].value


# --- out --------------------------------------------------------------------------------------------------------
def test_out_by_a_press_only(client, user):
    client.force_login(user)
    assert client.get("/logout/").status_code == 405
    response = client.post("/logout/", follow=True)
    assert response.redirect_chain == [(LOGIN, 303)] and "已经退出了。" in text_of(response)
    assert client.get("/v/").status_code == 302


# --- the password -----------------------------------------------------------------------------------------------
NEW = "一句好记的新话，够长了吧"


def change(client, **changes):
    return client.post(PASSWORD, {"old": stage.PASSWORD, "new": NEW, "again": NEW, **changes}, follow=True)


def test_ones_own_password(client, user):
    client.force_login(user)
    other = Client()
    other.force_login(user)
    assert "新密码从现在起用。" in text_of(change(client))
    assert client.get("/v/").status_code == 200  # stays in
    assert other.get("/v/").status_code == 302  # every other session ends
    assert get_user_model().objects.get(pk=user.pk).check_password(NEW)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"old": "wrong"}, "旧密码不对。"),
        ({"again": "别的"}, "两遍不一样。"),
        ({"new": "short", "again": "short"}, "12"),
        ({"new": "administrator", "again": "administrator"}, "太常见"),
        ({"old": ""}, "写旧密码。"),
    ],
)
def test_a_password_that_is_not_taken(client, user, changes, said):
    client.force_login(user)
    response = change(client, **changes)
    assert response.status_code == 422 and said in text_of(response)
    assert get_user_model().objects.get(pk=user.pk).check_password(stage.PASSWORD)


def test_guessing_the_old_password_is_limited_too(client, user):
    client.force_login(user)
    for _try in range(5):
        change(client, old="wrong")
    response = change(client)
    assert response.status_code == 422 and "试的次数多了" in text_of(response)
    assert get_user_model().objects.get(pk=user.pk).check_password(stage.PASSWORD)


def test_whoever_is_not_in_goes_to_the_log_in(client, here):
    assert client.get(PASSWORD)["Location"] == f"{LOGIN}?next={PASSWORD}"


def test_a_log_in_without_a_post_may_change_its_password_too(client, here):
    client.force_login(here.users["former"])
    assert client.get(PASSWORD).status_code == 200


# --- the demonstration ------------------------------------------------------------------------------------------
@pytest.fixture
def demo(here):
    for login, name in (("clerk", "demo-wenshu"), ("worker", "demo-t-07"), ("worker2", "demo-wangge")):
        row = here.users[login]
        row.username = name
        row.set_password(queries.DEMO_PASSWORD)
        row.save()
    return here


def test_the_demonstration_shows_a_log_in_for_each_role(client, demo, settings):
    settings.DEMO = settings.ONE_PASSWORD = True
    page = client.get(LOGIN)
    html, text = page.content.decode(), text_of(page)
    assert queries.DEMO_PASSWORD in html and "demo-wenshu" in html and "文书" in text
    assert "demo-wangge" in html and "demo-t-07" not in html  # one grid worker is enough, and the named one
    assert enter(client, "demo-wangge", queries.DEMO_PASSWORD).status_code == 303


def test_outside_a_demonstration_no_log_in_and_no_password_is_shown(client, demo, settings):
    settings.DEMO = False
    html = client.get(LOGIN).content.decode()
    assert "demo-" not in html and queries.DEMO_PASSWORD not in html


def test_the_demonstration_shows_nobody_whose_post_has_ended_or_who_may_not_log_in(client, demo, settings):
    settings.DEMO = True
    row = demo.users["clerk"]
    row.is_active = False
    row.save()
    assert "demo-wenshu" not in client.get(LOGIN).content.decode()
