"""Each unsafe setting is refused, and the message says the mend."""

import pytest

from tongxin.core import checks

SAFE_OPTIONS = {"transaction_mode": "IMMEDIATE", "timeout": 20}
SAFE = {"journal_mode": "delete", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1}


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


@pytest.mark.parametrize(("secret", "number"), [("short", "E002"), ("a" * 60, "E002")])
def test_a_sample_key_is_refused(settings, secret, number):
    settings.SECRET_KEY = secret
    assert f"tongxin.{number}" in [fault.id for fault in checks.keys(None)]


def test_debug_is_refused_as_soon_as_others_may_ask(settings):
    settings.DEBUG, settings.ALLOWED_HOSTS = True, ["village.example.org"]
    assert [fault.id for fault in checks.debug(None)] == ["tongxin.E005"]
    settings.ALLOWED_HOSTS = ["localhost"]
    assert checks.debug(None) == []
