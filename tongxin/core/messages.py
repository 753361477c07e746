"""Short messages to telephones, through a folder that the county's own gateway empties.

Off until the operator names the folder (TONGXIN_SMS_FOLDER). One JSON file a message, written whole or not at all;
the same key writes the same file, so a repeated hand-over is one message. Nothing is sent between 20:00 and 7:30.
"""

import json
import os
import tempfile
from datetime import datetime, time, timedelta
from pathlib import Path

from django.conf import settings

from tongxin.core import clock, site

QUIET_FROM, QUIET_TO = time(20, 0), time(7, 30)  # no push at night (domain.md 15, duty 4)


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
    """Put one message into the folder; False when messages are off or there is no mobile number.

    Raises:
        site.Muted: on a copy of the site, which has no business with anybody's telephone (R54).
    """
    digits = "".join(ch for ch in phone if ch.isdigit())
    if not is_on() or len(digits) != 11 or not digits.startswith("1"):
        return False
    if site.is_muted():
        raise site.Muted("this is a copy of the site")
    folder = Path(settings.SMS_FOLDER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".", delete=False, encoding="utf-8") as file:
        json.dump({"to": digits, "text": text, "key": key}, file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).rename(folder / f"{key}.json")
    return True
