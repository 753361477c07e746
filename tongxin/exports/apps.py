from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "tongxin.exports"

    def ready(self) -> None:
        from tongxin.audit import queries as audit
        from tongxin.core import append_only, exporting, triggers
        from tongxin.exports import guards, views
        from tongxin.exports.models import Export, ExportEntry

        append_only.protect(Export, lockable=True)  # held while the second body speaks and while it is made
        append_only.protect(ExportEntry)
        triggers.register(guards.guards)
        exporting.register_gate(views.gate)
        audit.register_subject("exports.export", audit.Subject(views.reach, views.named))
