from datetime import timedelta

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tongxin.audit"

    def ready(self) -> None:
        from tongxin.audit import actions, checks, queries  # noqa: F401 -- registers itself
        from tongxin.audit.models import Anchor, AuditEntry, ChainCheck
        from tongxin.core import append_only, health, once, outbox, periodic
        from tongxin.core.keeping import anchors

        for model in (AuditEntry, Anchor, ChainCheck):
            append_only.protect(model)
        outbox.register("audit.hand_over", actions.hand_over)
        outbox.register("audit.check", actions.check_one)
        periodic.register("audit.anchor", timedelta(days=1), actions.anchor_everywhere, at=timedelta(hours=1))
        periodic.register("audit.check", timedelta(days=1), actions.check_everywhere, at=timedelta(hours=2))
        once.register_transaction(actions.together)
        health.register("chain", queries.findings, is_deep=True, in_copy=True)
        anchors.register("chain", queries.heads, queries.behind)
