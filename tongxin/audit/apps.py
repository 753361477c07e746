from datetime import timedelta

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tongxin.audit"

    def ready(self) -> None:
        from tongxin.audit import actions
        from tongxin.audit.models import Anchor, AuditEntry, ChainCheck
        from tongxin.core import append_only, once, outbox, periodic

        for model in (AuditEntry, Anchor, ChainCheck):
            append_only.protect(model)
        outbox.register("audit.hand_over", actions.hand_over)
        outbox.register("audit.check", actions.check_one)
        periodic.register("audit.anchor", timedelta(days=1), actions.anchor_everywhere, at=timedelta(hours=1))
        periodic.register("audit.check", timedelta(days=1), actions.check_everywhere, at=timedelta(hours=2))
        once.register_transaction(actions.together)
