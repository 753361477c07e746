"""Sessions end in time, can be ended, and lie in the database in a way that opens nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import UpdateError

from tongxin.core import clock, sessions
from tongxin.core.ids import uuid7
from tongxin.core.models import LoginSession
from tongxin.core.sessions import SessionStore

pytestmark = pytest.mark.django_db
USER = UUID("018f0000-0000-7000-8000-000000000001")


def begun(user=USER, **data) -> str:
    store = SessionStore()
    store.update(data | ({SESSION_KEY: str(user)} if user else {}))
    store.save()
    return store.session_key


def opened(key: str) -> dict:
    return dict(SessionStore(key).items())


def test_what_is_put_in_comes_out():
    key = begun(colour="green")
    assert opened(key) == {"colour": "green", SESSION_KEY: str(USER)}
    assert LoginSession.objects.get().user_id == USER


def test_the_row_does_not_hold_what_the_cookie_holds():
    key = begun()
    row = LoginSession.objects.get()
    assert key not in row.key + row.data
    assert opened(row.key) == {}  # who has read the table cannot come in with it


@pytest.mark.parametrize(("minutes", "open_"), [(29, True), (31, False)])
def test_without_a_click_it_ends_after_half_an_hour(minutes, open_):
    key = begun()
    with clock.stopped_at(clock.now() + timedelta(minutes=minutes)):
        assert bool(opened(key)) is open_
        assert LoginSession.objects.exists() is open_


@pytest.mark.parametrize(("hours", "open_"), [(11.9, True), (12, False)])
def test_however_much_is_clicked_it_ends_after_twelve_hours(hours, open_):
    key, start = begun(), clock.now()
    for quarter in range(1, int(hours * 4)):
        with clock.stopped_at(start + timedelta(minutes=15 * quarter)):
            assert opened(key)
    with clock.stopped_at(start + timedelta(hours=hours)):
        assert bool(opened(key)) is open_


def test_nobodys_session_is_not_idle(settings):
    key = begun(user=None, half="done")
    with clock.stopped_at(clock.now() + timedelta(hours=2)):
        assert opened(key)
    with clock.stopped_at(clock.now() + settings.STAFF_LONGEST):
        assert not opened(key)


def test_a_click_a_minute_is_written_once_a_minute(django_assert_num_queries):
    key, start = begun(), clock.now()
    with clock.stopped_at(start + timedelta(seconds=30)), django_assert_num_queries(1):
        opened(key)
    with clock.stopped_at(start + timedelta(seconds=90)):
        opened(key)
    assert LoginSession.objects.get().seen_at == start + timedelta(seconds=90)


def test_one_is_ended_or_all_or_all_others():
    mine, other, third = begun(), begun(), begun(user=uuid7())
    row = LoginSession.objects.get(key=sessions.hashed(other))
    assert sessions.end(USER, only=row.pk) == 1
    assert (bool(opened(mine)), bool(opened(other))) == (True, False)
    other = begun()
    assert sessions.end(USER, but=mine) == 1
    assert (bool(opened(mine)), bool(opened(other))) == (True, False)
    assert sessions.end(USER) == 1
    assert not opened(mine) and opened(third)


def test_somebody_elses_session_is_not_ended_by_its_id():
    mine = begun()
    assert sessions.end(uuid7(), only=LoginSession.objects.get().pk) == 0
    assert opened(mine)


def test_a_request_that_outlives_its_session_does_not_bring_it_back():
    key = begun()
    store = SessionStore(key)
    store["late"] = 1
    sessions.end(USER)
    with pytest.raises(UpdateError):
        store.save()
    assert not opened(key)


def test_a_new_key_takes_the_old_ones_place():
    key = begun()
    store = SessionStore(key)
    store.cycle_key()
    store.save()
    assert store.session_key != key and not opened(key) and opened(store.session_key)
    store.flush()
    assert not LoginSession.objects.exists()


def test_the_list_shows_the_living_last_seen_first():
    start = clock.now()
    first, second = begun(device="a"), begun(device="b")
    with clock.stopped_at(start + timedelta(minutes=20)):
        opened(first)
        assert [data["device"] for _row, data in sessions.of_user(USER)] == ["a", "b"]
    with clock.stopped_at(start + timedelta(minutes=40)):
        assert [data["device"] for _row, data in sessions.of_user(USER)] == ["a"]
        SessionStore.clear_expired()
        assert LoginSession.objects.count() == 1
    assert second


def test_an_unknown_key_is_an_empty_new_session():
    store = SessionStore("n" * 32)
    assert dict(store.items()) == {}
    store["a"] = 1
    store.save()
    assert store.session_key != "n" * 32  # nobody chooses the key of another
