"""A log-in is given, opened and taken back by somebody who sees the person; never by its owner, never by one alone."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.accounts.conftest import digits, enter, lock, shut, text_of, with_time_code
from tongxin.accounts import queries
from tongxin.accounts.models import LoginEvent, User, What
from tongxin.bodies import actions
from tongxin.core import clock
from tongxin.core.errors import DomainError, NotAllowed

NEW = "一句好记的新话，够长了吧"


@pytest.fixture
def at(stage):
    """The page about somebody's log-in, by the name of their post."""
    rows = {row.post_id: row for row in stage.appointments if row.to_on is None}
    return lambda who: reverse("bodies:login", args=[rows[stage.posts[who].pk].pk])


def officer(stage, who) -> Client:
    client = Client()
    client.force_login(stage.users[who])
    return client


def code_on(response) -> str:
    return re.search(r">([a-z2-9]{4}(?:-[a-z2-9]{4}){3})<", response.content.decode()).group(1)


def accept(name, code):
    return Client().post("/login/invited/", {"username": name, "code": code, "new": NEW, "again": NEW})


def test_a_log_in_is_given_and_its_owner_alone_knows_the_password(stage, at):
    made = officer(stage, "clerk").post(at("leader"), {"username": "Leader.New"})
    assert made.status_code == 200 and "no-store" in made["Cache-Control"]
    code = code_on(made)
    assert enter(Client(), User.objects.get(username="leader.new"), code).status_code == 422  # no password, a code
    assert accept("leader.new", code).status_code == 303
    assert enter(Client(), User.objects.get(username="leader.new"), NEW).status_code == 303
    assert accept("leader.new", code).status_code == 422


def test_an_invitation_that_has_run_out_opens_nothing_by_any_of_its_doors(stage, at):
    clerk = officer(stage, "clerk")
    code = code_on(clerk.post(at("leader"), {"username": "leader.new"}))
    user = User.objects.get(username="leader.new")
    with clock.stopped_at(clock.now() + timedelta(hours=72)):
        assert accept("leader.new", code).status_code == 422
        assert enter(Client(), user, code).status_code == 422
        own = Client()
        own.force_login(user)
        assert own.post("/login/password/", {"old": code, "new": NEW, "again": NEW}).status_code == 422
        new = code_on(officer(stage, "clerk").post(at("leader"), {"do": "code"}))
        assert accept("leader.new", code).status_code == 422 and accept("leader.new", new).status_code == 303


def test_a_forgotten_password_and_never_ones_own(stage, at):
    clerk, helper = officer(stage, "clerk"), stage.users["helper"]
    assert accept(helper.username, code_on(clerk.post(at("helper"), {"do": "code"}))).status_code == 303
    own = clerk.post(at("clerk"), {"do": "code"}, follow=True)
    assert "不能给自己开" in text_of(own) and "是您自己的" in text_of(clerk.get(at("clerk")))


def test_a_shut_log_in_is_opened_by_who_says_how_they_know_them(stage, at, rf):
    helper, clerk = stage.users["helper"], officer(stage, "clerk")
    lock(rf, helper.username)
    assert enter(Client(), helper).status_code == 429
    page = clerk.get(at("helper")).content.decode()
    assert 'value="unlock"' in page
    clerk.post(at("helper"), {"do": "unlock", "words": ""})
    assert shut(helper.username)
    clerk.post(at("helper"), {"do": "unlock", "words": "本人来过，认得"})
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):  # the short rest is another thing than the lock
        assert enter(Client(), helper).status_code == 303
    assert LoginEvent.objects.get(user=helper, what=What.UNLOCKED).by == stage.users["clerk"]


def test_a_lost_second_factor_takes_two_officers(stage, at):
    helper, clerk, secretary = stage.users["helper"], officer(stage, "clerk"), officer(stage, "secretary")
    with_time_code(helper)
    clerk.post(at("helper"), {"do": "ask", "words": "手机掉河里了，本人来的"})
    assert 'value="agree"' not in clerk.get(at("helper")).content.decode()
    clerk.post(at("helper"), {"do": "agree"})
    assert queries.has_factor(helper)
    assert "手机掉河里了" in text_of(secretary.get(at("helper")))
    secretary.post(at("helper"), {"do": "agree"})
    assert not queries.has_factor(helper)
    assert enter(Client(), helper)["Location"] == "/login/enrol/"


def test_a_request_can_be_dropped(stage, at):
    helper, clerk = stage.users["helper"], officer(stage, "clerk")
    with_time_code(helper)
    clerk.post(at("helper"), {"do": "ask", "words": "认得"})
    officer(stage, "secretary").post(at("helper"), {"do": "drop"})
    officer(stage, "secretary").post(at("helper"), {"do": "agree"})
    assert queries.has_factor(helper) and digits(helper)


def test_a_lost_telephone_is_logged_out_for_a_reason(stage, at):
    helper = stage.users["helper"]
    phone = officer(stage, "helper")
    assert phone.get("/v/").status_code == 200
    clerk = officer(stage, "clerk")
    clerk.post(at("helper"), {"do": "out", "words": " "})
    assert phone.get("/v/").status_code == 200
    clerk.post(at("helper"), {"do": "out", "words": "手机丢了"})
    assert phone.get("/v/").status_code == 302
    assert LoginEvent.objects.get(user=helper, what=What.ENDED).note == "手机丢了"


@pytest.mark.parametrize("who", ["supervisor", "council", "worker", "committee", "former"])
def test_others_help_nobody(stage, who):
    person, by = stage.persons["苗小满"], stage.users[who]
    for deed in (
        lambda: actions.give_login(person, by=by, username="x"),
        lambda: actions.new_code(person, by=by),
        lambda: actions.unlock_login(person, by=by, seen="认得"),
        lambda: actions.log_out_everywhere(person, by=by, because="-"),
        lambda: actions.ask_factor_reset(person, by=by, because="认得"),
        lambda: actions.agree_factor_reset(person, by=by),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_who_has_no_log_in_cannot_be_helped_with_it(stage):
    with pytest.raises(DomainError):
        actions.new_code(stage.persons["苗小满"], by=stage.users["clerk"])


# --- what somebody is no longer --------------------------------------------------------------------------------------
def test_a_session_ends_at_the_next_click_after_the_post_has(stage):
    helper, row = officer(stage, "helper"), next(a for a in stage.appointments if a.post_id == stage.posts["helper"].pk)
    assert helper.get("/v/").status_code == 200
    actions.end_appointment(row, by=stage.users["clerk"], to_on=clock.today(), because="免职")
    assert helper.get("/v/")["Location"].startswith("/login/")
    assert helper.get("/login/security/").status_code == 302  # the session itself is gone, not only the right


def test_a_session_ends_when_the_term_runs_out_by_date(stage):
    row = next(a for a in stage.appointments if a.post_id == stage.posts["helper"].pk)
    actions.end_appointment(row, by=stage.users["clerk"], to_on=clock.today() + timedelta(days=1), because="任满")
    start = clock.at(clock.today() + timedelta(days=1)) - timedelta(minutes=10)
    with clock.stopped_at(start):
        helper = officer(stage, "helper")
        assert helper.get("/v/").status_code == 200
    with clock.stopped_at(start + timedelta(minutes=11)):
        for address in ("/v/", "/v/say/", "/v/hh/", "/w/", "/login/security/"):
            assert helper.get(address).status_code == 302, address
        again = Client()
        enter(again, stage.users["helper"])
        assert again.get("/v/").status_code == 404


def test_a_new_post_asks_for_a_new_log_in_too(stage):
    clerk_, post = stage.users["clerk"], stage.posts["committee"]
    helper = officer(stage, "helper")
    helper.get("/v/")
    person = next(a.person for a in stage.appointments if a.post_id == stage.posts["helper"].pk)
    row = next(a for a in stage.appointments if a.post_id == post.pk)
    actions.end_appointment(row, by=clerk_, to_on=clock.today())
    assert helper.get("/v/").status_code == 200  # somebody else's post
    actions.appoint(post, person, by=clerk_, from_on=clock.today())
    assert helper.get("/v/").status_code == 302


# --- the console ------------------------------------------------------------------------------------------------------
def console(*given) -> str:
    out = StringIO()
    call_command("login", *given, stdout=out, skip_checks=True)
    return out.getvalue()


def test_the_console_helps_when_no_officer_can(stage, rf):
    clerk = stage.users["clerk"]
    lock(rf, clerk.username)
    console(clerk.username, "--unlock", "电话里核过")
    assert not shut(clerk.username)
    code = console(clerk.username.upper(), "--code").split(" / ")[1].split()[0]
    assert accept(clerk.username, code).status_code == 303
    with_time_code(clerk)
    console(clerk.username, "--reset-factor")
    assert not queries.has_factor(clerk)
    console(clerk.username, "--log-out", "手机丢了")
    assert set(LoginEvent.objects.filter(user=clerk, by=None).values_list("by_name", flat=True)) == {"console"}


@pytest.mark.parametrize("given", [("nobody", "--code"), ("clerk.liugou", "--unlock", " ")])
def test_the_console_says_what_cannot_be(stage, given):
    with pytest.raises(CommandError):
        console(*given)


def test_what_stands_above_the_village_is_let_in_by_the_township_alone(stage, at):
    """A code for the log-in of a post is as good as the post (T04)."""
    clerk, above = officer(stage, "clerk"), stage.users["township"]
    assert not re.search(
        r">[a-z2-9]{4}(-[a-z2-9]{4}){3}<", clerk.post(at("township"), {"do": "code"}, follow=True).text
    )
    assert queries.open_invitation(above, clock.now()) is None
    person, by = stage.persons[above.name], stage.users["clerk"]
    for deed in (actions.new_code, lambda one, by: actions.unlock_login(one, by=by, seen="见过")):
        with pytest.raises(NotAllowed):
            deed(person, by=by)
    with pytest.raises(NotAllowed):
        actions.ask_factor_reset(person, by=by, because="手机丢了")
    assert actions.log_out_everywhere(person, by=by, because="手机丢了") == 0  # shuts a door, opens none
    assert actions.new_code(stage.persons[stage.users["supervisor"].name], by=above)
