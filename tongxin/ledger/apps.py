from datetime import timedelta

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "tongxin.ledger"

    def ready(self) -> None:
        from tongxin.core import append_only, health, periodic, triggers
        from tongxin.ledger import guards, invariants
        from tongxin.ledger.models import Account, Book, Close, ClosingBalance, Posting, Transaction

        for written in (Posting, Close, ClosingBalance):
            append_only.protect(written)
        for held in (Book, Account, Transaction):  # locked before a close, a balance or a reversal is counted
            append_only.protect(held, lockable=True)
        triggers.register(guards.guards)
        periodic.register("ledger.watch", timedelta(days=1), invariants.watch, at=timedelta(hours=1))
        health.register("books", invariants.findings, is_deep=True, in_copy=True)
