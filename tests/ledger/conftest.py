"""A book with where units come from, two households and a stock, in a village without anything else."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import pytest

from tests.factories import stage
from tongxin.accounts.models import User
from tongxin.core import clock
from tongxin.core.ids import uuid7
from tongxin.ledger import actions, queries
from tongxin.ledger.models import Account, Book, Transaction
from tongxin.territory import scope
from tongxin.territory.models import Village

OPENED = date(2024, 1, 1)


@dataclass
class Desk:
    """A book and who writes in it; `give` and `take` move units between its source and an account."""

    village: Village
    book: Book
    source: Account
    wang: Account
    li: Account
    stock: Account
    by: User
    second: User

    def __post_init__(self):
        self.keys = (f"key-{n}" for n in count())

    def give(self, account: Account, units: int, days_ago: int = 0, **more) -> Transaction:
        return self.move(self.source, account, units, days_ago, **more)

    def take(self, account: Account, units: int, days_ago: int = 0, **more) -> Transaction:
        return self.move(account, self.source, units, days_ago, **more)

    def move(self, source: Account, target: Account, units: int, days_ago: int = 0, **more) -> Transaction:
        legs = [actions.Leg(source, -units), actions.Leg(target, units)]
        given = {"by": self.by, "key": next(self.keys), "purpose": "test.move", "effective_on": day(days_ago), **more}
        return actions.post(self.book, legs, **given)

    def reverse(self, original: Transaction, **more) -> Transaction:
        given = {"by": self.by, "second": self.second, "reason": "记错了户", "key": next(self.keys), **more}
        return actions.reverse(original, **given)

    def close(self, days_ago: int, **more):
        return actions.close(self.book, **{"through_on": day(days_ago), "by": self.by, "second": self.second, **more})

    def holds(self, account: Account, days_ago: int | None = None) -> int:
        return queries.balance(account, None if days_ago is None else day(days_ago))


def day(days_ago: int = 0) -> date:
    return clock.today() - timedelta(days=days_ago)


def open_desk(slug: str = "shuiwan", name: str = "水湾村") -> Desk:
    """Inside the scope of its village, which the caller opens."""
    village = stage.village(slug, name, nth=7 if slug == "shuiwan" else 8).village
    with scope.village(village.pk):
        users = [stage.row(User, username=f"{slug}-{n}", name=n) for n in ("赵会计", "钱监督")]
        book = actions.open_book(village.pk, "points", by=users[0], unit="分", opened_on=OPENED)
        source = actions.open_account(book, "issued", by=users[0], may_go_below=True)
        wang, li = (actions.open_account(book, "household", by=users[0], owner_id=uuid7()) for _ in range(2))
        stock = actions.open_account(book, "stock", by=users[0], owner_id=uuid7())
    return Desk(village, book, source, wang, li, stock, *users)


@pytest.fixture
def desk(db):
    made = open_desk()
    with scope.village(made.village.pk):
        yield made
