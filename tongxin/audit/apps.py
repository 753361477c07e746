from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "tongxin.audit"

    def ready(self) -> None:
        from tongxin.audit.models import AuditEntry
        from tongxin.core import append_only

        append_only.protect(AuditEntry)
