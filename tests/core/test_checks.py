"""Each unsafe setting is refused, and the message says the mend."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.checks import Warning
from django.db import connection

from tongxin.core import checks, clock, workdays
from tongxin.core.models import CalendarDay

SAFE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}
SAFE = {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "recursive_triggers": 1}


def test_the_settings_of_the_product_are_safe():
    assert checks.sqlite_faults(SAFE_OPTIONS, SAFE, (3, 40, 1)) == []
    assert checks.postgres_faults(dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "on")) == []


@pytest.mark.parametrize(
    ("options", "pragmas", "number"),
    [
        ({"transaction_mode": "DEFERRED"}, {}, "E010"),
        ({"timeout": 5}, {}, "E011"),
        ({}, {"journal_mode": "wal"}, "E012"),
        ({}, {"synchronous": 1}, "E013"),
        ({}, {"synchronous": 2}, "E013"),
        ({}, {"foreign_keys": 0}, "E014"),
        ({}, {"recursive_triggers": 0}, "E015"),
    ],
)
def test_each_unsafe_setting_of_sqlite_is_refused(options, pragmas, number):
    found = checks.sqlite_faults(SAFE_OPTIONS | options, SAFE | pragmas, (3, 40, 1))
    assert [fault.id for fault in found] == [f"tongxin.{number}"]
    assert found[0].hint


def test_wal_is_allowed_from_the_version_that_mended_it():
    assert checks.sqlite_faults(SAFE_OPTIONS, SAFE | {"journal_mode": "wal"}, (3, 51, 3)) == []


@pytest.mark.parametrize("name", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_postgresql_that_may_lose_an_answer_is_refused(name):
    shown = dict.fromkeys(("fsync", "full_page_writes", "synchronous_commit"), "on") | {name: "off"}
    assert len(checks.postgres_faults(shown)) == 1


def ids(found):
    return [fault.id.removeprefix("tongxin.") for fault in found]


@pytest.fixture
def data(settings, tmp_path):
    """A data folder with both keys as `setup_keys` leaves them."""
    settings.DATA, settings.SECRET_FILE = tmp_path, tmp_path / "secret.key"
    for name in ("secret.key", "field.key"):
        (tmp_path / name).write_text("k")
        (tmp_path / name).chmod(0o600)
    settings.SECRET_KEY = "q8-V" * 15 + "zebra"
    return tmp_path


@pytest.mark.parametrize(
    ("secret", "number"),
    [
        ("", "E001"),
        ("short", "E002"),
        ("a" * 60, "E002"),
        ("django-insecure-9x2m4k7q1w8e5r3t6y0u-and-so-on-and-so-forth", "E007"),
        ("change-me-please-before-you-put-this-on-the-internet-please", "E007"),
    ],
)
def test_a_missing_short_or_sample_key_is_refused(settings, data, secret, number):
    settings.ALLOWED_HOSTS = ["village.example.org"]
    assert ids(checks.keys(None)) == []
    settings.SECRET_KEY = secret
    found = checks.keys(None)
    assert ids(found) == [number]
    assert "setup_keys" in found[0].hint


def test_a_sample_key_will_do_on_ones_own_machine(settings, data):
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = "only-for-checks-" + "c" * 30 + "abcde", ["localhost"]
    assert ids(checks.keys(None)) == []


@pytest.mark.parametrize(
    ("line", "numbers"), [("", ["E003"]), ("nonsense", ["E004"]), ("AAEC", ["E004"]), ("ключ", ["E004"])]
)
def test_a_missing_or_broken_field_key_is_refused_and_never_shown(data, monkeypatch, line, numbers):
    monkeypatch.setenv("TONGXIN_FIELD_KEY", "")
    (data / "field.key").write_text(line)
    found = checks.keys(None)
    assert ids(found) == numbers
    assert all(fault.hint for fault in found)
    assert not line or all(line not in fault.msg for fault in found)


@pytest.mark.parametrize("name", ["secret.key", "field.key"])
@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644])
def test_a_key_file_that_others_may_read_is_refused(data, name, mode):
    (data / name).chmod(mode)
    (fault,) = checks.keys(None)
    assert fault.id == "tongxin.E006"
    assert fault.hint == f"chmod 600 {data / name}"


def test_debug_is_refused_as_soon_as_others_may_ask(settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["village.example.org"]
    assert [fault.id for fault in checks.debug(None)] == ["tongxin.E005"]
    settings.ALLOWED_HOSTS = ["localhost"]
    assert checks.debug(None) == []


# --- with a database --------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_open_database_answers_for_itself():
    """On SQLite what the pragmas of the settings really did. A PostgreSQL for tests may leave the disk alone."""
    found = [*checks.sqlite(None, databases=["default"]), *checks.postgres(None, databases=["default"])]
    assert set(ids(found)) <= ({"E020", "E021", "E022", "W003", "W004"} if connection.vendor == "postgresql" else set())


@pytest.mark.django_db
def test_a_setting_that_was_lost_is_found_by_asking_the_database():
    if connection.vendor == "sqlite":
        lose, mend, number = "PRAGMA recursive_triggers=OFF", "PRAGMA recursive_triggers=ON", "E015"
    else:
        lose, mend, number = "SET synchronous_commit = off", "RESET synchronous_commit", "E022"
    ask = checks.sqlite if connection.vendor == "sqlite" else checks.postgres
    with connection.cursor() as cursor:
        cursor.execute(lose)
        try:
            assert number in ids(ask(None, databases=["default"]))
        finally:
            cursor.execute(mend)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "entered", "missing"),
    [
        (date(2026, 9, 30), False, False),
        (date(2026, 10, 1), False, True),
        (date(2026, 12, 31), True, False),
        (date(2027, 1, 1), False, True),
        (date(2027, 1, 1), True, False),
        (date(2027, 10, 1), True, True),
    ],
)
def test_from_october_the_next_years_holidays_are_asked_for(monkeypatch, today, entered, missing):
    monkeypatch.setattr(workdays, "library_until", lambda: date(2026, 12, 31))
    if entered:
        CalendarDay.objects.create(day=date(2027, 1, 1), is_workday=False, name="元旦")
    workdays.forget()
    with clock.stopped_at(clock.at(today, 12)):
        found = checks.calendar(None, databases=["default"])
    workdays.forget()
    assert ids(found) == (["W001"] if missing else [])
    assert all(warning.hint and not warning.is_serious() for warning in found)


def test_before_the_first_migration_nobody_asks_for_holidays(monkeypatch):
    monkeypatch.setattr(
        checks, "connections", {"default": SimpleNamespace(introspection=SimpleNamespace(table_names=lambda: []))}
    )
    assert checks.calendar(None, databases=["default"]) == []
    assert checks.calendar(None) == []


def test_without_a_database_named_none_is_opened():
    assert checks.sqlite(None) == checks.postgres(None) == []


@pytest.mark.django_db
def test_the_product_does_not_start_with_a_fault_and_says_each_mend(settings, monkeypatch):
    monkeypatch.setattr(checks.connections, "close_all", lambda: None)  # the test's own connection
    settings.SECRET_KEY = "short"
    with pytest.raises(checks.Unsafe) as refused:
        checks.refuse_unsafe()
    assert "tongxin.E002" in str(refused.value) and "setup_keys" in str(refused.value)


@pytest.mark.django_db
def test_a_warning_starts_and_stands_in_the_log(settings, data, monkeypatch, caplog):
    monkeypatch.setattr(checks.connections, "close_all", lambda: None)
    monkeypatch.setattr(checks, "run_checks", lambda tags, databases=None: [Warning("w", hint="h", id="tongxin.W001")])
    caplog.set_level("WARNING")
    checks.refuse_unsafe()
    assert "tongxin.W001 w h" in caplog.text


# --- keys of villages, and what a server's own log would say --------------------------------------------------------
@pytest.mark.django_db
def test_a_missing_line_of_the_field_key_is_refused_and_an_unfinished_rotation_is_told(monkeypatch):
    from tongxin.core import keyring, rotation

    def found():
        return [message.id for message in checks.village_keys(None, databases=["default"])]

    assert found() == []
    key = keyring.current(None, "index")
    assert found() == []
    keyring.renew(None, "index")
    assert found() == ["tongxin.W005"]
    rotation.reindex()
    assert found() == [] and key.material
    monkeypatch.setenv("TONGXIN_FIELD_KEY", "/////////////////////////////////////////wA=")
    keyring.forget_keys()
    assert found() == ["tongxin.E050"]


@pytest.mark.parametrize(
    ("shown", "ids"),
    [
        ({"log_error_verbosity": "terse", "log_min_error_statement": "panic"}, []),
        ({"log_error_verbosity": "default", "log_min_error_statement": "error"}, ["tongxin.W003", "tongxin.W004"]),
        ({}, ["tongxin.W003", "tongxin.W004"]),
    ],
)
def test_a_talkative_postgresql_is_told_of(shown, ids):
    assert [message.id for message in checks.postgres_advice(shown)] == ids


def test_the_states_algorithms_must_be_there_when_they_are_asked_for(settings, monkeypatch):
    from tongxin.core.ciphers import Suite

    settings.GM = True
    assert "tongxin.E008" not in [message.id for message in checks.keys(None)]
    monkeypatch.setattr(Suite, "works", lambda self: False)
    assert "tongxin.E008" in [message.id for message in checks.keys(None)]
