from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "tongxin.people"

    def ready(self) -> None:
        from tongxin.core import append_only
        from tongxin.people.models import RegisterEntry

        append_only.protect(RegisterEntry)
