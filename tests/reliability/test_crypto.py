"""S19: a secret moved to another row is refused, a rotation stopped anywhere loses nothing, a dump without its key
tells nobody's number.

The control of each takes its guard away: no associated data, no transaction a batch, the key beside the data.
"""

import hashlib
import itertools
import random
from datetime import date, timedelta

import pytest
from django.db import connection

from tests.factories import stage as stages
from tongxin.core import crypto, keyring, rotation, sealing
from tongxin.core.models import KeyPurpose, SealingKey
from tongxin.people.models import Person
from tongxin.territory import scope

from . import board

PERSONS = 3036  # a village of the design's scale
STOPS = 20
# The county's numbers: six digits of the district, a birthday in eighty years, three of the day's order, one to check.
AREA = "621122"


@pytest.fixture
def village(db):
    stage = stages.village()
    with scope.village(stage.village.pk):
        yield stage.village


def swapped(village, pairs: int) -> int:
    """Lay each one's ciphertext into the other's row; how many of the pairs open to the wrong person's number."""
    rows = [Person(village=village, name=f"第{n}人", phone=f"1380000{n:04}") for n in range(2 * pairs)]
    rows = Person.objects.bulk_create(rows)
    texts = [Person.objects.get(pk=row.pk).phone.stored for row in rows]
    for n in range(0, 2 * pairs, 2):
        for row, text in ((rows[n], texts[n + 1]), (rows[n + 1], texts[n])):
            Person.objects.filter(pk=row.pk).update(phone=crypto.Sealed(text))
    opened = 0
    for row in Person.objects.filter(pk__in=[row.pk for row in rows]):
        try:
            row.phone.in_clear()
            opened += 1
        except crypto.Unreadable:
            pass
    Person.objects.all().delete()
    return opened


def test_a_secret_moved_to_another_row_is_refused(village, monkeypatch):
    pairs = board.count(ci=100, nightly=1000)
    opened = swapped(village, pairs)
    monkeypatch.setattr(sealing, "_bound", lambda column, pk, name: b"")
    without = swapped(village, pairs)
    board.reach(
        "S19 swap",
        wanted=f"{pairs} of {pairs} pairs refused",
        reached=f"{pairs - opened // 2} of {pairs} refused",
        held=opened == 0,
        control=f"no associated data: {without // 2} of {pairs} pairs open to the wrong person",
        control_failed=without == 2 * pairs,
    )


# --- rotation ---------------------------------------------------------------------------------------------------------
class Stopped(BaseException):
    """The process ends here, in the middle of a row."""


def stopping_at(real, at: set[int]):
    """`sealed_for` that ends the process before its n-th calls."""
    count = itertools.count(1)

    def seal(*args):
        if next(count) in at:
            raise Stopped
        return real(*args)

    return seal


def rotated(village, persons: int, monkeypatch) -> tuple[int, int, int]:
    """(rows whose number is lost, times stopped, rows in all) of a rotation that is stopped twenty times."""
    made = Person.objects.bulk_create(
        [Person(village=village, name="某人", phone=f"138{n:08}") for n in range(persons)], batch_size=500
    )
    wanted = {row.pk: row.phone.in_clear() for row in made}
    field = Person._meta.get_field("phone")
    rotation.renew([village.pk])
    dice = random.Random(19)
    real, stops, lost = crypto.sealed_for, 0, set()
    for at in sorted(dice.sample(range(1, persons // 2), STOPS)):
        monkeypatch.setattr(crypto, "sealed_for", stopping_at(real, {1 + at % (2 * rotation.BATCH)}))
        try:
            rotation.reseal(field)
        except Stopped:
            stops += 1
        monkeypatch.setattr(crypto, "sealed_for", real)
        keyring.forget_keys()  # a new process
        lost |= {row.pk for row in Person.objects.only("phone") if not _is(row, wanted[row.pk])}
    rotation.reseal(field)
    lost |= {row.pk for row in Person.objects.only("phone") if not _is(row, wanted[row.pk])}
    lost |= set(rotation.pending(field).values_list("pk", flat=True))
    count = Person.objects.count()
    Person.objects.all().delete()
    return len(lost) + persons - count, stops, count


def _is(row: Person, number: str) -> bool:
    try:
        return row.phone.in_clear() == number
    except crypto.Unreadable:
        return False


def test_a_rotation_stopped_twenty_times_loses_nobodys_number(village, monkeypatch):
    lost, stops, count = rotated(village, PERSONS, monkeypatch)
    # The control forgets the old key with the first batch, as a rotation that keeps no old key would.
    real = keyring.renew

    def forgetful(whose, purpose):
        key = real(whose, purpose)
        SealingKey.objects.filter(village_id=whose, purpose=purpose, retired_at__isnull=False).delete()
        keyring.forget_keys()
        return key

    monkeypatch.setattr(keyring, "renew", forgetful)
    without, _stops, _count = rotated(village, 100, monkeypatch)
    board.reach(
        "S19 rotation",
        wanted=f"{PERSONS} persons, stopped {STOPS} times: 0 lost",
        reached=f"{count} persons, stopped {stops} times: {lost} lost",
        held=lost == 0 and stops == STOPS and count == PERSONS,
        control=f"the old key thrown away when the new one is made: {without} of 100 lost",
        control_failed=without == 100,
    )


# --- a dump without the key -------------------------------------------------------------------------------------------
def number(nth: int) -> str:
    """The nth of the county's identity numbers (80 years × 365 days × 999 orders), with a right check digit."""
    weights = [2 ** (17 - n) % 11 for n in range(17)]
    day = date(1946, 1, 1) + timedelta(days=nth // 999)
    body = f"{AREA}{day:%Y%m%d}{1 + nth % 999:03}"
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


def recovered(indexes: set[str], tried: list[str], guess) -> int:
    """How many of the fingerprints in a dump whoever tries these numbers with this function finds."""
    return len(indexes & {guess(number) for number in tried})


def test_a_dump_without_its_key_tells_nobodys_number(village):
    """The search over a county is 29 million numbers; tried are those that are in the dump, and as many that are not.

    So it is no matter of patience: even whoever guesses right cannot see it. A plain hash falls to the same guesses.
    """
    tried = [number(nth) for nth in random.Random(19).sample(range(80 * 365 * 999), 2 * PERSONS)]
    there = tried[::2]
    keyed = {crypto.blind_index(one, "identity", village.pk) for one in there}
    plain = {hashlib.sha256(one.encode()).hexdigest()[:32] for one in there}
    with connection.cursor() as cursor:  # all that a dump holds of keys
        cursor.execute("SELECT id, village_id, wrapped FROM core_sealingkey")
        rows = cursor.fetchall()
    wrapped = [text for *_ids, text in rows]
    context = f"identity|{village.pk}\0"
    suite = keyring.suite()
    guesses = [lambda guess: hashlib.sha256(guess.encode()).hexdigest()[:32]]
    guesses += [
        lambda guess, text=text: suite.mac(hashlib.sha256(text.encode()).digest(), f"{context}{guess}".encode())[
            :16
        ].hex()
        for text in wrapped
    ]
    found = sum(recovered(keyed, tried, guess) for guess in guesses)
    key = keyring.current(village.pk, KeyPurpose.INDEX)
    with_key = recovered(keyed, tried, lambda n: key.suite.mac(key.material, f"{context}{n}".encode())[:16].hex())
    without = recovered(plain, tried, guesses[0])
    board.reach(
        "S19 dump",
        wanted=f"0 of {PERSONS} found without the key",
        reached=f"{found} of {PERSONS} found, the right numbers among those tried",
        held=found == 0 and len(keyed) == PERSONS,
        control=f"a plain hash: {without} of {PERSONS} found; with the key: {with_key}",
        control_failed=without == with_key == PERSONS,
    )
