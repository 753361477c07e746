"""What depends on no database is proved once, on SQLite: twice the minutes would prove it no better."""

import os

import pytest

ONCE = {
    "test_anonymous": "pages, files and logs",
    "test_apportionment": "arithmetic",
    "test_exports": "spreadsheets",
    "test_fuzz": "forms",
    "test_guessing": "a model of guesses",
    "test_headers": "answers",
    "test_matrix": "doors; the races behind them are in test_races",
    "test_receipts": "codes",
    "test_sheets": "a reader in a process of its own",
    "test_supply": "files of the repository",
    "test_uploads": "photos",
}


def pytest_collection_modifyitems(items):
    if not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        return
    for item in items:
        if (what := ONCE.get(item.path.stem)) is not None and item.path.parent.name == "reliability":
            item.add_marker(pytest.mark.skip(reason=f"runs on SQLite: {what}"))
