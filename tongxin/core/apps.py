from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tongxin.core"

    def ready(self) -> None:
        from tongxin.core import housekeeping  # noqa: F401 -- registers its job
