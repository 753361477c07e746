"""After the password: nothing opens before the second factor, and each opens once."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from tests.accounts.authenticator import Authenticator
from tests.accounts.conftest import digits, enter, is_in, text_of, with_time_code
from tests.factories import stage
from tongxin.accounts import actions, queries
from tongxin.accounts.models import LoginEvent, Passkey, What
from tongxin.core import clock, guessing, sessions
from tongxin.core.models import LoginSession

LOGIN, SECOND, ENROL = "/login/", "/login/second/", "/login/enrol/"
SECURITY, PASSKEY = "/login/security/", "/login/second/passkey/"
NEW = "一句好记的新话，够长了吧"


# --- the time code ------------------------------------------------------------------------------------------------
def test_the_password_alone_opens_nothing(client, user):
    with_time_code(user)
    response = enter(client, user)
    assert (response.status_code, response["Location"]) == (303, SECOND)
    for address in ("/v/", "/v/say/", "/v/hh/", SECURITY, "/login/password/", "/v/start/", ENROL):
        assert client.get(address).status_code in (302, 303), address
        assert LOGIN in client.get(address)["Location"]


def test_password_and_code_open_and_lead_where_one_wanted_to_go(client, user):
    with_time_code(user)
    enter(client, user, next="/v/say/")
    response = client.post(SECOND, {"code": digits(user)})
    assert (response.status_code, response["Location"]) == (303, "/v/say/")
    assert is_in(client)


def test_a_recovery_code_opens_and_its_owner_is_told(client, user):
    codes = with_time_code(user)
    enter(client, user)
    assert client.post(SECOND, {"code": codes[0]}).status_code == 303
    assert "用了一个备用码" in text_of(client.get(SECURITY))
    other = Client()
    enter(other, user)
    assert other.post(SECOND, {"code": codes[0]}).status_code == 422 and not is_in(other)


def test_a_code_seen_over_a_shoulder_opens_no_second_time(client, user):
    with_time_code(user)
    code = digits(user)
    enter(client, user)
    client.post(SECOND, {"code": code})
    other = Client()
    enter(other, user)
    assert other.post(SECOND, {"code": code}).status_code == 422 and not is_in(other)


def test_a_wrong_code_says_so_and_the_door_stays_shut(client, user):
    with_time_code(user)
    enter(client, user)
    response = client.post(SECOND, {"code": digits(user, 9)})
    assert response.status_code == 422 and "对不上" in text_of(response) and not is_in(client)
    assert client.post(SECOND, {}).status_code == 422


def test_without_the_password_there_is_no_second_step(client, user):
    with_time_code(user)
    for address in (SECOND, PASSKEY):
        assert client.get(address)["Location"] == LOGIN
        assert client.post(address, {"code": digits(user)})["Location"] == LOGIN
    assert not is_in(client)


def test_half_way_lasts_ten_minutes(client, user):
    with_time_code(user)
    enter(client, user)
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        assert client.post(SECOND, {"code": digits(user)})["Location"] == LOGIN
        assert not is_in(client)


def test_a_password_changed_meanwhile_ends_half_the_way(client, user):
    with_time_code(user)
    enter(client, user)
    user.set_password(NEW)
    user.save()
    assert client.post(SECOND, {"code": digits(user)})["Location"] == LOGIN and not is_in(client)


def test_who_owes_the_second_step_cannot_set_up_another_instead(client, user):
    with_time_code(user)
    enter(client, user)
    assert client.get(ENROL)["Location"].startswith(LOGIN)
    assert client.post(ENROL, {"code": digits(user)})["Location"].startswith(LOGIN)


def test_password_and_code_are_guessed_at_one_door(client, user):
    with_time_code(user)
    enter(client, user)
    statuses = [client.post(SECOND, {"code": "000000"}).status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]
    assert "试了 5 次了" in text_of(client.post(SECOND, {"code": digits(user)}))
    assert enter(Client(), user).status_code == 429  # the same address, the same name


def test_twenty_wrong_codes_shut_it_whatever_lies_between(user):
    with_time_code(user)
    start = clock.now()
    for n in range(guessing.MOST):
        with clock.stopped_at(start + timedelta(minutes=20 * n)):
            guesser = Client(REMOTE_ADDR=f"203.0.113.{n}")
            enter(guesser, user)
            assert guesser.post(SECOND, {"code": digits(user, 50)}).status_code == 422, n
    with clock.stopped_at(start + timedelta(days=30)):
        shut = enter(Client(), user)
        assert shut.status_code == 429 and "到村委会" in text_of(shut)
        assert LoginEvent.objects.filter(user=user, what=What.SHUT).exists()


def test_the_owner_on_a_known_device_comes_in_while_it_is_shut_for_strangers(client, user):
    with_time_code(user)
    enter(client, user)
    client.post(SECOND, {"code": digits(user)})
    client.post("/logout/")
    start = clock.now()
    for n in range(guessing.MOST):
        with clock.stopped_at(start + timedelta(minutes=20 * n)):
            enter(Client(REMOTE_ADDR=f"203.0.113.{n}"), user, "wrong")
    with clock.stopped_at(start + timedelta(days=2)):
        assert enter(Client(), user).status_code == 429
        assert enter(client, user)["Location"] == SECOND
        assert client.post(SECOND, {"code": digits(user)}).status_code == 303 and is_in(client)


# --- setting one up ------------------------------------------------------------------------------------------------
def owing(user):
    """Past the days of grace."""
    actions.came_in(user, by=user)
    user.factor_due_at = clock.now() - timedelta(days=1)
    user.save()


def test_in_the_days_of_grace_one_comes_in_and_is_told(client, user):
    response = client.post(LOGIN, {"username": user.username, "password": stage.PASSWORD}, follow=True)
    assert "这几天请设好第二道验证" in text_of(response) and is_in(client)
    assert "还没有第二道验证" in text_of(client.get(SECURITY))


def test_afterwards_one_sets_it_up_before_coming_in(client, user):
    owing(user)
    assert enter(client, user, next="/v/say/")["Location"] == ENROL
    assert not is_in(client)
    page = client.get(ENROL).content.decode()
    assert "<svg" in page and "viewBox" in page
    wrong = client.post(ENROL, {"code": digits(user, 9)})
    assert wrong.status_code == 422 and not is_in(client)
    done = client.post(ENROL, {"code": digits(user)})
    shown = re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", done.content.decode())
    assert len(shown) == 10 and 'href="/v/say/"' in done.content.decode()
    assert "no-store" in done["Cache-Control"] and is_in(client)
    other = Client()
    enter(other, user)
    assert other.post(SECOND, {"code": shown[7]}).status_code == 303


def test_the_secret_is_in_no_session(client, user):
    owing(user)
    enter(client, user)
    client.get(ENROL)
    secret = actions.begin_time_code(user, by=user)
    for row in LoginSession.objects.all():
        assert secret not in str(sessions.SessionStore().decode(row.data)) + row.data


def test_a_shared_log_in_of_the_demonstration_sets_up_nothing(client, user, settings):
    settings.DEMO = settings.ONE_PASSWORD = True
    user.username, user.factor_due_at = "demo-wenshu", clock.now() - timedelta(days=9)
    user.set_password(queries.DEMO_PASSWORD)
    user.save()
    assert enter(client, user, queries.DEMO_PASSWORD)["Location"] == "/v/start/" and is_in(client)
    assert client.get(ENROL).status_code == 403
    assert "大家共用" in text_of(client.get(SECURITY))
    old = {"old": queries.DEMO_PASSWORD, "new": NEW, "again": NEW}
    assert "大家共用" in text_of(client.post("/login/password/", old))


def test_the_printed_password_opens_nothing_where_there_is_no_demonstration(client, user, settings):
    settings.DEMO, settings.ONE_PASSWORD = False, False
    user.username = "demo-wenshu"
    user.set_password(queries.DEMO_PASSWORD)  # a database that was a demonstration once
    user.save()
    assert enter(client, user, queries.DEMO_PASSWORD).status_code == 422 and not is_in(client)
    user.username = "wenshu"
    user.save()
    settings.DEMO = settings.ONE_PASSWORD = True
    assert enter(client, user, queries.DEMO_PASSWORD).status_code == 422


# --- passkeys ------------------------------------------------------------------------------------------------------
@pytest.fixture
def at(settings):
    """A browser at the address that the passkeys are for."""
    return lambda: Client(SERVER_NAME="localhost")


def with_passkey(client, user) -> Authenticator:
    device = Authenticator()
    enter(client, user)
    options = client.get("/login/security/passkeys/new/").json()
    answer = {"name": "办公室电脑", "answer": device.make(options)}
    assert client.post("/login/security/passkeys/new/", answer).status_code == 303
    client.post("/logout/")
    return device


def test_a_passkey_is_added_and_opens(at, user):
    client = at()
    device = with_passkey(client, user)
    assert enter(client, user)["Location"] == SECOND and not is_in(client)
    assert 'data-passkey="get"' in client.get(SECOND).content.decode()
    answer = device.sign(client.get(PASSKEY).json())
    assert client.post(PASSKEY, {"answer": answer}).status_code == 303 and is_in(client)
    assert Passkey.objects.get(user=user).signatures == 1


def test_an_answer_is_taken_once(at, user):
    client, other = at(), at()
    device = with_passkey(client, user)
    enter(client, user)
    answer = device.sign(client.get(PASSKEY).json())
    client.post(PASSKEY, {"answer": answer})
    client.post("/logout/")
    for again in (client, other):
        enter(again, user)
        assert again.post(PASSKEY, {"answer": answer}).status_code == 422 and not is_in(again)


def test_a_copied_passkey_that_has_fallen_behind_is_refused(at, user):
    client = at()
    device = with_passkey(client, user)
    Passkey.objects.update(signatures=7)
    enter(client, user)
    answer = device.sign(client.get(PASSKEY).json())
    assert client.post(PASSKEY, {"answer": answer}).status_code == 422 and not is_in(client)


@pytest.mark.parametrize("answer", ["", "{}", "nonsense"])
def test_no_answer_is_told_in_words(at, user, answer):
    client = at()
    with_passkey(client, user)
    enter(client, user)
    client.get(PASSKEY)
    response = client.post(PASSKEY, {"answer": answer})
    assert response.status_code == 422 and "通行密钥对不上" in text_of(response) and not is_in(client)


def test_one_made_elsewhere_is_not_offered_here(at, user):
    client = at()
    with_passkey(client, user)
    Passkey.objects.update(host="other.example")
    enter(client, user)
    page = client.get(SECOND)
    assert page.status_code == 200 and 'data-passkey="get"' not in page.content.decode()


def test_without_scripts_adding_one_says_what_it_needs(client, user):
    enter(client, user)
    response = client.post("/login/security/passkeys/new/", {"name": "", "answer": ""})
    assert (
        response.status_code == 422 and "锁屏" in text_of(response) and not Passkey.objects.filter(user=user).exists()
    )


def test_one_is_taken_away_by_its_owner_only(at, user, here):
    client = at()
    with_passkey(client, user)
    row = Passkey.objects.get(user=user)
    other = Client()
    enter(other, here.users["helper"])
    assert other.post(f"/login/security/passkeys/{row.pk}/drop/").status_code == 404
    with_time_code(user)
    enter(client, user)
    client.post(SECOND, {"code": digits(user)})
    assert client.post(f"/login/security/passkeys/{row.pk}/drop/").status_code == 303
    assert not Passkey.objects.filter(user=user).exists()


# --- what lets others in is not changed from a screen left open ---------------------------------------------------
def test_after_ten_minutes_the_password_is_asked_once_more(client, user):
    with_time_code(user)
    enter(client, user)
    client.post(SECOND, {"code": digits(user)})
    with clock.stopped_at(clock.now() + timedelta(minutes=11)):
        page = client.get(SECURITY).content.decode()
        assert 'name="password"' in page and "/login/security/codes/" not in page
        for address in ("/login/security/codes/", "/login/security/passkeys/new/"):
            assert client.post(address)["Location"] == SECURITY
        assert client.post(SECURITY, {"password": "wrong"}).status_code == 422
        assert client.post("/login/security/codes/")["Location"] == SECURITY
        assert client.post(SECURITY, {"password": stage.PASSWORD})["Location"] == SECURITY
        shown = client.post("/login/security/codes/").content.decode()
        assert len(re.findall(r">([a-z2-9]{5}-[a-z2-9]{5})<", shown)) == 10


def test_recovery_codes_without_a_time_code_are_none(client, user):
    enter(client, user)
    assert client.post("/login/security/codes/").status_code == 404
