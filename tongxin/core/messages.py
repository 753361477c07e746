"""Short messages to telephones, through a folder that the county's own gateway empties.

Off until the operator names the folder (TONGXIN_SMS_FOLDER). One JSON file a message, written whole or not at all;
the same key writes the same file, so a repeated hand-over is one message. Nothing is sent between 20:00 and 7:30.

Nobody's telephone is a weapon (T37): a number gets one message a minute and five a day, an address causes twenty an
hour, and the whole site sends no more than its budget a day, whose end is one alarm. What is not sent is not lost: it
stands on the page. The counts are rows (`throttle`), the same for every worker and after every restart.
"""

import json
import logging
import os
import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings

from tongxin.core import clock, site, throttle
from tongxin.core.errors import TooMany
from tongxin.core.inserting import insert_if_new
from tongxin.core.models import Alarm

QUIET_FROM, QUIET_TO = time(20, 0), time(7, 30)  # no push at night (domain.md 15, duty 4)
A_MINUTE, A_DAY = 1, 5  # messages to one number
AN_HOUR = 20  # messages that one address may cause
log = logging.getLogger(__name__)


def is_on() -> bool:
    return bool(settings.SMS_FOLDER)


def next_waking_moment(moment: datetime | None = None) -> datetime:
    """This moment, or half past seven when it is night on the village's wall."""
    moment = moment or clock.now()
    wall = clock.local(moment)
    if QUIET_TO <= wall.time() < QUIET_FROM:
        return moment
    day = wall.date() if wall.time() < QUIET_TO else wall.date() + timedelta(days=1)
    return clock.at(day, QUIET_TO.hour, QUIET_TO.minute)


def hand_over(phone: str, text: str, key: str) -> bool:
    """Put one message into the folder; False when messages are off, there is no mobile number, or it has had enough.

    Outside a transaction, for the counts' sake.

    Raises:
        site.Muted: on a copy of the site, which has no business with anybody's telephone (R54).
    """
    digits = "".join(ch for ch in phone if ch.isdigit())
    if not is_on() or len(digits) != 11 or not digits.startswith("1"):
        return False
    if site.is_muted():
        raise site.Muted("this is a copy of the site")
    folder = Path(settings.SMS_FOLDER)
    if (folder / f"{key}.json").exists():  # handed over before, and the gateway has not come yet
        return True
    if not _has_room(digits):
        return False
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False, encoding="utf-8") as file:
        json.dump({"to": digits, "text": text, "key": key}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).rename(folder / f"{key}.json")
    return True


def may_ask(address: str) -> bool:
    """Whether somebody at this address may cause another message; counted when they may."""
    try:
        throttle.take(f"sms|from|{address}", AN_HOUR, timedelta(hours=1))
    except TooMany:
        return False
    return True


def _has_room(digits: str) -> bool:
    """Count a message to this number, and against the budget of the day; nothing is counted when it may not go."""
    day, taken = timedelta(days=1), []
    try:
        for key, most, per in ((f"sms|{digits}", A_MINUTE, timedelta(minutes=1)), (f"sms|{digits}|day", A_DAY, day)):
            taken.append(throttle.take(key, most, per))
    except TooMany:
        throttle.give_back(*taken)
        log.info("messages: one was left out, its telephone has had enough of them")
        return False
    try:
        throttle.take("sms|all", settings.SMS_A_DAY, day)
    except TooMany:
        throttle.give_back(*taken)
        _say_once("The budget of short messages for the day is spent; none is sent until tomorrow.")
        return False
    return True


def _say_once(words: str) -> None:
    """One alarm a day, whichever process comes first."""
    if insert_if_new(Alarm(name="sms.budget", day=clock.today(), at=clock.now(), words=words)):
        log.error("messages: %s", words)
