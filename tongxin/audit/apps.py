from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tongxin.audit"

    def ready(self) -> None:
        from tongxin.audit.actions import together
        from tongxin.audit.models import AuditEntry
        from tongxin.core import append_only, once

        append_only.protect(AuditEntry)
        once.register_transaction(together)
