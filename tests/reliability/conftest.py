"""What depends on no database is proved once, on one of them: twice the minutes would prove it no better."""

import os

import pytest

ONCE = {
    "test_anonymous": "pages, files and logs",
    "test_apportionment": "arithmetic",
    "test_canaries": "pages",
    "test_exports": "spreadsheets",
    "test_extra_fields": "forms",
    "test_fuzz": "forms",
    "test_grants": "pages",
    "test_guessing": "a model of guesses",
    "test_headers": "answers",
    "test_matrix": "doors; the races behind them are in test_races",
    "test_receipts": "codes",
    "test_sheets": "a reader in a process of its own",
    "test_supply": "files of the repository",
    "test_uploads": "photos",
}

ONCE_THERE = {
    "test_canaries_choices": "forms",
    "test_canaries_counts": "pages",
}


def pytest_collection_modifyitems(items):
    is_postgres = os.environ.get("DATABASE_URL", "").startswith("postgresql")
    elsewhere, name = (ONCE, "SQLite") if is_postgres else (ONCE_THERE, "PostgreSQL")
    for item in items:
        if (what := elsewhere.get(item.path.stem)) is not None and item.path.parent.name == "reliability":
            item.add_marker(pytest.mark.skip(reason=f"runs on {name}: {what}"))
