"""A book of the village on stage."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tongxin.core import clock
from tongxin.ledger import actions as ledger

if TYPE_CHECKING:
    from tests.factories.stage import Stage


def open_one(stage: "Stage") -> None:
    """A book with an event, its reversal and a closed day, so that its texts are there to be looked for."""
    by, second = stage.users["clerk"], stage.users["council"]
    today = clock.today()
    book = ledger.open_book(stage.village.pk, "stage", by=by, unit="point", opened_on=today - timedelta(days=40))
    issued = ledger.open_account(book, "issued", by=by, may_go_below=True)
    held = ledger.open_account(book, "household", by=by, owner_id=stage.households[0].pk)
    legs = [ledger.Leg(issued, -5), ledger.Leg(held, 5)]
    entered = {"by": by, "purpose": "stage.award", "note": "修路出了工"}
    ledger.post(book, legs, key="early", effective_on=today - timedelta(days=35), **entered)
    wrong = ledger.post(book, legs, key="wrong", **entered)
    ledger.reverse(wrong, by=by, second=second, reason="记错了户", key="back")
    ledger.close(book, through_on=today - timedelta(days=31), by=by, second=second)
