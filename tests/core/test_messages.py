"""Messages go into the gateway's folder, whole, once, and never at night."""

import json
from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxin.core import clock, messages


@pytest.fixture
def folder(settings, tmp_path):
    settings.SMS_FOLDER = str(tmp_path / "sms")
    return tmp_path / "sms"


def test_nothing_is_sent_as_long_as_no_folder_is_named(settings):
    settings.SMS_FOLDER = ""
    assert not messages.is_on()
    assert not messages.hand_over("13812345678", "收到了", "k")


@pytest.mark.django_db
def test_a_message_is_one_file_and_the_same_key_is_the_same_message(folder):
    assert messages.hand_over("138 1234 5678", "收到了", "k")
    assert messages.hand_over("138 1234 5678", "收到了", "k")
    (file,) = folder.iterdir()
    assert json.loads(file.read_text("utf-8")) == {"to": "13812345678", "text": "收到了", "key": "k"}
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("phone", ["", "0932-6620000", "1381234567", "23812345678"])
def test_only_a_mobile_telephone_gets_one(folder, phone):
    assert not messages.hand_over(phone, "收到了", "k")
    assert not folder.exists()


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (datetime(2023, 6, 20, 19, 59), datetime(2023, 6, 20, 19, 59)),
        (datetime(2023, 6, 20, 20, 0), datetime(2023, 6, 21, 7, 30)),
        (datetime(2023, 6, 21, 0, 5), datetime(2023, 6, 21, 7, 30)),
        (datetime(2023, 6, 21, 7, 30), datetime(2023, 6, 21, 7, 30)),
    ],
)
def test_at_night_nobody_is_woken(asked, sent):
    with clock.stopped_at(asked) as moment:
        assert clock.local(messages.next_waking_moment()).replace(tzinfo=None) == sent
        assert messages.next_waking_moment(moment) == messages.next_waking_moment()


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))
def test_it_is_day_when_a_message_goes_out_and_never_earlier_than_asked(naive):
    with clock.stopped_at(naive) as asked:
        moment = messages.next_waking_moment()
    assert moment >= asked
    assert time(7, 30) <= clock.local(moment).time() < time(20, 0)
