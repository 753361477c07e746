from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tongxin.people"

    def ready(self) -> None:
        from tongxin.audit import queries as audit
        from tongxin.core import append_only
        from tongxin.people.models import RegisterEntry
        from tongxin.people.views import households

        append_only.protect(RegisterEntry)
        audit.register_subject("people.household", audit.Subject(households.reach, households.named))
