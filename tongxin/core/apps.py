from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "tongxin.core"

    def ready(self) -> None:
        from tongxin.core import checks, housekeeping, matrix, roles  # noqa: F401 -- register themselves
        from tongxin.core.health import tables  # noqa: F401
